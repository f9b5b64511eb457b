"""The OpenAPI document: the failures that every operation shares, and those that it words itself."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.http.schema import ProblemSchema


class DoorView(APIView):
    """A view of a test."""

    @extend_schema(responses={204: None, 404: OpenApiResponse(ProblemSchema, "No such door.")})
    def delete(self, request: Request, number: str) -> Response:
        return Response(status=204)

    @extend_schema(responses={204: None}, auth=[])
    def get(self, request: Request, number: str) -> Response:
        return Response(status=204)


def responses(method: str) -> dict[str, Any]:
    """Return the documented answers of the door."""
    document: Any = SchemaGenerator(patterns=[path("api/doors/<number>/", DoorView.as_view())]).get_schema(public=True)
    found: dict[str, Any] = document["paths"]["/api/doors/{number}/"][method]["responses"]
    return found


def test_a_change_documents_every_way_in_which_it_may_fail() -> None:
    assert responses("delete").keys() == {"204", "400", "401", "403", "404", "409", "412", "503"}


def test_what_changes_nothing_and_is_open_to_all_fails_in_fewer_ways() -> None:
    assert responses("get").keys() == {"204", "404", "503"}


def test_an_operation_words_a_failure_better_than_we_could() -> None:
    answers = responses("delete")

    assert answers["404"]["description"] == "No such door."
    assert answers["409"]["description"] == "The request does not fit the present state."


def test_patterns_mean_the_same_to_clients_in_other_languages() -> None:
    document = (Path(settings.BASE_DIR) / "docs" / "openapi.yaml").read_text()

    patterns = re.findall(r"^ +pattern: (.+)$", document, re.MULTILINE)

    assert patterns
    assert [pattern for pattern in patterns if re.search(r"\(\?[aiLmsux]|\\[AZ]|\(\?P", pattern)] == []


def test_failures_are_problem_documents() -> None:
    content = responses("get")["503"]["content"]
    own = responses("delete")["404"]["content"]

    assert list(own) == ["application/problem+json"]

    assert list(content) == ["application/problem+json"]
    (example,) = content["application/problem+json"]["examples"].values()
    assert (example["value"]["status"], example["value"]["code"]) == (503, "database_unavailable")
