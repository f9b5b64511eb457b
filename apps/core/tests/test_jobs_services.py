"""Starting, stopping and repeating jobs."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.choices import JobState
from apps.core.errors import NotFound
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
from apps.core.jobs.running import run_job, take_up
from apps.core.jobs.states import MOST_UNFINISHED
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import KIND, Chore, Person, begin, state_of
from apps.core.tests.job_runs import done, file_and_row, has_object

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


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


def test_starting_a_job_takes_few_statements(school: Tenant, chore: Chore, django_assert_max_num_queries: Any) -> None:
    with tenant_context(school), django_assert_max_num_queries(6):
        start_job(kind=KIND, parameters={}, by=Person())
