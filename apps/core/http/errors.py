"""Every failure of the API in one envelope: see `apps.core.http.problems`."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import DomainError
from apps.core.http.problems import CONTENT_TYPE, FieldError, problem, problem_response

logger = logging.getLogger(__name__)

INVALID = "Some fields are not valid; see `errors` for each of them."
UNIQUE_VIOLATION = "23505"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn whatever a view raised into a problem document; None lets a real bug become a 500."""
    del context
    converted = _from_domain(error) or _from_framework(error) or _from_database(error)
    if converted is not None:
        set_rollback()
    return converted


def _answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _from_domain(error: Exception) -> Response | None:
    if not isinstance(error, DomainError):
        return None
    errors: list[FieldError] = []
    if error.field:
        errors.append({"field": error.field, "code": error.code, "detail": error.detail})
    return _answer(problem(status=error.status, code=error.code, detail=error.detail, errors=errors, extra=error.extra))


def _from_framework(error: Exception) -> Response | None:
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(_django_details(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound("Not found.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        return _answer(problem(status=413, code="body_too_large", detail="The request body is too large."))
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flatten(error.get_full_details()))
        return _answer(problem(status=400, code="invalid", detail=INVALID, errors=errors))
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else error.default_code
    return _answer(problem(status=error.status_code, code=code, detail=str(error.detail)), headers)


def _from_database(error: Exception) -> Response | None:
    """The last line: a constraint that no service named, a value the database can't hold, a database gone."""
    if isinstance(error, IntegrityError):
        logger.error("constraint_without_a_rule", exc_info=error)
        unique = getattr(error.__cause__, "sqlstate", None) == UNIQUE_VIOLATION
        detail = "Such a row exists already." if unique else "The request contradicts the data that is there."
        return _answer(problem(status=409, code="conflict", detail=detail))
    if isinstance(error, DataError):
        return _answer(problem(status=400, code="invalid", detail="A value is outside of what can be stored."))
    if isinstance(error, OperationalError):
        logger.error("database_unavailable", exc_info=error)
        return _answer(database_unavailable(), {"Retry-After": "5"})
    return None


def database_unavailable() -> dict[str, Any]:
    """The body of a 503 when the database does not answer."""
    detail = "The database does not answer; nothing was changed. Try again in a few seconds."
    return problem(status=503, code="database_unavailable", detail=detail)


def _django_details(error: DjangoValidationError) -> Any:
    """Keep fields and codes of a model's validation error."""
    if hasattr(error, "error_dict"):
        return {
            ("" if field == "__all__" else field): [_detail(entry) for entry in entries]
            for field, entries in error.error_dict.items()
        }
    return {"": [_detail(entry) for entry in error.error_list]}


def _detail(entry: DjangoValidationError) -> exceptions.ErrorDetail:
    return exceptions.ErrorDetail(" ".join(entry.messages), code=entry.code or "invalid")


def _flatten(details: Any, path: str = "") -> Iterator[FieldError]:
    """Yield DRF's nested error details as flat field errors."""
    if isinstance(details, Mapping) and {"message", "code"} == details.keys():
        yield {"field": path, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, Mapping):
        for key, entry in details.items():
            step = "" if key == "non_field_errors" else str(key)
            yield from _flatten(entry, ".".join(part for part in (path, step) if part))
    else:
        for index, entry in enumerate(details):
            is_leaf = isinstance(entry, Mapping) and {"message", "code"} == entry.keys()
            yield from _flatten(entry, path if is_leaf else f"{path}.{index}".lstrip("."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`: no route of the installation has this path."""
    del request, exception
    return problem_response(status=404, code="not_found", detail="There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a bug; the details are in the log under the request id."""
    del request
    detail = "The server failed. Nothing more is known here; quote the request_id to your operator."
    return problem_response(status=500, code="server_error", detail=detail)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler400`: a host that this installation does not serve, or a request that is no HTTP."""
    del request, exception
    return problem_response(status=400, code="bad_request", detail="The request is malformed or its host unknown.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403`: outside of the API, for example a form without its CSRF token."""
    del request, exception
    return problem_response(status=403, code="permission_denied", detail="You may not do this.")
