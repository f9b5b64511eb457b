"""What a process needs in order to serve, each tried for real and within a short time."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from apps.core.ids import new_id
from apps.core.storage import object_store

SECONDS_PER_CHECK: Final = 2.0


class CheckFailed(Exception):
    """The thing answers, but not as it should."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check went. It names no host and no error: whoever may read the log finds them there."""

    is_up: bool
    latency_ms: float


def check_database() -> None:
    """Ask for one row, on a connection of its own."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def check_cache() -> None:
    """Write an entry and read it back."""
    key = f"core.ready:{new_id()}"
    cache.set(key, "here", 10)
    if cache.get(key) != "here":
        raise CheckFailed
    cache.delete(key)


def check_broker() -> None:
    """Connect to the broker."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)


def check_storage() -> None:
    """Ask the object store for something small."""
    object_store().check()


def configured_checks() -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the checks of what this installation is set up with."""
    yield "database", check_database
    yield "cache", check_cache
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        yield "broker", check_broker
    yield "storage", check_storage


class _Attempt(threading.Thread):
    """One run of a check, off the request's thread: a hanging server must not hang the probe."""

    def __init__(self, check: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.check = check
        self.seconds: float | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        started = time.perf_counter()
        try:
            self.check()
        except Exception as error:  # noqa: BLE001  whatever a driver raises means down
            self.error = error
        self.seconds = time.perf_counter() - started


_unfinished: dict[str, _Attempt] = {}


def run_checks(checks: Iterator[tuple[str, Callable[[], None]]]) -> dict[str, Finding]:
    """Run all checks at the same time, for `SECONDS_PER_CHECK` at most.

    One that still hangs from an earlier probe counts as down and is not started a second time.
    """
    attempts: dict[str, _Attempt] = {}
    for name, check in checks:
        hanging = _unfinished.get(name)
        if hanging is not None and hanging.is_alive():
            attempts[name] = hanging
            continue
        attempts[name] = _unfinished[name] = _Attempt(check)
        attempts[name].start()
    deadline = time.perf_counter() + SECONDS_PER_CHECK
    return {name: _finding(attempt, deadline) for name, attempt in attempts.items()}


def _finding(attempt: _Attempt, deadline: float) -> Finding:
    attempt.join(max(0.0, deadline - time.perf_counter()))
    if attempt.seconds is None:
        return Finding(is_up=False, latency_ms=SECONDS_PER_CHECK * 1000)
    return Finding(is_up=attempt.error is None, latency_ms=round(attempt.seconds * 1000, 1))
