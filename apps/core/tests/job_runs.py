"""How tests do the work of jobs, and where they look afterwards."""

from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.jobs import JobRun, RowResult
from apps.core.jobs.running import run_job
from apps.core.models import Job, Tenant
from apps.core.storage import object_store
from apps.core.tests.job_kinds import Chore, Person, begin, state_of


def work_on(school: Tenant, job: Job) -> Job:
    """Run the job as a worker would, and return it as it is stored afterwards."""
    run_job(job.id, tenant_id=school.id)
    return state_of(job)


def objects_of(school: Tenant) -> list[str]:
    return [found.key for found in object_store().objects(f"{school.id}/jobs/")]


def url_of(job: Job, below: str = "") -> str:
    return f"/api/jobs/{job.id}/{below}"


def file_and_row(run: JobRun) -> None:
    run.add_rows([RowResult(index=0, state="done")])
    run.write_file(name="a.csv", media_type="text/csv", chunks=[b"a"])


def done(school: Tenant, chore: Chore, capture: DjangoCaptureOnCommitCallbacks) -> Job:
    """Return a job that has succeeded, with a row and a file."""
    chore.work = file_and_row
    with capture(execute=True):
        job = begin(school, Person())
    return state_of(job)


def has_object(job: Job) -> bool:
    return object_store().stat(job.result_key) is not None
