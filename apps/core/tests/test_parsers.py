"""Bodies: what is too large or could never be answered is refused where it comes in."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.http.parsers import MAX_DEPTH
from apps.users.models import User
from tests.fixtures import ClientOf

ME = "/api/users/me/"


def nested(depth: int) -> str:
    return '{"preferences": {"x": ' + "[" * depth + "]" * depth + "}}"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        '{"preferences": {"x": NaN}}',
        '{"preferences": {"x": 1e400}}',
        '{"preferences": {"x": 1e30}}',
        '{"preferences": {"x": -1000000000000000000000000000000}}',
        '{"preferences": {"x": "\\ud800"}}',
        '{"preferences": {"\\udfff": 1}}',
        nested(MAX_DEPTH),
        nested(100_000),
    ],
)
def test_what_no_answer_could_carry_is_not_taken(learner: User, as_user: ClientOf, body: str) -> None:
    client = as_user(learner)

    response = client.generic("PATCH", ME, body or " ", content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")
    assert client.get(ME).json()["preferences"] == {}


def test_what_an_answer_can_carry_comes_back_as_it_was(learner: User, as_user: ClientOf) -> None:
    preferences = {"largest": 2**64 - 1, "least": -(2**63), "half": 0.5, "text": "😀 \u202e", "list": [[[None, True]]]}

    response = as_user(learner).patch(ME, {"preferences": preferences})

    assert (response.status_code, response.json()["preferences"]) == (200, preferences)
    assert as_user(learner).get(ME).json()["preferences"] == preferences


@pytest.mark.parametrize("address", ["/api/enrollments/", "/api/progress/"])
def test_an_idempotency_key_changes_nothing_about_it(learner: User, as_user: ClientOf, address: str) -> None:
    body = '{"course": 1000000000000000000000000000000, "content_item": "\\ud800"}'

    response: Any = as_user(learner).generic(
        "POST", address, body, content_type="application/json", headers={"Idempotency-Key": "k"}
    )

    assert response.status_code == 400


def test_a_body_is_bounded_whatever_its_form(learner: User, as_user: ClientOf, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    upload = SimpleUploadedFile("a.png", b"x" * 1001, content_type="image/png")

    as_json = as_user(learner).patch(ME, {"bio": "x" * 1001})
    as_form = as_user(learner).patch(ME, {"avatar": upload}, format="multipart")

    assert [as_json.status_code, as_form.status_code] == [413, 413]
    assert [as_json.json()["code"], as_form.json()["code"]] == ["body_too_large"] * 2
    assert as_user(learner).get(ME).json()["bio"] == ""
