"""The file that a job leaves: one, whole, and none of a job that did not succeed."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.choices import JobState
from apps.core.jobs import JobRun, cancel_job, running
from apps.core.models import Job, Tenant
from apps.core.storage import StorageUnavailable, object_store
from apps.core.storage.local import LocalStore
from apps.core.tests.job_kinds import Chore, Person, bytes_and_then, state_of
from apps.core.tests.job_runs import objects_of, work_on

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


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
