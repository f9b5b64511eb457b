"""Two connections at once: a job is done by one worker, ends once, and nobody gets more than their share."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.core.choices import JobState
from apps.core.errors import NotFound
from apps.core.jobs import (
    JobHasEnded,
    JobLost,
    JobNotRetryable,
    JobRun,
    RowResult,
    TooManyJobs,
    cancel_job,
    retry_job,
    running,
)
from apps.core.jobs.purging import purge_jobs
from apps.core.jobs.rows import store_rows
from apps.core.jobs.running import run_job, take_up
from apps.core.jobs.states import MOST_UNFINISHED
from apps.core.models import Job, JobRow, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, Person, begin, state_of
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def job(school: Tenant, chore: Chore, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Return a job that waits, though its transaction is over."""
    with monkeypatch.context() as patch:
        patch.setattr("apps.core.jobs.dispatching.dispatch", lambda _references: True)
        return begin(school, Person())


@pytest.fixture(autouse=True)
def _nobody_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.jobs.dispatching.dispatch", lambda _references: True)


def within(school: Tenant, call: Callable[[], Any]) -> Callable[[], Any]:
    """Return `call` for another connection: in the school's context."""

    def run() -> Any:
        with tenant_context(school):
            return call()

    return run


def kinds(outcomes: list[Any]) -> Counter[type]:
    return Counter(type(outcome) for outcome in outcomes)


def taken(school: Tenant, job: Job) -> JobRun:
    """Return the run of a worker that has just taken the job up."""
    with tenant_context(school):
        found = take_up(job.id, now=timezone.now())
    assert found is not None
    return JobRun(found)


def test_of_many_workers_one_does_the_job(school: Tenant, chore: Chore, job: Job) -> None:
    outcomes = in_parallel([lambda: run_job(job.id, tenant_id=school.id)] * 4)

    assert sorted(outcomes) == [False, False, False, True]
    assert len(chore.runs) == 1
    assert (state_of(job).state, state_of(job).attempts) == (JobState.SUCCEEDED, 1)


def test_of_many_workers_one_takes_over_what_a_dead_one_left(school: Tenant, chore: Chore, job: Job) -> None:
    taken(school, job)
    later = timezone.now() + timedelta(minutes=3)

    outcomes = in_parallel([within(school, lambda: take_up(job.id, now=later))] * 4)

    assert kinds(outcomes) == {Job: 1, type(None): 3}
    assert state_of(job).attempts == 2


@pytest.mark.parametrize("_round", range(5))
def test_a_job_that_is_stopped_while_it_ends_has_one_end(school: Tenant, chore: Chore, job: Job, _round: int) -> None:
    run = taken(school, job)

    ended, stopped = in_parallel(
        [
            within(school, lambda: run.end(JobState.SUCCEEDED)),
            within(school, lambda: cancel_job(job=job, by=Person())),
        ]
    )

    found = state_of(job)
    assert (ended, found.state) == (True, JobState.SUCCEEDED)
    assert isinstance(stopped, (Job, JobHasEnded))
    assert (found.cancel_requested_at is not None) == isinstance(stopped, Job)


def test_a_job_that_is_stopped_while_it_is_taken_up_is_stopped(school: Tenant, chore: Chore, job: Job) -> None:
    _, stopped = in_parallel(
        [
            within(school, lambda: take_up(job.id, now=timezone.now())),
            within(school, lambda: cancel_job(job=job, by=Person())),
        ]
    )

    assert isinstance(stopped, Job)
    found = state_of(job)
    assert found.cancel_requested_at is not None
    assert found.state in {JobState.RUNNING, JobState.CANCELLED}
    assert (found.attempts > 0) == (found.state == JobState.RUNNING)


