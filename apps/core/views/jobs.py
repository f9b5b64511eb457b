"""Background work: how it goes, what it did, its file; stop it, try it again."""

from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.jobs import accepted, described
from apps.core.http.schema import failure
from apps.core.http.views import ListMixin, lookup_of
from apps.core.jobs import cancel_job, find_job, retry_job
from apps.core.jobs.downloads import sign_result
from apps.core.jobs.filters import JobFilter, JobRowFilter
from apps.core.jobs.selectors import listed, shown
from apps.core.jobs.serializers import JobDownloadSerializer, JobRowSerializer, JobSerializer
from apps.core.models import Job, JobRow
from apps.core.permissions import JobPolicy

ID: Final = "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f63"
RUNNING: Final[dict[str, Any]] = {
    "id": ID, "kind": "gradebook.export", "kind_title": "Export of the gradebook",
    "subject": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f61", "state": "running",
    "progress": {"done": 1250, "total": 5000, "percentage": 25}, "counts": {"done": 0, "unchanged": 0, "failed": 0},
    "result": {}, "error": None, "has_result_file": False, "is_cancellable": True,
    "created_by": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", "created_at": "2026-03-02T09:00:00Z",
    "started_at": "2026-03-02T09:00:01Z", "cancel_requested_at": None, "finished_at": None, "expires_at": None,
    "poll_after_seconds": 2,
}  # fmt: skip
FINISHED: Final[dict[str, Any]] = {
    **RUNNING, "state": "succeeded", "progress": {"done": 5000, "total": 5000, "percentage": 100},
    "result": {"learners": 5000, "items": 100}, "has_result_file": True, "is_cancellable": False,
    "finished_at": "2026-03-02T09:00:09Z", "expires_at": "2026-03-09T09:00:09Z", "poll_after_seconds": None,
}  # fmt: skip
FAILED: Final[dict[str, Any]] = {
    **FINISHED, "state": "failed", "progress": RUNNING["progress"], "result": {}, "has_result_file": False,
    "error": {"code": "storage_unavailable", "detail": "The file storage did not take the file."},
}  # fmt: skip
CANCELLED: Final[dict[str, Any]] = {
    **FAILED, "state": "cancelled", "error": None, "cancel_requested_at": "2026-03-02T09:00:08Z",
}  # fmt: skip
QUEUED: Final[dict[str, Any]] = {
    **RUNNING, "state": "queued", "progress": {"done": 0, "total": None, "percentage": None}, "started_at": None,
    "poll_after_seconds": 1,
}  # fmt: skip
ROW: Final[dict[str, Any]] = {
    "index": 17, "state": "failed", "reference": {"user": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f64"},
    "error": {"field": "score", "code": "score_out_of_range", "detail": "At most 20 points."}, "data": {},
}  # fmt: skip
DOWNLOAD: Final[dict[str, Any]] = {
    "url": "https://learn.example.org/storage/eyJtIjoiR0VUIn0.signature", "expires_at": "2026-03-02T09:05:00Z",
    "file_name": "gradebook.csv", "media_type": "text/csv", "size_bytes": 1_048_576,
}  # fmt: skip
# The address opens the bytes to whoever has it, so nobody keeps the answer.
HEADERS: Final = {"Cache-Control": "no-store"}
WHO: Final = (
    "For who started it, and for admins; beside that the kind of job decides, and who lost the right to what it is "
    "about finds nothing."
)


def example(name: str, value: Any, status_code: str = "200") -> OpenApiExample:
    """Return an example of an answer."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status_code])


@extend_schema_view(
    list=extend_schema(
        summary="List background jobs",
        description="The caller's own, newest first; for admins, everybody's. Jobs whose kind does not show them to "
        "the caller are left out of their page, which may thus have fewer than `page_size`; `count` counts them.",
        examples=[example("finished", FINISHED)],
    ),
)
class JobViewSet(ListMixin):
    """Jobs: started by other resources, followed here."""

    policy = JobPolicy
    queryset = Job.objects.order_by("-created_at", "-id")
    serializer_class = JobSerializer
    filterset_class = JobFilter

    def get_object(self) -> Job:
        """Return the job that the URL names, if its kind shows it to the actor, too."""
        job = job_in(self)
        self.check_object_permissions(self.request, job)
        return job

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(listed(self.filter_queryset(self.get_queryset())))
        found = shown(page or [], to=self.actor)
        return self.get_paginated_response(self.get_serializer(found, many=True).data)

    @extend_schema(
        summary="Read a background job",
        description="Its state and progress. While it has not ended, `poll_after_seconds` and the header Retry-After "
        "say when to ask again. A job and its file are deleted at `expires_at`, seven days after its end. What the "
        f"work has done before it failed or was cancelled stays done: `/rows/` tells. {WHO}",
        responses=JobSerializer,
        examples=[example("running", RUNNING), example("finished", FINISHED), example("failed", FAILED)],
    )
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return described(self.get_object())

    @extend_schema(
        summary="Download a job's file",
        description="A signed address that is good for five minutes, for whoever has it; range requests work there, "
        "and browsers save what comes. 409 `job_unfinished` until the job has ended, 404 when it made no file or did "
        f"not succeed. {WHO}",
        responses={200: JobDownloadSerializer, 409: failure("409")},
        examples=[example("signed address", DOWNLOAD)],
    )
    def download(self, request: Request, **kwargs: Any) -> Response:
        return Response(JobDownloadSerializer(sign_result(self.get_object())).data, headers=HEADERS)

    @extend_schema(
        summary="Cancel a background job",
        description="One that waits is cancelled at once; one that runs stops at the next step of its work, until when "
        "`cancel_requested_at` is set and `state` is `running`; if it reaches its end before, it has succeeded. 409 "
        f"`job_finished` when it has ended, `job_not_cancellable` when its kind runs to its end. {WHO}",
        request=None,
        responses=JobSerializer,
        examples=[example("cancelled", CANCELLED)],
    )
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        return described(cancel_job(job=self.get_object(), by=self.actor))

    @extend_schema(
        summary="Try a background job again",
        description="One that failed or was cancelled goes back to the queue, as the person who started it, without "
        "its rows, result and error. 409 `job_not_retryable` otherwise; 429 `too_many_jobs` when that person has ten "
        f"others that have not ended. {WHO}",
        request=None,
        responses={202: JobSerializer, 429: failure("429")},
        examples=[example("queued", QUEUED, "202")],
    )
    def retry(self, request: Request, **kwargs: Any) -> Response:
        return accepted(retry_job(job=self.get_object(), by=self.actor), request)


@extend_schema_view(
    list=extend_schema(
        summary="List the rows of a background job",
        description=f"What it did with each row of its input so far, by `index`. {WHO}",
        examples=[example("refused row", ROW)],
    ),
)
class JobRowViewSet(ListMixin):
    """What a job did with each row."""

    policy = JobPolicy
    queryset = JobRow.objects.all()
    serializer_class = JobRowSerializer
    filterset_class = JobRowFilter

    def get_queryset(self) -> QuerySet[JobRow]:
        """Return the rows of the job that the URL names, if the actor may know of it."""
        return JobRow.objects.filter(job=job_in(self)).order_by("index", "id")


def job_in(view: ListMixin) -> Job:
    """Return the job that the URL of the view names, if the actor may know of it."""
    lookup = lookup_of(view.kwargs["id"])
    if not lookup:
        raise NotFound
    return find_job(lookup["id"], by=view.actor)
