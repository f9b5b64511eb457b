"""Probes."""

import os
import threading
import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from kombu import Connection
from pytest_django import Settings

from apps.core.health import checks
from apps.core.health.checks import run_checks
from apps.core.storage import StorageUnavailable, object_store


@pytest.fixture(autouse=True)
def _no_check_of_another_test_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_unfinished", {})


def test_a_live_process_asks_nobody() -> None:
    response = Client().get("/health")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert Client().post("/health").status_code == 405


@pytest.mark.django_db
def test_a_ready_process_says_how_fast_everything_answers() -> None:
    response = Client().get("/ready")
    body = response.json()

    assert response.status_code == 200, body
    assert body["status"] == "ok"
    assert body["checks"].keys() == {"database", "cache", "storage"}  # no broker is configured
    assert {check["status"] for check in body["checks"].values()} == {"up"}
    assert all(0 <= check["latency_ms"] < 2000 for check in body["checks"].values())
    assert body["process"]["memory_bytes"] > 10_000_000
    assert body["process"]["cpu_percent"] >= 0


def statuses(response_checks: dict[str, dict[str, object]]) -> dict[str, object]:
    return {name: check["status"] for name, check in response_checks.items()}


@pytest.mark.django_db
def test_without_its_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")

    response = Client().get("/ready")

    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    found = statuses(response.json()["checks"])
    assert found | {"database": "down", "cache": "up", "storage": "up"} == found
    assert "127.0.0.1" not in response.content.decode()


class ForgetfulCache:
    def set(self, key: str, value: str, seconds: int) -> None:
        pass

    def get(self, key: str) -> None:
        return None


@pytest.mark.django_db
def test_without_its_cache_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "cache", ForgetfulCache())

    response = Client().get("/ready")

    assert response.status_code == 503
    assert statuses(response.json()["checks"])["cache"] == "down"


@pytest.mark.django_db
def test_without_its_broker_it_is_not_ready(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    unreachable = SimpleNamespace(connection_for_write=lambda: Connection("redis://127.0.0.1:1/0"))
    monkeypatch.setattr(checks, "current_app", unreachable)

    response = Client().get("/ready")

    assert response.status_code == 503
    assert statuses(response.json()["checks"])["broker"] == "down"


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_no_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    response = Client().get("/ready")

    assert response.status_code == 503
    assert statuses(response.json()["checks"])["storage"] == "down"


@pytest.mark.django_db
def test_without_its_object_store_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise StorageUnavailable

    monkeypatch.setattr(object_store(), "check", refuse)

    response = Client().get("/ready")

    assert response.status_code == 503
    assert statuses(response.json()["checks"])["storage"] == "down"


def test_what_hangs_counts_as_down_and_is_not_started_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SECONDS_PER_CHECK", 0.1)
    release = threading.Event()
    started: list[float] = []

    def hang() -> None:
        started.append(time.monotonic())
        release.wait(5)

    first = run_checks(iter([("hanging", hang)]))
    second = run_checks(iter([("hanging", hang)]))
    release.set()

    assert not first["hanging"].is_up
    assert not second["hanging"].is_up
    assert len(started) == 1


def test_a_broker_is_asked_for_a_connection() -> None:
    checks.check_broker()
