"""The one shape of a failure: RFC 9457 `application/problem+json`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypedDict

import orjson
from django.http import HttpResponse

from apps.core.request_context import current_request_id

CONTENT_TYPE = "application/problem+json"


class FieldError(TypedDict):
    """What is wrong with one input field; `field` is dotted (`modules.0.title`), empty for the whole body."""

    field: str
    code: str
    detail: str


def problem(
    *, status: int, code: str, detail: str, errors: Sequence[FieldError] = (), extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the body of a failure.

    `code` is stable and for programs, `detail` is for people, `errors` lists the fields at fault.
    """
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
        "request_id": current_request_id(),
        **(extra or {}),
    }


def problem_response(*, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a failure from outside of DRF: a middleware, a missing route."""
    body = orjson.dumps(problem(status=status, code=code, detail=detail))
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)
