"""Many at the same moment, each on a connection of its own: the invariants hold."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from apps.core.events.registry import handlers_of
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import ContentItem, Course
from apps.courses.services import CourseFull
from apps.enrollments.choices import ProgressStatus
from apps.enrollments.events import EnrollmentCompleted
from apps.enrollments.factories import ContentProgressFactory
from apps.enrollments.models import ContentProgress, Enrollment, EnrollmentTransition
from apps.enrollments.services import (
    AlreadyEnrolled,
    Report,
    change_enrollment_status,
    enroll,
    enroll_many,
    recalculate_course,
    report_progress,
)
from apps.enrollments.state_machine import Action, TransitionNotAllowed
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]
MANY = 20


def within(school: Tenant, call: Callable[[], Any]) -> Any:
    with tenant_context(school):
        return call()


def kinds(results: list[Any]) -> Counter[type]:
    return Counter(type(result) for result in results)


def test_the_last_seat_goes_to_one(school: Tenant, course: Course) -> None:
    with tenant_context(school):
        Course.objects.filter(id=course.id).update(seat_limit=1)
        learners = UserFactory.create_batch(MANY)

    results = in_parallel([partial(within, school, partial(enroll, user=u, course=course, by=u)) for u in learners])

    assert kinds(results) == {Enrollment: 1, CourseFull: MANY - 1}
    with tenant_context(school):
        assert Course.objects.get(id=course.id).seats_taken == 1
        assert Enrollment.objects.count() == EnrollmentTransition.objects.count() == 1


def test_one_learner_enrols_once(school: Tenant, course: Course, learner: User) -> None:
    call = partial(within, school, partial(enroll, user=learner, course=course, by=learner))

    results = in_parallel([call] * MANY)

    assert kinds(results) == {Enrollment: 1, AlreadyEnrolled: MANY - 1}
    with tenant_context(school):
        assert Course.objects.get(id=course.id).seats_taken == 1


def test_one_by_one_and_many_at_once_meet_in_one_enrolment_each(school: Tenant, course: Course, admin: User) -> None:
    with tenant_context(school):
        learners = UserFactory.create_batch(6)
    at_once = partial(within, school, lambda: enroll_many(user_ids=[u.id for u in learners], course=course, by=admin))
    alone = [partial(within, school, partial(enroll, user=u, course=course, by=u)) for u in learners]

    results = in_parallel([at_once, *alone, at_once])

    assert kinds(results).keys() <= {Enrollment, AlreadyEnrolled, list}
    with tenant_context(school):
        assert Enrollment.objects.count() == 6
        assert Course.objects.get(id=course.id).seats_taken == 6


def test_one_completion_however_many_reports(
    school: Tenant, enrollment: Enrollment, items: list[ContentItem], learner: User
) -> None:
    with tenant_context(school):
        for item in items[:3]:
            ContentProgressFactory.create(enrollment=enrollment, content_item=item, status="completed")
    report = Report(content_item_id=items[3].id, status=ProgressStatus.COMPLETED)
    call = partial(within, school, partial(report_progress, user=learner, report=report))

    results = in_parallel([call] * MANY)

    assert {result.standing.status for result in results} == {"completed"}
    with tenant_context(school):
        assert EnrollmentTransition.objects.count() == 1
        deliveries = Delivery.objects.filter(event=EnrollmentCompleted.name).count()
        assert deliveries == len(handlers_of(EnrollmentCompleted))
        assert ContentProgress.objects.count() == 4


def test_all_items_at_once_complete_once(
    school: Tenant, enrollment: Enrollment, items: list[ContentItem], learner: User
) -> None:
    reports = [Report(content_item_id=item.id, status=ProgressStatus.COMPLETED) for item in items]
    calls = [partial(within, school, partial(report_progress, user=learner, report=report)) for report in reports]

    in_parallel(calls)

    with tenant_context(school):
        assert Enrollment.objects.get().status == "completed"
        assert EnrollmentTransition.objects.count() == 1


def test_a_recalculation_loses_no_report(
    school: Tenant, enrollment: Enrollment, items: list[ContentItem], learner: User
) -> None:
    reports = [Report(content_item_id=item.id, status=ProgressStatus.COMPLETED) for item in items]
    calls = [partial(within, school, partial(report_progress, user=learner, report=report)) for report in reports]
    again = partial(within, school, partial(recalculate_course, course_id=enrollment.course_id))

    in_parallel([again, *calls, again, again])

    with tenant_context(school):
        assert Enrollment.objects.get().progress_percentage == 100
        assert EnrollmentTransition.objects.count() == 1


def test_of_dropping_and_completing_one_wins(
    school: Tenant, enrollment: Enrollment, items: list[ContentItem], learner: User, admin: User
) -> None:
    with tenant_context(school):
        Course.objects.filter(id=enrollment.course_id).update(seats_taken=1)
        copies = [Enrollment.objects.get(id=enrollment.id) for _ in range(10)]
    actions = [Action.DROP, Action.COMPLETE] * 5

    results = in_parallel(
        [
            partial(within, school, partial(change_enrollment_status, enrollment=copy, action=action, by=admin))
            for copy, action in zip(copies, actions, strict=True)
        ]
    )

    assert kinds(results) == {Enrollment: 1, TransitionNotAllowed: 9}
    with tenant_context(school):
        stored = Enrollment.objects.get()
        assert EnrollmentTransition.objects.get().to_status == stored.status
        assert Course.objects.get(id=enrollment.course_id).seats_taken == (1 if stored.status == "completed" else 0)
