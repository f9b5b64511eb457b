"""What the tests of the core share."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.utils import timezone

from apps.core.events import handles, registry
from apps.core.ids import new_id
from apps.core.jobs import JobRun, register_job
from apps.core.jobs import registry as job_registry
from apps.core.jobs.running import take_up
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.bells import BellRang, Listener
from apps.core.tests.job_kinds import Chore, Person, begin


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


@pytest.fixture
def job(school: Tenant, chore: Chore) -> Job:
    """Return a job that waits; nobody runs it by itself here."""
    return begin(school, Person(), total=4)


@pytest.fixture
def run(school: Tenant, job: Job) -> Iterator[JobRun]:
    """Return the run of a worker that has just taken the job up."""
    with tenant_context(school):
        taken = take_up(job.id, now=timezone.now())
        assert taken is not None
        yield JobRun(taken)
