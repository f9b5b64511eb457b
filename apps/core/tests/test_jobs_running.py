"""The work of jobs: taken up once, told how it goes, ended once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from apps.core.actor_context import current_actor_id
from apps.core.choices import JobState
from apps.core.events import handles, registry
from apps.core.jobs import JobCancelled, JobLost, JobRun, RowResult, cancel_job, register_job, retry_job, running
from apps.core.jobs import registry as job_registry
from apps.core.jobs.events import JobFinished
from apps.core.jobs.running import run_job, take_up
from apps.core.jobs.states import LOST_AFTER, MOST_ATTEMPTS
from apps.core.models import Job, JobRow, Tenant
from apps.core.request_context import current_request_id, request_id_context
from apps.core.storage import StorageUnavailable, object_store
from apps.core.storage.local import LocalStore
from apps.core.tenancy.context import current_tenant_id, tenant_context
from apps.core.tests.job_kinds import Chore, Person, begin, bytes_and_then, state_of

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


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


def work_on(school: Tenant, job: Job) -> Job:
    """Run the job as a worker would, and return it as it is stored afterwards."""
    run_job(job.id, tenant_id=school.id)
    return state_of(job)


def objects_of(school: Tenant) -> list[str]:
    return [found.key for found in object_store().objects(f"{school.id}/jobs/")]


def later(**delta: float) -> Any:
    return timezone.now() + timedelta(**delta)


def test_a_job_runs_once_it_is_committed_inside_its_school_as_its_owner(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    seen: list[Any] = []
    owner = Person()
    chore.work = lambda run: seen.append(
        (current_tenant_id(), run.actor_id, current_actor_id(), current_request_id(), run.parameters)
    )

    with django_capture_on_commit_callbacks(execute=True), request_id_context("request-1"):
        job = begin(school, owner, parameters={"course": "1"})
        assert (state_of(job).state, seen) == (JobState.QUEUED, [])

    done = state_of(job)
    assert seen == [(school.id, owner.id, str(owner.id), "request-1", {"course": "1"})]
    assert (done.state, done.attempts, str(done)) == (JobState.SUCCEEDED, 1, f"tests.chore {job.id}")
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.expires_at == done.finished_at + timedelta(days=7)


def test_a_job_that_has_ended_or_has_a_living_worker_is_not_taken_up(school: Tenant, chore: Chore, job: Job) -> None:
    chore.work = lambda _run: outcomes.append(run_job(job.id, tenant_id=school.id))
    outcomes: list[bool] = []

    assert run_job(job.id, tenant_id=school.id)

    assert not run_job(job.id, tenant_id=school.id)
    assert outcomes == [False]
    assert len(chore.runs) == 1


@pytest.mark.parametrize(
    ("done", "total", "stored"),
    [(3, None, (3, 4)), (9, None, (4, 4)), (-1, None, (0, 4)), (7, 6, (6, 6)), (1, 0, (0, 0))],
)
def test_progress_stays_within_its_bounds(run: JobRun, done: int, total: int | None, stored: tuple[int, int]) -> None:
    run.advance(done, total=total)

    job = state_of(run.job)
    assert (job.done, job.total) == stored


def test_progress_without_a_total_is_a_number(school: Tenant, chore: Chore) -> None:
    job = begin(school, Person())
    chore.work = lambda run: run.advance(12)

    assert work_on(school, job).done == 12


def test_progress_is_written_once_a_second_unless_it_is_forced(
    run: JobRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run.advance(1)
    with django_assert_num_queries(0):
        run.advance(2)
    assert state_of(run.job).done == 1

    run.advance(3, force=True)

    assert state_of(run.job).done == 3


def test_what_was_told_last_is_there_at_the_end(school: Tenant, chore: Chore, job: Job) -> None:
    def work(run: JobRun) -> None:
        for step in range(5):
            run.advance(step)

    chore.work = work

    assert work_on(school, job).done == 4


def test_rows_are_counted_once_however_often_they_are_told(run: JobRun) -> None:
    run.add_rows([RowResult(index=number, state="done") for number in range(3)])
    run.add_rows([])
    run.add_rows(
        [
            RowResult(index=1, state="failed", code="c" * 200, field="f" * 300, detail="a\x00" * 2000),
            RowResult(index=2, state="unchanged"),
            RowResult(index=2, state="failed"),
        ]
    )

    job = state_of(run.job)
    assert (job.rows_done, job.rows_unchanged, job.rows_failed) == (1, 0, 2)
    row = JobRow.objects.get(job=job, index=1)
    assert (row.code, row.field, row.detail, str(row)) == ("c" * 100, "f" * 200, "a" * 1000, "1: failed")
    assert JobRow.objects.count() == 3


def test_rows_cost_the_same_whatever_their_number(
    run: JobRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (3, 300):
        rows = [RowResult(index=index, state="done") for index in range(number)]
        with django_assert_num_queries(7):  # two of them are a savepoint
            run.add_rows(rows)


def test_a_job_that_is_stopped_ends_at_its_next_step_and_keeps_what_it_did(
    school: Tenant, chore: Chore, job: Job
) -> None:
    steps: list[int] = []

    def work(run: JobRun) -> None:
        run.write_file(name="half", media_type="text/plain", chunks=[b"half"])
        run.advance(1, force=True)
        cancel_job(job=job, by=Person())
        steps.append(1)
        run.add_rows([RowResult(index=0, state="done")])
        steps.append(2)

    chore.work = work
    stopped = work_on(school, job)

    assert steps == [1]
    assert (stopped.state, stopped.done, stopped.rows_done) == (JobState.CANCELLED, 1, 1)
    assert (stopped.result_key, stopped.error_code) == ("", "")


def test_a_job_that_never_looks_up_succeeds_though_somebody_wanted_to_stop_it(
    school: Tenant, chore: Chore, job: Job
) -> None:
    def work(_run: JobRun) -> None:
        cancel_job(job=job, by=Person())

    chore.work = work

    assert work_on(school, job).state == JobState.SUCCEEDED


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


def test_work_that_takes_too_long_says_so(school: Tenant, chore: Chore, job: Job) -> None:
    def work(_run: JobRun) -> None:
        raise SoftTimeLimitExceeded

    chore.work = work
    failed = work_on(school, job)

    assert (failed.state, failed.error_code) == (JobState.FAILED, "job_timeout")


def test_a_kind_that_the_code_does_not_know_fails(school: Tenant, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_registry, "_kinds", {})

    assert work_on(school, job).error_code == "unknown_kind"


def test_a_second_file_takes_the_place_of_the_first(
    school: Tenant, chore: Chore, job: Job, django_capture_on_commit_callbacks: Capture
) -> None:
    def work(run: JobRun) -> None:
        run.write_file(name="\x00", media_type="text/csv", chunks=[b"first"])
        run.write_file(name="b" * 300, media_type="text/csv", chunks=iter([b"sec", b"ond"]))

    chore.work = work
    with django_capture_on_commit_callbacks(execute=True):
        done = work_on(school, job)

    assert objects_of(school) == [done.result_key]
    assert b"".join(object_store().read(done.result_key)) == b"second"
    assert (done.result_name, done.result_size) == ("b" * 255, 6)


def test_a_file_without_a_name_is_called_result(run: JobRun) -> None:
    run.write_file(name="\x00\n", media_type="text/csv", chunks=[])

    assert (state_of(run.job).result_name, state_of(run.job).result_size) == ("result", 0)


def test_a_store_that_goes_away_in_the_middle_leaves_nothing(school: Tenant, chore: Chore, job: Job) -> None:
    chore.work = lambda run: run.write_file(
        name="a", media_type="text/plain", chunks=bytes_and_then(OSError("no space left"))
    )
    failed = work_on(school, job)

    assert (failed.state, failed.error_code, failed.result_key) == (JobState.FAILED, "storage_unavailable", "")
    assert objects_of(school) == []


def test_bytes_that_break_leave_nothing(school: Tenant, chore: Chore, job: Job) -> None:
    chore.work = lambda run: run.write_file(
        name="a", media_type="text/plain", chunks=bytes_and_then(RuntimeError("broken"))
    )
    failed = work_on(school, job)

    assert (failed.error_code, objects_of(school)) == ("internal_error", [])


def test_a_store_that_does_not_even_delete_fails_the_job_all_the_same(
    school: Tenant, chore: Chore, job: Job, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(LocalStore, "write", refuse)
    monkeypatch.setattr(LocalStore, "delete", refuse)
    chore.work = lambda run: run.write_file(name="a", media_type="text/plain", chunks=[b"a"])

    assert work_on(school, job).error_code == "storage_unavailable"
    assert "objects_left_behind" in caplog.messages


def test_writing_a_file_keeps_the_job_alive_and_hears_when_it_is_stopped(
    school: Tenant, chore: Chore, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SECONDS_BETWEEN_WRITES", 0.0)
    alive: list[Any] = []

    def chunks() -> Iterator[bytes]:
        for number in range(3):
            alive.append(state_of(job).heartbeat_at)
            if number == 2:
                cancel_job(job=job, by=Person())
            yield b"a"

    chore.work = lambda run: run.write_file(name="a", media_type="text/plain", chunks=chunks())
    stopped = work_on(school, job)

    assert (stopped.state, objects_of(school)) == (JobState.CANCELLED, [])
    assert alive[0] < alive[1] < alive[2]


def test_a_failed_job_loses_its_file(
    school: Tenant, chore: Chore, job: Job, django_capture_on_commit_callbacks: Capture
) -> None:
    def work(run: JobRun) -> None:
        run.write_file(name="a", media_type="text/plain", chunks=[b"a"])
        raise RuntimeError

    chore.work = work
    with django_capture_on_commit_callbacks(execute=True):
        failed = work_on(school, job)

    assert (failed.state, failed.result_key, objects_of(school)) == (JobState.FAILED, "", [])


def test_work_without_rows_or_file_succeeds(school: Tenant, chore: Chore, job: Job) -> None:
    done = work_on(school, job)

    assert (done.state, done.rows_done, done.result, done.result_key) == (JobState.SUCCEEDED, 0, {}, "")


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [(None, "succeeded", ""), (JobCancelled(), "cancelled", ""), (RuntimeError(), "failed", "internal_error")],
)
def test_the_end_of_a_job_is_an_event(
    school: Tenant,
    chore: Chore,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
    error: Exception | None,
    state: str,
    code: str,
) -> None:
    monkeypatch.setattr(registry, "_handlers", {})
    heard: list[JobFinished] = []

    def on_end(event: JobFinished) -> None:
        heard.append(event)

    def work(_run: JobRun) -> None:
        if error:
            raise error

    handles(JobFinished)(on_end)
    chore.work = work
    with django_capture_on_commit_callbacks(execute=True):
        work_on(school, job)

    (event,) = heard
    assert (event.job_id, event.kind, event.state, event.error_code) == (job.id, "tests.chore", state, code)
    assert event.created_by_id == job.created_by_id


def test_two_kinds_have_two_names(chore: Chore) -> None:
    with pytest.raises(ValueError, match="Two kinds of jobs"):
        register_job(chore.kind())
    with pytest.raises(ValueError, match="Chore is no name"):
        register_job(chore.kind(name="Chore"))
