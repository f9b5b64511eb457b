"""How a view answers when the work goes on in the background."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.versions import etag_of
from apps.core.jobs.serializers import JobSerializer
from apps.core.models import Job

VERSIONED = "/api/v1/"
ALIAS = "/api/"


def accepted(job: Job, request: Request) -> Response:
    """Return 202 with the job, and in `Location` where to ask how it goes."""
    prefix = VERSIONED if request.path.startswith(VERSIONED) else ALIAS
    headers = {"Location": f"{prefix}jobs/{job.id}/"}
    return described(job, status_code=status.HTTP_202_ACCEPTED, headers=headers)


def described(job: Job, *, status_code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None) -> Response:
    """Return the job, and in `Retry-After` when to ask again while it has not ended."""
    body = JobSerializer(job).data
    found = {"ETag": etag_of(job) or "", **(headers or {})}
    if body["poll_after_seconds"] is not None:
        found["Retry-After"] = str(body["poll_after_seconds"])
    return Response(body, status=status_code, headers=found)
