"""Courses that change under their learners, and the clock."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import ContentItem, Course, Module
from apps.courses.services import change_item
from apps.enrollments.factories import ContentProgressFactory, EnrollmentFactory
from apps.enrollments.models import Enrollment, EnrollmentTransition
from apps.enrollments.services import expire_due_enrollments, recalculate_course
from apps.enrollments.services.completion import recalculate
from apps.enrollments.tasks import expire_enrollments
from apps.users.models import User

Stored = Callable[[Enrollment], Enrollment]


def complete(enrollment: Enrollment, *items: ContentItem) -> None:
    for item in items:
        ContentProgressFactory.create(enrollment=enrollment, content_item=item, status="completed")


def test_percentages_follow_the_course(in_school: Tenant, course: Course, items: list[ContentItem]) -> None:
    halfway, done, dropped = EnrollmentFactory.create_batch(3, course=course)
    complete(halfway, items[0], items[1])
    complete(done, *items)
    complete(dropped, items[0])
    Enrollment.objects.filter(id=done.id).update(
        status="completed", completed_at=timezone.now(), progress_percentage=100
    )
    Enrollment.objects.filter(id=dropped.id).update(status="dropped")
    ContentItemFactory.create(module=items[0].module)

    completed = recalculate_course(course_id=course.id)

    percentages = dict(Enrollment.objects.values_list("id", "progress_percentage"))
    assert completed == 0
    assert percentages == {halfway.id: 40, done.id: 100, dropped.id: 20}
    assert EnrollmentTransition.objects.count() == 0


def test_who_has_nothing_left_to_do_has_completed(in_school: Tenant, course: Course, items: list[ContentItem]) -> None:
    almost, suspended, behind = EnrollmentFactory.create_batch(3, course=course)
    for enrollment in (almost, suspended):
        complete(enrollment, *items[:3])
    complete(behind, items[0])
    Enrollment.objects.filter(id=suspended.id).update(status="suspended")
    ContentItem.objects.filter(id=items[3].id).update(is_required=False)

    counts = [recalculate_course(course_id=course.id) for _ in range(2)]

    assert counts == [1, 0]
    assert dict(Enrollment.objects.values_list("id", "status")) == {
        almost.id: "completed",
        suspended.id: "suspended",
        behind.id: "active",
    }
    assert EnrollmentTransition.objects.get().enrollment_id == almost.id


def test_a_course_without_required_items_completes_nobody(
    in_school: Tenant, course: Course, items: list[ContentItem]
) -> None:
    enrollment = EnrollmentFactory.create(course=course, progress_percentage=25)
    complete(enrollment, *items)
    ContentItem.objects.update(is_required=False)

    assert recalculate_course(course_id=course.id) == 0
    assert Enrollment.objects.get().progress_percentage == 0


def test_a_recalculation_costs_the_same_for_three_enrolments_and_for_thirty(
    in_school: Tenant, course: Course, items: list[ContentItem]
) -> None:
    counts = []
    for number in (3, 27):
        for enrollment in EnrollmentFactory.create_batch(number, course=course):
            complete(enrollment, *items)
        with CaptureQueriesContext(connection) as queries:
            recalculate_course(course_id=course.id)
        counts.append(len(queries))
        Enrollment.objects.update(status="active", completed_at=None, progress_percentage=0)

    # The event of each completion is a row of the outbox for each of its handlers.
    handlers = (counts[1] - counts[0]) // 27
    assert counts[0] - 3 * handlers == counts[1] - 30 * handlers <= 5


def test_changing_a_course_changes_its_enrolments(
    course: Course,
    items: list[ContentItem],
    instructor: User,
    school: Tenant,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with tenant_context(school), django_capture_on_commit_callbacks(execute=True):
        enrollment = EnrollmentFactory.create(course=course)
        complete(enrollment, *items[:3])

        change_item(item=items[3], by=instructor, is_required=False)

    with tenant_context(school):
        assert Enrollment.objects.get().status == "completed"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=6))
@pytest.mark.timeout(60)
def test_what_counts_is_what_the_courses_say(in_school: Tenant, shape: list[tuple[bool, bool, bool, bool]]) -> None:
    course = CourseFactory.create()
    parent: ContentItem | None = None
    enrollment = EnrollmentFactory.create(course=course)
    for place, (is_required, is_published, module_is_published, is_nested) in enumerate(shape):
        module = ModuleFactory.create(course=course, is_published=module_is_published)
        item = ContentItemFactory.create(
            module=module,
            is_required=is_required,
            is_published=is_published,
            parent=parent if is_nested and parent and parent.parent_id is None else None,
        )
        parent = item
        if place % 2:
            complete(enrollment, item)
    required = set(ContentItem.objects.required().filter(course=course).values_list("id", flat=True))
    done = enrollment.progress.filter(content_item__in=required).count()
    expected = round(100 * done / len(required), 2) if required else 0

    one = recalculate(enrollment_id=enrollment.id, course_id=course.id, from_status="active", now=timezone.now())
    Enrollment.objects.filter(id=enrollment.id).update(status="active", completed_at=None, progress_percentage=33)
    recalculate_course(course_id=course.id)

    assert float(one.progress_percentage) == expected
    assert float(Enrollment.objects.get(id=enrollment.id).progress_percentage) == expected


def test_the_clock_expires_what_is_over_once(
    school: Tenant, other_school: Tenant, course: Course, modules: list[Module]
) -> None:
    now = timezone.now()
    with tenant_context(school):
        Course.objects.filter(id=course.id).update(seats_taken=5)
        over, suspended, done, later = EnrollmentFactory.create_batch(4, course=course, expires_at=now)
        Enrollment.objects.filter(id=suspended.id).update(status="suspended")
        Enrollment.objects.filter(id=done.id).update(status="completed", completed_at=now)
        Enrollment.objects.filter(id=later.id).update(expires_at=now + timedelta(days=1))
    with tenant_context(other_school):
        EnrollmentFactory.create(expires_at=now)

    counts = [expire_enrollments() for _ in range(2)]

    assert counts == [3, 0]
    with tenant_context(school):
        assert dict(Enrollment.objects.values_list("id", "status")) == {
            over.id: "expired",
            suspended.id: "expired",
            done.id: "completed",
            later.id: "active",
        }
        assert Course.objects.get(id=course.id).seats_taken == 3
        assert set(EnrollmentTransition.objects.values_list("to_status", "actor_id")) == {("expired", None)}


def test_expiring_goes_on_until_nothing_is_due(
    in_school: Tenant, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.enrollments.services.transitions.BATCH", 2)
    EnrollmentFactory.create_batch(5, course=course, expires_at=timezone.now())

    assert expire_due_enrollments() == 5
