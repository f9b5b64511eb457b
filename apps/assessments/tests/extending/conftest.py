"""A quiz that somebody takes at this moment, its bounds, and what its journal says of them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment, Attempt, JournalEntry
from apps.assessments.services import check_journal, start_attempt
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON = START + 10 * MINUTE


@pytest.fixture
def course(school: Tenant, instructor: User, learner: User) -> Course:
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
    return course


@pytest.fixture
def quiz(in_school: Tenant, course: Course) -> Callable[..., Assessment]:
    """Return a function that makes a quiz of one question, half an hour long."""

    def make(**fields: Any) -> Assessment:
        return AssessmentFactory.create(course=course, questions=1, **{"time_limit_minutes": 30, **fields})

    return make


def started(assessment: Assessment, learner: User, now: datetime = START) -> Attempt:
    return start_attempt(assessment=assessment, by=learner, now=now).attempt


def bounds(attempt: Attempt) -> tuple[timedelta | None, timedelta | None]:
    """Return deadline and due date of the attempt as it is stored, from the start on."""
    stored = Attempt.objects.get(id=attempt.id)
    found = [None if at is None else at - START for at in (stored.deadline_at, stored.due_at)]
    return found[0], found[1]


def moves(attempt: Attempt) -> list[Any]:
    """Return what the journal says of deadlines that moved; it must be intact."""
    assert check_journal(Attempt.objects.get(id=attempt.id)) is None
    entries = JournalEntry.objects.filter(attempt_id=attempt.id, kind="deadline_changed").order_by("index")
    return [json.loads(entry.content) for entry in entries]
