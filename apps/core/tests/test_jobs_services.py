"""Starting, stopping, repeating, resuming and purging jobs."""

import os
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
from apps.core.errors import NotFound
from apps.core.ids import new_id
from apps.core.jobs import (
    JobHasEnded,
    JobNotCancellable,
    JobNotRetryable,
    JobRun,
    RowResult,
    TooManyJobs,
    cancel_job,
    register_job,
    retry_job,
    start_job,
)
from apps.core.jobs.dispatching import resume_jobs
from apps.core.jobs.purging import purge_jobs
from apps.core.jobs.running import run_job, take_up
from apps.core.jobs.states import FIRST_PICKUP, MOST_UNFINISHED, NEXT_PICKUP
from apps.core.models import Job, JobRow, Tenant
from apps.core.services import delete_tenant_objects
from apps.core.storage import object_store
from apps.core.storage.local import LocalStore
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import KIND, Chore, Person, begin, state_of

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


def file_and_row(run: JobRun) -> None:
    run.add_rows([RowResult(index=0, state="done")])
    run.write_file(name="a.csv", media_type="text/csv", chunks=[b"a"])


def done(school: Tenant, chore: Chore, capture: Capture) -> Job:
    """Return a job that has succeeded, with a row and a file."""
    chore.work = file_and_row
    with capture(execute=True):
        job = begin(school, Person())
    return state_of(job)


def has_object(job: Job) -> bool:
    return object_store().stat(job.result_key) is not None


def test_one_person_has_ten_unfinished_jobs_at_most(school: Tenant, chore: Chore) -> None:
    person = Person()
    jobs = [begin(school, person) for _ in range(MOST_UNFINISHED)]

    with pytest.raises(TooManyJobs) as refused:
        begin(school, person)
    begin(school, Person())
    with tenant_context(school):
        cancel_job(job=jobs[0], by=person)
        again = begin(school, person)
        with pytest.raises(TooManyJobs):
            retry_job(job=jobs[0], by=person)

    assert (refused.value.status, refused.value.code, refused.value.extra) == (
        429,
        "too_many_jobs",
        {"retry_after": 10},
    )
    assert again.state == JobState.QUEUED
    assert state_of(jobs[0]).state == JobState.CANCELLED


def test_only_what_is_registered_starts_and_somebody_starts_it(school: Tenant, chore: Chore) -> None:
    with pytest.raises(ValueError, match="no registered kind"):
        begin(school, Person(), kind="tests.unknown")
    with pytest.raises(ValueError, match="nobody starts it"):
        begin(school, Person(id=None))  # type: ignore[arg-type]  # as an anonymous actor


def test_a_job_that_waits_is_cancelled_at_once_and_never_runs(school: Tenant, chore: Chore) -> None:
    job = begin(school, Person())
    with tenant_context(school):
        cancelled = cancel_job(job=job, by=Person())

    assert (cancelled.state, cancelled.cancel_requested_at) == (JobState.CANCELLED, cancelled.finished_at)
    assert run_job(job.id, tenant_id=school.id) is False
    assert chore.runs == []
    with tenant_context(school), pytest.raises(JobHasEnded):
        cancel_job(job=job, by=Person())


def test_who_stops_a_running_job_twice_stops_it_once(school: Tenant, chore: Chore) -> None:
    job = begin(school, Person())
    with tenant_context(school):
        take_up(job.id, now=timezone.now())
        first = cancel_job(job=job, by=Person())
        second = cancel_job(job=job, by=Person())

    assert (first.state, first.version) == (JobState.RUNNING, second.version)
    assert first.cancel_requested_at == second.cancel_requested_at is not None


def test_some_kinds_run_to_their_end(school: Tenant, chore: Chore) -> None:
    register_job(chore.kind(name="tests.steady", is_cancellable=False))
    job = begin(school, Person(), kind="tests.steady")

    with tenant_context(school), pytest.raises(JobNotCancellable):
        cancel_job(job=job, by=Person())

    assert state_of(job).state == JobState.QUEUED


