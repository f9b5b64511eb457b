"""Workers that die or fall behind: their jobs are taken over, tried again or given up, and they write nothing more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core.choices import JobState
from apps.core.jobs import JobLost, JobRun, RowResult, cancel_job, retry_job
from apps.core.jobs.running import run_job, take_up
from apps.core.jobs.states import LOST_AFTER, MOST_ATTEMPTS
from apps.core.models import Job, JobRow, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, Person, state_of
from apps.core.tests.job_runs import objects_of

pytestmark = pytest.mark.django_db


def later(**delta: float) -> Any:
    return timezone.now() + timedelta(**delta)


CALLS: list[Callable[[JobRun], None]] = [
    lambda run: run.advance(2),
    lambda run: run.add_rows([RowResult(index=0, state="done")]),
    lambda run: run.set_result(a=1),
    lambda run: run.write_file(name="a", media_type="text/plain", chunks=[b"a"]),
    lambda run: run.write_file(name="a", media_type="text/plain", chunks=[]),
]


@pytest.mark.parametrize("call", CALLS)
def test_whoever_has_lost_the_job_writes_nothing(school: Tenant, run: JobRun, call: Callable[[JobRun], None]) -> None:
    assert take_up(run.job.id, now=later(seconds=LOST_AFTER.total_seconds() + 1)) is not None
    before = state_of(run.job)

    with pytest.raises(JobLost):
        call(run)

    after = state_of(run.job)
    assert (after.version, after.attempts, after.rows_done) == (before.version, 2, 0)
    assert run.end(JobState.SUCCEEDED) is False
    assert state_of(run.job).state == JobState.RUNNING
    assert (JobRow.objects.count(), objects_of(school)) == (0, [])


def test_a_worker_from_before_a_retry_has_lost_the_job(run: JobRun) -> None:
    run.end(JobState.FAILED)
    retry_job(job=run.job, by=Person())
    assert take_up(run.job.id, now=timezone.now()) is not None

    with pytest.raises(JobLost):
        run.advance(1, force=True)


def test_work_that_has_lost_its_job_stops_without_a_trace(school: Tenant, chore: Chore, job: Job) -> None:
    def work(run: JobRun) -> None:
        if len(chore.runs) == 1:
            Job.objects.filter(id=job.id).update(due_at=timezone.now())
            assert run_job(job.id, tenant_id=school.id)
        run.advance(4, force=True)
        run.set_result(by=len(chore.runs))

    chore.work = work

    assert run_job(job.id, tenant_id=school.id) is False
    done = state_of(job)
    assert (done.state, done.attempts, done.result) == (JobState.SUCCEEDED, 2, {"by": 2})


def test_a_job_whose_workers_die_is_given_up(school: Tenant, chore: Chore, job: Job) -> None:
    moment = timezone.now()
    with tenant_context(school):
        for _ in range(MOST_ATTEMPTS):
            assert take_up(job.id, now=moment) is not None
            moment += LOST_AFTER
            assert take_up(job.id, now=moment - timedelta(seconds=1)) is None

        assert take_up(job.id, now=moment) is None

    given_up = state_of(job)
    assert (given_up.state, given_up.error_code, given_up.attempts) == (JobState.FAILED, "worker_lost", 3)
    assert chore.runs == []


@pytest.mark.parametrize("call", CALLS)
def test_a_worker_that_was_only_slow_writes_nothing_once_its_job_is_given_up(
    school: Tenant, run: JobRun, call: Callable[[JobRun], None]
) -> None:
    Job.objects.filter(id=run.job.id).update(attempts=MOST_ATTEMPTS)
    run.job.attempts = MOST_ATTEMPTS
    assert take_up(run.job.id, now=later(minutes=3)) is None
    before = state_of(run.job)

    with pytest.raises(JobLost):
        call(run)

    assert run.end(JobState.SUCCEEDED) is False
    after = state_of(run.job)
    assert (after.state, after.version, after.rows_done) == (JobState.FAILED, before.version, 0)
    assert objects_of(school) == []


def test_a_job_that_is_tried_again_may_lose_as_many_workers_again(school: Tenant, job: Job) -> None:
    with tenant_context(school):
        Job.objects.filter(id=job.id).update(attempts=MOST_ATTEMPTS)
        cancel_job(job=job, by=Person())
        retry_job(job=job, by=Person())
        taken = take_up(job.id, now=timezone.now())
        again = take_up(job.id, now=later(minutes=3))

    assert taken is not None
    assert again is not None
    assert again.attempts == MOST_ATTEMPTS + 2


def test_a_stopped_job_whose_worker_is_dead_is_cancelled(run: JobRun) -> None:
    cancel_job(job=run.job, by=Person())

    assert take_up(run.job.id, now=later(minutes=3)) is None

    assert state_of(run.job).state == JobState.CANCELLED
