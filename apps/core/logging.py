"""Structured logs: one event a line, with tenant, user and request id, and no personal data."""

from typing import Any

import structlog

from apps.core.actor_context import current_actor_id
from apps.core.request_context import current_request_id
from apps.core.tenancy.context import current_scope

_EXTRA_SAFE = {
    "handler", "delivery", "deliveries", "method", "route", "status", "milliseconds", "statements", "code", "task",
    "tenant", "user",
}  # fmt: skip


def _add_context(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Say for whom the line was written: ids only."""
    scope = current_scope()
    event.setdefault("tenant", str(scope.tenant_id) if scope.tenant_id else None)
    event.setdefault("user", current_actor_id())
    event["request_id"] = current_request_id() or None
    return event


def _console() -> Any:
    """Coloured lines. Tracebacks are plain: rich ones show local variables, which hold personal data."""
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def logging_configuration(*, as_json: bool) -> dict[str, Any]:
    """Return the `LOGGING` setting: JSON lines for machines, coloured lines for a terminal."""
    renderer: Any = structlog.processors.JSONRenderer() if as_json else _console()
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=_EXTRA_SAFE),
        _add_context,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json:
        shared.append(structlog.processors.format_exc_info)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Our own line tells the route and the status; Django's would tell the path, ids and all.
            "django.request": {"level": "ERROR"},
            "azure": {"level": "WARNING"},  # it would log every request to the store
            "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        },
    }
