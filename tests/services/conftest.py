"""The installation that these tests talk to, on databases of Redis that no other test uses at the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis

from tests.services.addresses import address_of
from tests.services.installation import Installation
from tests.services.relay import Relay


@contextmanager
def emptied(url: str) -> Iterator[str]:
    """Lend a database of Redis, empty before and after."""
    with Redis.from_url(url) as redis:
        redis.flushdb()
        yield url
        redis.flushdb()


@pytest.fixture
def redis_number(worker_id: str) -> int:
    """Return the first of the two databases of this worker of the suite."""
    return 2 * int(worker_id.removeprefix("gw") or 0) if worker_id != "master" else 0


@pytest.fixture
def broker_url(redis_number: int) -> Iterator[str]:
    with emptied(f"{address_of('TEST_REDIS_URL')}/{redis_number}") as url:
        yield url


@pytest.fixture
def cache_url(redis_number: int) -> Iterator[str]:
    with emptied(f"{address_of('TEST_REDIS_URL')}/{redis_number + 1}") as url:
        yield url


@pytest.fixture
def smtp() -> dict[str, str]:
    """Return the variables with which mails reach the SMTP server."""
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": address_of("TEST_SMTP_HOST"),
        "EMAIL_PORT": address_of("TEST_SMTP_PORT"),
    }


@pytest.fixture
def installation(
    transactional_db: None,
    broker_url: str,
    cache_url: str,
    smtp: dict[str, str],
    tmp_path: Path,
) -> Iterator[Installation]:
    """Return an installation with Redis and SMTP, whose processes the test starts."""
    variables = {"CELERY_BROKER_URL": broker_url, "CACHE_URL": cache_url, **smtp}
    with Installation(tmp_path, variables) as running:
        yield running


@pytest.fixture
def redis_wire(installation: Installation) -> Iterator[Relay]:
    """Put a wire that can be cut between the installation and its Redis."""
    with Relay(address_of("TEST_REDIS_URL")) as relay:
        for name in ("CELERY_BROKER_URL", "CACHE_URL"):
            path = urlsplit(installation.variables[name]).path
            installation.variables[name] = f"redis://127.0.0.1:{relay.port}{path}"
        yield relay
