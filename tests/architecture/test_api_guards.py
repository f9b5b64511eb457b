"""What must hold of every route and of every operation."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.core.http.views import BaseViewSet, ListMixin
from apps.core.ids import new_id
from apps.core.policies import Policy
from apps.users.choices import Role
from apps.users.models import User

# Routes that answer the same to everybody, and why they need no policy.
WITHOUT_POLICY = {
    "SpectacularAPIView": "the schema is public",
    "SpectacularSwaggerView": "the schema is public",
    "SpectacularRedocView": "the schema is public",
}


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and callback of every route below /api/."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif isinstance(entry, URLPattern) and path.startswith("api/"):
            yield path, entry.callback


VIEWS = [(path, callback) for path, callback in routes() if not path.startswith("api/v1/")]
VIEWSETS = [(path, callback) for path, callback in VIEWS if callback.cls.__name__ not in WITHOUT_POLICY]


def test_there_are_routes() -> None:
    assert len(VIEWSETS) > 10


def test_the_versioned_api_and_its_alias_are_the_same() -> None:
    versioned = {path.removeprefix("api/v1/") for path, _ in routes() if path.startswith("api/v1/")}

    assert versioned == {path.removeprefix("api/") for path, _ in VIEWSETS}


@pytest.mark.parametrize(("path", "callback"), VIEWSETS, ids=[path for path, _ in VIEWSETS])
def test_every_action_of_every_view_has_a_rule(path: str, callback: Any) -> None:
    view = callback.cls

    assert issubclass(view, BaseViewSet)
    assert issubclass(view.policy, Policy)
    assert set(callback.actions.values()) - {"head"} <= view.policy.rules.keys()


class OnePage:
    def paginate_queryset(self, rows: list[Any], request: Request, view: Any) -> list[Any]:
        return rows


@cache
def schema() -> Mapping[str, Any]:
    """Return the OpenAPI document of the installed API."""
    document: Mapping[str, Any] = SchemaGenerator().get_schema(public=True)
    return document


def operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every operation of the document, by name."""
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield f"{method.upper()} {path}", operation


def promised_keys(path: str) -> set[str]:
    """Return the keys of a list's rows as the document promises them."""
    page = resolved(schema()["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"])
    return set(resolved(page["properties"]["results"]["items"])["properties"])


def resolved(reference: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema()["components"]["schemas"][reference["$ref"].rsplit("/", 1)[-1]]
    return found


def reads_rows(view: type[Any]) -> bool:
    """Whether the list of the view is read as rows, compiled from a queryset or written by hand."""
    return issubclass(view, ListMixin) and (view.rows is not None or view.row_source is not ListMixin.row_source)


LISTS = [
    (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{path}"), callback.cls)
    for path, callback in VIEWSETS
    if callback.actions.get("get") == "list" and reads_rows(callback.cls)
]


def columns_of(instance: Any) -> tuple[str, ...]:
    """Return the names of the columns that the view reads."""
    instance.request.user = User(id=new_id(), roles=[Role.ADMIN])
    instance.request.bearer_session_id = new_id()
    if instance.rows is None:
        names: tuple[str, ...] = instance.row_source().names
        return names
    try:
        query = getattr(instance.queryset.all(), instance.rows)().query
    except FieldError:  # the rows need what the view's own `get_queryset` annotates
        query = getattr(instance.get_queryset(), instance.rows)().query
    return tuple(query.selected or (*query.values_select, *query.annotation_select))


@pytest.mark.parametrize(("path", "view"), LISTS, ids=[path for path, _ in LISTS])
def test_rows_have_exactly_the_keys_that_the_schema_promises(path: str, view: type[Any]) -> None:
    instance = view(action="list", kwargs={}, request=Request(APIRequestFactory().get("/")), format_kwarg=None)
    instance._paginator = OnePage()

    (row,) = instance.paginate_queryset([dict.fromkeys(columns_of(instance))])

    assert row.keys() == promised_keys(path)


def complaints_about(operation: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the documentation of the operation lacks."""
    if not operation.get("summary"):
        yield "no summary"
    answers = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    if not answers:
        yield "no response"
    for status, answer in answers.items():
        for media_type, content in answer.get("content", {}).items():
            if media_type == "application/json" and not content.get("examples"):
                yield f"no example of {status}"
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if media_type == "application/json" and not content.get("examples"):
            yield "no example of a request"


def test_every_operation_is_documented_with_examples(db: None) -> None:
    complaints = {name: found for name, operation in operations() if (found := list(complaints_about(operation)))}

    assert complaints == {}
