"""The work of jobs: taken up once, told how it goes, ended once."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.choices import JobState
from apps.core.jobs import JobRun, RowResult
from apps.core.models import Tenant
from apps.core.storage import object_store
from apps.core.tests.job_kinds import Chore, Person, begin, state_of

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


def test_a_job_runs_once_it_is_committed_and_keeps_rows_result_and_file(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    def work(run: JobRun) -> None:
        run.advance(1, total=2)
        run.add_rows([RowResult(index=0, state="done"), RowResult(index=1, state="failed", code="gone", field="id")])
        run.add_rows([RowResult(index=1, state="unchanged")])
        run.write_file(name="grades.csv", media_type="text/csv; charset=utf-8", chunks=iter([b"a,", b"b\n"]))
        run.set_result(learners=2)
        run.advance(2)

    chore.work = work
    with django_capture_on_commit_callbacks(execute=True):
        waiting = begin(school, Person(), parameters={"course": "1"})
        assert state_of(waiting).state == JobState.QUEUED

    job = state_of(waiting)
    assert (job.state, job.attempts, job.done, job.total) == (JobState.SUCCEEDED, 1, 2, 2)
    assert (job.rows_done, job.rows_unchanged, job.rows_failed) == (1, 1, 0)
    assert (job.result, job.result_name, job.result_size) == ({"learners": 2}, "grades.csv", 4)
    assert b"".join(object_store().read(job.result_key)) == b"a,b\n"
    assert chore.runs[0].parameters == {"course": "1"}
