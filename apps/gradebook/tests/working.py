"""Letting workers take up the jobs of gradebooks."""

from typing import Any
from uuid import UUID

from apps.core.jobs.running import run_job
from apps.core.models import Job, JobRow
from apps.core.tenancy.context import tenant_context
from apps.gradebook.tests.books import Book


class WorkerDies(BaseException):
    """What happens to a process: nothing of ours sees it coming."""


def job_of(client: Any, book: Book, where: str, body: Any = None) -> str:
    """Start a job at this address of the course; return its id."""
    answer = client.post(book.url(where), body or {})
    assert answer.status_code == 202, answer.json()
    return str(answer.json()["id"])


def started(client: Any, book: Book, *changes: dict[str, Any]) -> str:
    """Start a bulk edit; return the id of its job."""
    return job_of(client, book, "gradebook/bulk-edit/", {"changes": changes})


def work_on(book: Book, job_id: str) -> Job:
    """Let a worker take the job up; return it as it is stored afterwards."""
    run_job(UUID(job_id), tenant_id=book.school.id)
    with tenant_context(book.school):
        return Job.objects.get(id=job_id)


def rows_of(job: Job) -> list[Any]:
    """Return what became of each row: its state, the code and the field of what stood in the way."""
    assert job.tenant_id is not None
    with tenant_context(job.tenant_id):
        return list(JobRow.objects.filter(job=job).order_by("index").values_list("state", "code", "field"))


def outcome(book: Book, job_id: str) -> dict[str, Any]:
    """Let a worker take the job up; return how it went."""
    job = work_on(book, job_id)
    return {"state": job.state, "error": job.error_code, "done": job.done, "rows": rows_of(job)}


def exported(client: Any, book: Book, **body: Any) -> bytes:
    """Return the bytes of an export, fetched as a browser does."""
    job = work_on(book, job_of(client, book, "gradebook/exports/", body))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    where = client.get(f"/api/jobs/{job.id}/download/").json()["url"]
    answer = client.get(where.replace("http://testserver", ""))
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
