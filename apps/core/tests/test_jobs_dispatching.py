"""How jobs come to a worker: by the broker, or later by the clock."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from apps.core import tasks
from apps.core.choices import JobState
from apps.core.jobs.dispatching import resume_jobs
from apps.core.jobs.running import take_up
from apps.core.jobs.states import FIRST_PICKUP, NEXT_PICKUP
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, Person, begin, state_of

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[list[tuple[str, ...]]]:
    """Return what is sent to the broker."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(tasks.run_job_task, "delay", lambda *arguments: sent.append(arguments))
    return iter([sent])


def test_with_a_broker_the_workers_get_ids_only(
    school: Tenant,
    chore: Chore,
    queue: Iterator[list[tuple[str, ...]]],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = begin(school, Person(), parameters={"secret": "x"})

    (sent,) = queue
    assert chore.runs == []
    assert sent == [(str(job.id), str(school.id))]
    assert tasks.run_job_task(*sent[0]) is True
    assert state_of(job).state == JobState.SUCCEEDED


def test_a_broker_that_is_gone_costs_no_request_and_the_clock_sends_the_job_later(
    school: Tenant,
    chore: Chore,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    sent: list[tuple[Any, ...]] = []

    def fail(*_: Any) -> None:
        raise OperationalError

    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(tasks.run_job_task, "delay", fail)
    with django_capture_on_commit_callbacks(execute=True):
        job = begin(school, Person())
    due = timezone.now() + FIRST_PICKUP

    assert (state_of(job).state, resume_jobs(now=due)) == (JobState.QUEUED, 0)
    monkeypatch.setattr(tasks.run_job_task, "delay", lambda *arguments: sent.append(arguments))
    assert resume_jobs(now=timezone.now()) == 0
    assert resume_jobs(now=due) == 1
    assert resume_jobs(now=due) == 0
    assert sent == [(str(job.id), str(school.id))]
    assert resume_jobs(now=due + NEXT_PICKUP) == 1


def test_the_clock_takes_up_what_dead_processes_left_in_whichever_school(
    school: Tenant, other_school: Tenant, chore: Chore
) -> None:
    waiting = begin(school, Person())
    dead = begin(other_school, Person())
    with tenant_context(other_school):
        take_up(dead.id, now=timezone.now() - timedelta(minutes=3))
        Job.objects.filter(id=dead.id).update(due_at=timezone.now() - timedelta(minutes=1))
    with tenant_context(school):
        Job.objects.update(due_at=timezone.now())

    assert tasks.resume_waiting_jobs() == 2

    assert {state_of(waiting).state, state_of(dead).state} == {JobState.SUCCEEDED}
    assert state_of(dead).attempts == 2


def test_the_command_does_so_by_hand(school: Tenant, chore: Chore, capsys: pytest.CaptureFixture[str]) -> None:
    job = begin(school, Person())
    with tenant_context(school):
        Job.objects.update(due_at=timezone.now())

    call_command("deliver_events")
    call_command("deliver_events")

    assert capsys.readouterr().out == "0 deliveries done.\n1 jobs taken up.\n0 deliveries done.\n"
    assert state_of(job).state == JobState.SUCCEEDED
