"""What the tests of the core share."""

from uuid import UUID

import pytest

from apps.core.events import handles, registry
from apps.core.ids import new_id
from apps.core.jobs import register_job
from apps.core.jobs import registry as job_registry
from apps.core.tests.bells import BellRang, Listener
from apps.core.tests.job_kinds import Chore


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    monkeypatch.setattr(registry, "_handlers", {})
    found = Listener()

    def on_bell(event: BellRang) -> None:
        found(event)

    handles(BellRang)(on_bell)
    return found


@pytest.fixture
def bell() -> UUID:
    return new_id()


@pytest.fixture
def chore(monkeypatch: pytest.MonkeyPatch) -> Chore:
    """Return a kind of job that is registered for this test alone, beside no other."""
    monkeypatch.setattr(job_registry, "_kinds", {})
    found = Chore()
    register_job(found.kind())
    return found
