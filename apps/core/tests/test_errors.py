"""Every failure in one envelope."""

import json
from functools import partial
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions, serializers

from apps.core.errors import Conflict, DomainError, InvalidInput, NotFound, PermissionRefused
from apps.core.http import errors
from apps.core.http.errors import exception_handler
from apps.core.http.versions import PreconditionFailed
from apps.core.models import Tenant
from apps.core.request_context import request_id_context
from apps.core.tenancy.context import NoTenantContext, platform_context
from apps.core.validators import validate_theme


def database_error(kind: type[Exception], sqlstate: str = "") -> Exception:
    error = kind("refused")
    cause = psycopg.Error()
    cause.sqlstate = sqlstate or None
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DomainError(), 400, "invalid"),
        (InvalidInput("No.", field="a.b"), 400, "invalid"),
        (PermissionRefused(), 403, "permission_denied"),
        (NotFound(), 404, "not_found"),
        (Conflict(extra={"seats": 0}), 409, "conflict"),
        (PreconditionFailed(), 412, "precondition_failed"),
        (NoTenantContext(), 400, "tenant_required"),
        (RecursionError(), 400, "parse_error"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (RequestDataTooBig(), 413, "body_too_large"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.Throttled(wait=3), 429, "throttled"),
        (exceptions.ValidationError({"a": ["Bad."]}), 400, "invalid"),
        (ValidationError("Bad.", code="bad"), 400, "invalid"),
        (database_error(IntegrityError, "23505"), 409, "conflict"),
        (database_error(IntegrityError, "23503"), 409, "broken_reference"),
        (database_error(IntegrityError, "23514"), 409, "conflict"),
        (database_error(DataError), 400, "invalid"),
        (database_error(OperationalError), 503, "database_unavailable"),
    ],
)
def test_every_kind_of_failure_has_one_shape(error: Exception, status: int, code: str) -> None:
    with request_id_context("request-1"):
        response = exception_handler(error, {})

    assert response is not None
    assert response.status_code == status
    assert response.data["code"] == code
    assert response.data["status"] == status
    assert response.data["request_id"] == "request-1"
    assert response.data.keys() >= {"type", "title", "detail", "errors"}
    assert response.content_type == "application/problem+json"


def test_a_bug_stays_a_bug() -> None:
    assert exception_handler(KeyError("x"), {}) is None
    assert exception_handler(database_error(ProgrammingError, "42501"), {}) is None


def test_a_write_that_the_policies_refuse_from_above_asks_for_a_school() -> None:
    with platform_context(reason="test"):
        response = exception_handler(database_error(ProgrammingError, "42501"), {})

    assert response is not None
    assert (response.status_code, response.data["code"]) == (400, "tenant_required")


def test_a_domain_error_names_its_field_and_its_facts() -> None:
    response = exception_handler(Conflict("Full.", field="course", extra={"seats": 0}), {})

    assert response is not None
    assert response.data["errors"] == [{"field": "course", "code": "conflict", "detail": "Full."}]
    assert response.data["seats"] == 0


class Unproven(DomainError):
    status = 401


def test_waiting_times_and_challenges_become_headers() -> None:
    throttled = exception_handler(exceptions.Throttled(wait=3), {})
    challenge = exceptions.NotAuthenticated()
    challenge.auth_header = "Bearer"  # type: ignore[attr-defined]  # DRF sets it
    refused = exception_handler(challenge, {})

    assert (limited := exception_handler(Conflict(extra={"retry_after": 7}), {})) is not None
    assert limited["Retry-After"] == "7"
    assert (unproven := exception_handler(Unproven(), {})) is not None
    assert unproven["WWW-Authenticate"] == 'Bearer realm="api"'
    assert throttled is not None
    assert refused is not None
    assert throttled["Retry-After"] == "4"
    assert refused["WWW-Authenticate"] == "Bearer"


class InnerSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()


class OuterSerializer(serializers.Serializer[Any]):
    modules = InnerSerializer(many=True)
    tags = serializers.ListField(child=serializers.IntegerField())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        raise serializers.ValidationError(code="whole")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"modules": [{"title": "x"}, {}], "tags": [1, "x"]},
            {("modules.1.title", "required"), ("tags.1", "invalid")},
        ),
        ({"modules": [], "tags": []}, {("", "whole")}),
        ("text", {("", "invalid")}),
    ],
)
def test_nested_errors_are_told_by_dotted_path(body: Any, expected: set[tuple[str, str]]) -> None:
    serializer = OuterSerializer(data=body)
    with pytest.raises(serializers.ValidationError) as caught:
        serializer.is_valid(raise_exception=True)

    response = exception_handler(caught.value, {})

    assert response is not None
    assert {(error["field"], error["code"]) for error in response.data["errors"]} == expected


def test_the_errors_of_a_model_keep_field_and_code() -> None:
    with pytest.raises(ValidationError) as caught:
        Tenant(name="", slug="Not A Slug", theme="red").clean_fields()

    response = exception_handler(caught.value, {})
    whole = exception_handler(ValidationError({"__all__": ["Not like this."]}), {})

    assert response is not None
    assert whole is not None
    assert {(error["field"], error["code"]) for error in response.data["errors"]} >= {
        ("slug", "invalid_slug"),
        ("name", "blank"),
        ("theme", "invalid_theme"),
    }
    assert whole.data["errors"][0]["field"] == ""


def test_a_theme_is_an_object() -> None:
    with pytest.raises(ValidationError, match="object"):
        validate_theme("red")


@pytest.mark.parametrize("path", ["/api/nothing/", "/api/v1/nothing/"])
def test_an_unknown_address_of_the_api_answers_json(db: None, path: str) -> None:
    response = Client().get(path)

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (partial(errors.not_found, exception=Http404()), 404),
        (partial(errors.bad_request, exception=ValueError()), 400),
        (partial(errors.forbidden, exception=PermissionDenied()), 403),
        (errors.server_error, 500),
    ],
)
def test_failures_outside_of_views_are_json_below_api_and_pages_elsewhere(db: None, handler: Any, status: int) -> None:
    api = handler(RequestFactory().get("/api/x/"))
    page = handler(RequestFactory().get("/admin/x/"))

    assert (api.status_code, page.status_code) == (status, status)
    assert json.loads(api.content)["status"] == status
    assert page["Content-Type"].startswith("text/html")