def test_a_job_of_a_kind_that_is_gone_can_be_cancelled(
    school: Tenant, chore: Chore, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin(school, Person())
    monkeypatch.setattr("apps.core.jobs.registry._kinds", {})

    with tenant_context(school):
        assert cancel_job(job=job, by=Person()).state == JobState.CANCELLED


def test_what_succeeded_is_not_tried_again(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    job = done(school, chore, django_capture_on_commit_callbacks)

    with tenant_context(school), pytest.raises(JobNotRetryable):
        retry_job(job=job, by=Person())

    assert state_of(job).version == job.version
    assert has_object(job)


def test_a_retry_starts_from_nothing_and_may_end_well(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    def fail(run: JobRun) -> None:
        run.add_rows([RowResult(index=0, state="failed"), RowResult(index=1, state="done")])
        run.set_result(half=True)
        raise RuntimeError

    chore.work = fail
    with django_capture_on_commit_callbacks(execute=True):
        job = begin(school, Person())
    failed = state_of(job)
    chore.work = file_and_row
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        waiting = retry_job(job=job, by=Person())

    again = state_of(job)
    assert (failed.state, failed.rows_failed, failed.result) == (JobState.FAILED, 1, {"half": True})
    assert (waiting.state, waiting.rows_failed, waiting.result, waiting.error_code) == (JobState.QUEUED, 0, {}, "")
    assert (again.state, again.attempts, again.rows_done, again.rows_failed) == (JobState.SUCCEEDED, 2, 1, 0)


def test_a_job_that_is_gone_is_neither_stopped_nor_tried_again(school: Tenant, chore: Chore) -> None:
    job = begin(school, Person())
    with tenant_context(school):
        Job.objects.all().delete()

        with pytest.raises(NotFound):
            cancel_job(job=job, by=Person())
        with pytest.raises(NotFound):
            retry_job(job=job, by=Person())


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


def test_jobs_and_files_go_a_week_after_their_end(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    old, young = (done(school, chore, django_capture_on_commit_callbacks) for _ in range(2))
    running = begin(school, Person())
    now = timezone.now()
    with tenant_context(school):
        Job.objects.filter(id=old.id).update(expires_at=now - timedelta(seconds=1))

    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.purge_old_jobs() == 1

    with tenant_context(school):
        assert set(Job.objects.values_list("id", flat=True)) == {young.id, running.id}
        assert JobRow.objects.count() == 1
    assert (has_object(old), has_object(young)) == (False, True)


def test_files_that_no_job_names_go_after_a_day_and_nothing_else(
    school: Tenant, other_school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    kept = done(school, chore, django_capture_on_commit_callbacks)
    store = object_store()
    assert isinstance(store, LocalStore)
    orphan = f"{school.id}/jobs/{new_id()}/{new_id()}"
    young = f"{school.id}/jobs/{new_id()}/{new_id()}"
    upload = f"{school.id}/uploads/{new_id()}"
    neighbours = f"{other_school.id}/jobs/{new_id()}/{new_id()}"
    for key in (orphan, young, upload, neighbours):
        store.write(key, [b"x"], media_type="text/plain")
    two_days_ago = timezone.now().timestamp() - 2 * 86400
    for key in (kept.result_key, orphan, upload, neighbours):
        os.utime(store._path(key), (two_days_ago, two_days_ago))

    with tenant_context(school):
        assert purge_jobs(now=timezone.now()) == 1

    assert store.stat(orphan) is None
    assert all(store.stat(key) for key in (kept.result_key, young, upload, neighbours))


def test_a_school_that_leaves_takes_the_files_of_its_jobs_along(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    job = done(school, chore, django_capture_on_commit_callbacks)

    delete_tenant_objects(tenant=school)

    assert not has_object(job)


def test_starting_a_job_takes_few_statements(school: Tenant, chore: Chore, django_assert_max_num_queries: Any) -> None:
    with tenant_context(school), django_assert_max_num_queries(6):
        start_job(kind=KIND, parameters={}, by=Person())
