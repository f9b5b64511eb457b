"""More time for a group: whom it reaches, and what it costs."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment, Attempt
from apps.assessments.services import create_accommodation, extending, start_attempt
from apps.assessments.tests.extending.conftest import MINUTE, SOON, bounds, started
from apps.core.models import Tenant
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import GroupFactory, UserFactory
from apps.users.models import Group, GroupMembership, User


def test_a_group_s_members_are_those_of_the_moment(quiz: Any, course: Course, learner: User) -> None:
    assessment, group, other = quiz(), GroupFactory.create(), UserFactory.create()
    EnrollmentFactory.create(course=course, user=other)
    GroupMembership.objects.create(group=group, user=learner)
    attempts = [started(assessment, person) for person in (learner, other)]

    create_accommodation(by=None, group=group, assessment=assessment, extra_time_percentage=50, now=SOON)
    granted = [bounds(attempt)[0] for attempt in attempts]
    GroupMembership.objects.create(group=group, user=other)
    joined = bounds(attempts[1])[0]
    create_accommodation(by=None, user=other, extra_time_percentage=20, now=SOON)
    counted = bounds(attempts[1])[0]

    assert granted == [45 * MINUTE, 30 * MINUTE]
    assert joined == 30 * MINUTE, "joining alone moves nothing"
    assert counted == 45 * MINUTE, "the next grant counts the group in"


def test_a_group_costs_the_same_for_three_and_for_thirty(in_school: Tenant, course: Course) -> None:
    counts = []
    for people in (3, 30):
        group, assessment = sitting(course, people)
        with CaptureQueriesContext(connection) as queries:
            create_accommodation(by=None, group=group, extra_time_percentage=25)
        counts.append(len(queries))
        assert longer_than(36, assessment) == people

    assert counts[0] == counts[1] <= 14


def test_a_group_that_is_more_than_a_batch_has_it_all(
    in_school: Tenant, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extending, "BATCH", 3)
    group, assessment = sitting(course, 7)

    create_accommodation(by=None, group=group, assessment=assessment, extra_time_percentage=50)

    assert longer_than(43, assessment) == 7


def sitting(course: Course, people: int) -> tuple[Group, Assessment]:
    """Return a group of learners who all take the assessment, half an hour long, at this moment."""
    group = GroupFactory.create()
    assessment = AssessmentFactory.create(course=course, questions=1, time_limit_minutes=30)
    for person in UserFactory.create_batch(people):
        EnrollmentFactory.create(course=course, user=person)
        GroupMembership.objects.create(group=group, user=person)
        start_attempt(assessment=assessment, by=person)
    return group, assessment


def longer_than(minutes: int, assessment: Assessment) -> int:
    ends = timezone.now() + minutes * MINUTE
    return Attempt.objects.filter(assessment=assessment, deadline_at__gt=ends).count()
