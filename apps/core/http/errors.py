"""Every failure of the API in one envelope: see `apps.core.http.problems`."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import DomainError, TenantRequired
from apps.core.http.problems import CONTENT_TYPE, FieldError, problem, problem_response
from apps.core.tenancy.context import NoTenantContext, current_scope

logger = logging.getLogger(__name__)

INVALID = "Some fields are not valid; see `errors` for each of them."
UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"
POLICY_VIOLATION = "42501"
_OTHER_VIOLATION = ("conflict", "The request contradicts the data that is there.")
_VIOLATIONS = {
    UNIQUE_VIOLATION: ("conflict", "Such a row exists already."),
    FOREIGN_KEY_VIOLATION: (
        "broken_reference",
        "The request refers to something that is not there, or removes what others still refer to.",
    ),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn whatever a view raised into a problem document; None lets a real bug become a 500."""
    del context
    converted = _from_tenancy(error) or _from_domain(error) or _from_framework(error) or _from_database(error)
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
    body = problem(status=error.status, code=error.code, detail=error.detail, errors=errors, extra=error.extra)
    return _answer(body, _headers_of(error))


def _headers_of(error: DomainError) -> dict[str, str]:
    """Return what HTTP wants beside a status: how to log in, when to come back (`extra["retry_after"]`, seconds)."""
    if error.status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="api"'}
    return {"Retry-After": str(error.extra["retry_after"])} if "retry_after" in error.extra else {}


def _from_tenancy(error: Exception) -> Response | None:
    """A query outside of any tenant; a write to a tenant's rows from above all of them."""
    is_refused_write = isinstance(error, ProgrammingError) and _sqlstate(error) == POLICY_VIOLATION
    if isinstance(error, NoTenantContext) or (is_refused_write and current_scope().platform):
        return _from_domain(TenantRequired())
    return None


def _sqlstate(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _from_framework(error: Exception) -> Response | None:
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(_django_details(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound("Not found.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        return _answer(problem(status=413, code="body_too_large", detail="The request body is too large."))
    elif isinstance(error, RecursionError):
        return _answer(problem(status=400, code="parse_error", detail="The request body is nested too deeply."))
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
        code, detail = _VIOLATIONS.get(
            _sqlstate(error) or "", ("conflict", "The request contradicts the data there is.")
        )
        return _answer(problem(status=409, code=code, detail=detail))
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


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """`handler404`: no route of the installation has this path."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return problem_response(status=404, code="not_found", detail="There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """`handler500`: a bug; the details are in the log under the request id."""
    if not _is_api(request):
        return defaults.server_error(request)
    detail = "The server failed. Nothing more is known here; quote the request_id to your operator."
    return problem_response(status=500, code="server_error", detail=detail)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """`handler400`: a host that this installation does not serve, or a request that is no HTTP."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return problem_response(status=400, code="bad_request", detail="The request is malformed or its host unknown.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """`handler403`: outside of the API, for example a form without its CSRF token."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    return problem_response(status=403, code="permission_denied", detail="You may not do this.")
