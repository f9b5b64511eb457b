"""Two roles on one database: the unprivileged one of web and workers, and the owner that migrates."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import environ

ENGINE = "apps.core.tenancy.postgresql"
SECONDS_TO_CONNECT = 5
EXECUTIONS_UNTIL_PREPARED = 5


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """What Django needs to know of the database.

    `runtime` is `DATABASES["default"]`. `owner` holds the owner's USER, PASSWORD, HOST and PORT, or None when
    one role does both. `runtime_role` is the role that gets grants from the owner, empty when there is but one.
    """

    runtime: dict[str, Any]
    owner: dict[str, str] | None
    runtime_role: str


def from_urls(url: str, owner_url: str = "", *, transaction_pooling: bool = False) -> DatabaseSettings:
    """Build the settings from `DATABASE_URL` and `DATABASE_OWNER_URL`."""
    runtime = _parse(url)
    runtime["CONN_MAX_AGE"] = 0 if transaction_pooling else None
    # A probe before each request would cost the hot path a round trip; a dead connection is closed by
    # Django at the end of the request that met it, and the next one connects anew.
    runtime["CONN_HEALTH_CHECKS"] = False
    # Named cursors and prepared statements outlive a transaction, which a transaction pooler does not.
    runtime["DISABLE_SERVER_SIDE_CURSORS"] = transaction_pooling
    runtime["OPTIONS"] = {
        "connect_timeout": SECONDS_TO_CONNECT,
        # Row-level security makes planning dearer than running: what runs often is planned once.
        "server_side_binding": not transaction_pooling,
        "prepare_threshold": None if transaction_pooling else EXECUTIONS_UNTIL_PREPARED,
        **runtime.get("OPTIONS", {}),
    }
    owner = _credentials(_parse(owner_url)) if owner_url else None
    if owner is None or owner == _credentials(runtime):
        return DatabaseSettings(runtime, None, "")
    return DatabaseSettings(runtime, owner, str(runtime["USER"]))


def _parse(url: str) -> dict[str, Any]:
    database = dict(environ.Env.db_url_config(url, engine=ENGINE))
    # A Unix socket's folder stands percent-encoded where a host name does.
    database["HOST"] = unquote(str(database.get("HOST") or ""))
    return database


def _credentials(database: dict[str, Any]) -> dict[str, str]:
    return {key: str(database.get(key) or "") for key in ("USER", "PASSWORD", "HOST", "PORT")}
