"""What is written and read without a serializer is what the serializers would have written and read."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.assessments.factories import AssessmentFactory
from apps.assessments.selectors import EVERYTHING, Shown, attempt_view
from apps.assessments.serializers import AttemptSerializer, SavedSerializer, TakeSerializer
from apps.assessments.serializers.taking import read_take, receipt_view, saved_view
from apps.assessments.services import start_attempt, take_attempt
from apps.core.http.renderers import ORJSONRenderer
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User

WHOLE = st.integers(min_value=-(2**63), max_value=2**63)
LEAVES = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner))
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "answers": st.dictionaries(st.text(max_size=3), JSON, max_size=3) | JSON,
        "sequence": st.integers(min_value=-2, max_value=2**53 + 2) | JSON,
        "status": st.sampled_from(["in_progress", "submitted", "graded"]) | JSON,
        "more": JSON,
    },
)
MOMENTS = st.datetimes(timezones=st.just(UTC))


def rendered(data: Any) -> bytes:
    return ORJSONRenderer().render(data)


@settings(max_examples=200)
@given(body=BODIES | JSON)
def test_a_body_that_is_read_plainly_is_what_the_serializer_reads(body: Any) -> None:
    read = read_take(body)

    serializer = TakeSerializer(data=body)
    if read is not None:
        assert serializer.is_valid(), serializer.errors
        assert read == serializer.validated_data


@given(
    answers=st.none() | st.dictionaries(st.uuids().map(str), JSON, max_size=3),
    sequence=st.none() | st.integers(min_value=1, max_value=2**53),
    status=st.none() | st.sampled_from(["in_progress", "submitted"]),
)
def test_an_ordinary_body_is_read_plainly(
    answers: dict[str, Any] | None, sequence: int | None, status: str | None
) -> None:
    asked = {"answers": answers, "sequence": sequence, "status": status}
    body = {name: value for name, value in asked.items() if value is not None}

    assert read_take(body) == body


@given(at=MOMENTS, questions=st.lists(st.uuids().map(str), max_size=4))
def test_a_receipt_is_written_as_the_serializer_writes_it(at: datetime, questions: list[str]) -> None:
    receipt = SimpleNamespace(
        sequence=7, received_at=at, saved=questions[1:], superseded=questions[:1], entry_index=3,
        entry_hash="ab" * 32,
    )  # fmt: skip
    attempt: Any = SimpleNamespace(id=new_id(), status="in_progress", deadline_at=at)
    said = SavedSerializer({**vars(attempt), "receipt": receipt}).data

    assert rendered(saved_view(attempt, receipt)) == rendered(said)


@pytest.mark.django_db
@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize(
    "shown",
    [
        EVERYTHING,
        Shown(score=True, answers=False, feedback=False),
        Shown(score=False, answers=True, feedback=True),
    ],
)
def test_an_attempt_is_written_as_the_serializer_writes_it(
    in_school: Tenant, learner: User, *, shown: Shown, answered: bool
) -> None:
    course = CourseFactory.create()
    EnrollmentFactory.create(course=course, user=learner)
    assessment = AssessmentFactory.create(course=course, questions=3, due_at=timezone.now(), time_limit_minutes=10)
    attempt = start_attempt(assessment=assessment, by=learner).attempt
    question, *_ = (slot["question"] for slot in attempt.paper)
    answers = {question: {"selected_option_id": "a"}} if answered else None
    taken = take_attempt(attempt_id=attempt.id, answers=answers, submit=True)

    body = attempt_view(taken.attempt, shown, now=timezone.now(), sheet=taken.sheet)
    if taken.receipt is not None:
        body["receipt"] = receipt_view(taken.receipt)

    assert orjson.loads(rendered(body)) == orjson.loads(rendered(AttemptSerializer(body).data))
