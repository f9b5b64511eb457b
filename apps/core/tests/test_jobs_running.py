"""The work of jobs: taken up once, inside its school, and ended once."""

from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.actor_context import current_actor_id
from apps.core.choices import JobState
from apps.core.events import handles, registry
from apps.core.jobs import JobCancelled, JobRun, RowResult, cancel_job, register_job
from apps.core.jobs import registry as job_registry
from apps.core.jobs.events import JobFinished
from apps.core.jobs.running import run_job
from apps.core.models import Job, Tenant
from apps.core.request_context import current_request_id, request_id_context
from apps.core.tenancy.context import current_tenant_id
from apps.core.tests.job_kinds import Chore, Person, begin, state_of
from apps.core.tests.job_runs import work_on

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


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


def test_work_that_takes_too_long_says_so(school: Tenant, chore: Chore, job: Job) -> None:
    def work(_run: JobRun) -> None:
        raise SoftTimeLimitExceeded

    chore.work = work
    failed = work_on(school, job)

    assert (failed.state, failed.error_code) == (JobState.FAILED, "job_timeout")


def test_a_kind_that_the_code_does_not_know_fails(school: Tenant, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_registry, "_kinds", {})

    assert work_on(school, job).error_code == "unknown_kind"


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