def test_of_two_who_try_again_one_does(school: Tenant, chore: Chore, job: Job) -> None:
    taken_run = taken(school, job)
    with tenant_context(school):
        taken_run.end(JobState.FAILED)
    before = state_of(job).version

    outcomes = in_parallel([within(school, lambda: retry_job(job=job, by=Person()))] * 2)

    assert kinds(outcomes) == {Job: 1, JobNotRetryable: 1}
    assert (state_of(job).state, state_of(job).version) == (JobState.QUEUED, before + 1)


@pytest.mark.parametrize("_round", range(3))
def test_a_job_that_is_tried_again_while_it_is_purged_stays_or_goes(
    school: Tenant, chore: Chore, job: Job, _round: int
) -> None:
    with tenant_context(school):
        cancel_job(job=job, by=Person())
    late = timezone.now() + timedelta(days=8)

    retried, purged = in_parallel(
        [
            within(school, lambda: retry_job(job=job, by=Person())),
            within(school, lambda: purge_jobs(now=late)),
        ]
    )

    with tenant_context(school):
        left = list(Job.objects.values_list("state", flat=True))
    assert (type(retried), purged, left) in [(Job, 0, [JobState.QUEUED]), (NotFound, 1, [])]


def test_nobody_starts_more_at_once_than_one_after_the_other(school: Tenant, chore: Chore) -> None:
    person = Person()
    for _ in range(MOST_UNFINISHED - 2):
        begin(school, person)

    outcomes = in_parallel([lambda: begin(school, person)] * 6)

    assert kinds(outcomes) == {Job: 2, TooManyJobs: 4}


def taking_over(school: Tenant, job: Job, now: datetime) -> tuple[threading.Thread, list[Job | None]]:
    """Return a thread that takes the job over on a connection of its own, and what will have come of it."""
    outcomes: list[Job | None] = []

    def take_over() -> None:
        try:
            with tenant_context(school):
                outcomes.append(take_up(job.id, now=now))
        finally:
            connection.close()

    return threading.Thread(target=take_over), outcomes


def test_a_takeover_waits_until_rows_are_both_kept_and_counted(
    school: Tenant, chore: Chore, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = taken(school, job)
    other, outcomes = taking_over(school, job, timezone.now() + timedelta(minutes=3))

    def store_slowly(*arguments: Any, **named: Any) -> None:
        other.start()
        other.join(0.5)
        assert outcomes == []
        store_rows(*arguments, **named)

    monkeypatch.setattr(running, "store_rows", store_slowly)
    with tenant_context(school), suppress(JobLost):
        run.add_rows([RowResult(index=0, state="done")])
    other.join(5)

    assert [found is not None for found in outcomes] == [True]
    with tenant_context(school):
        assert (state_of(job).rows_done, JobRow.objects.count()) == (1, 1)


def test_a_takeover_waits_for_rows_that_are_being_kept_with_their_work(school: Tenant, chore: Chore, job: Job) -> None:
    run = taken(school, job)
    with tenant_context(school):
        Job.objects.filter(id=job.id).update(due_at=timezone.now() - timedelta(seconds=1))
    other, outcomes = taking_over(school, job, timezone.now())

    with tenant_context(school), transaction.atomic():
        run.add_rows([RowResult(index=0, state="done")])
        other.start()
        other.join(0.5)
        assert outcomes == []
    other.join(5)

    assert outcomes == [None]
    assert (state_of(job).attempts, state_of(job).rows_done) == (1, 1)


def test_the_rows_of_who_has_lost_the_job_are_not_kept_nor_is_their_work(
    school: Tenant, chore: Chore, job: Job
) -> None:
    @transaction.atomic
    def work_and_tell(run: JobRun) -> None:
        begin(school, Person())  # some work that writes
        run.add_rows([RowResult(index=0, state="done")])

    run = taken(school, job)
    with tenant_context(school):
        take_up(job.id, now=timezone.now() + timedelta(minutes=3))

        with pytest.raises(JobLost):
            work_and_tell(run)

        assert not JobRow.objects.exists()
        assert Job.objects.count() == 1
