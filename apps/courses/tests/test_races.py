"""Races with real connections: what is checked and then written stays true."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.choices import CourseStatus
from apps.courses.factories import CourseFactory, ModuleFactory
from apps.courses.models import ContentItem, Course, CourseInstructor, CoursePrerequisite, Module, ModulePrerequisite
from apps.courses.services import (
    CourseFull,
    add_course_prerequisite,
    add_module_prerequisite,
    create_course,
    create_item,
    create_module,
    delete_module,
    release_seat,
    remove_instructor,
    take_seat,
)
from apps.users.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


def at_once(tenant: Tenant, *works: Callable[[], Any]) -> list[str | None]:
    """Run each in its own thread and connection, started together; return the code of each refusal."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> str | None:
        try:
            with tenant_context(tenant):
                connection.ensure_connection()
                barrier.wait()
                work()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_the_last_seat_goes_to_one_of_twenty(school: Tenant) -> None:
    with tenant_context(school):
        course = CourseFactory.create(seat_limit=5, seats_taken=4)

    results = at_once(school, *[lambda: take_seat(course_id=course.id)] * 20)

    assert sorted(results, key=str) == [None, *[CourseFull.code] * 19]
    with tenant_context(school):
        assert Course.objects.get().seats_taken == 5


def test_seats_are_counted_exactly(school: Tenant) -> None:
    with tenant_context(school):
        course = CourseFactory.create(seats_taken=10)

    at_once(
        school,
        *[lambda: take_seat(course_id=course.id)] * 10,
        *[lambda: release_seat(course_id=course.id)] * 10,
    )

    with tenant_context(school):
        assert Course.objects.get().seats_taken == 10


def test_two_prerequisites_never_close_a_circle(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        first, second = CourseFactory.create_batch(2)

    results = at_once(
        school,
        lambda: add_course_prerequisite(course=first, required_course_id=second.id, by=admin),
        lambda: add_course_prerequisite(course=second, required_course_id=first.id, by=admin),
    )

    with tenant_context(school):
        assert sorted(results, key=str) == [None, "prerequisite_cycle"]
        assert CoursePrerequisite.objects.count() == 1


def test_two_prerequisites_of_modules_never_close_a_circle(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        course = CourseFactory.create()
        first, second = ModuleFactory.create_batch(2, course=course)

    results = at_once(
        school,
        lambda: add_module_prerequisite(module=first, required_module_id=second.id, by=admin),
        lambda: add_module_prerequisite(module=second, required_module_id=first.id, by=admin),
    )

    with tenant_context(school):
        assert sorted(results, key=str) == [None, "prerequisite_cycle"]
        assert ModulePrerequisite.objects.count() == 1


def test_counters_are_exact_under_concurrency(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        course = CourseFactory.create()
        kept, dropped = ModuleFactory.create_batch(2, course=course)

    def add_item() -> None:
        create_item(module=kept, by=admin, title="x", content_type="text", text_content="x")

    at_once(
        school,
        *[add_item] * 6,
        *[lambda: create_module(course=course, by=admin, title="x")] * 5,
        lambda: delete_module(module=dropped, by=admin),
    )

    with tenant_context(school):
        course = Course.objects.get()
        assert (course.module_count, course.item_count) == (6, 6)
        assert (Module.objects.count(), ContentItem.objects.count()) == (6, 6)
        assert course.version == 13


def test_items_appended_at_once_get_different_places(school: Tenant, admin: User) -> None:
    with tenant_context(school):
        module = ModuleFactory.create()

    def append() -> None:
        create_item(module=module, by=admin, title="x", content_type="text", text_content="x")

    at_once(school, *[append] * 8)

    with tenant_context(school):
        assert sorted(ContentItem.objects.values_list("order", flat=True)) == list(range(8))


def test_the_same_title_at_once_gives_different_slugs(school: Tenant, admin: User) -> None:
    at_once(school, *[lambda: create_course(by=admin, title="Python")] * 8)

    with tenant_context(school):
        slugs = set(Course.objects.values_list("slug", flat=True))
    assert slugs == {"python", *(f"python-{number}" for number in range(2, 9))}


def test_the_last_two_instructors_cannot_both_leave(school: Tenant, admin: User, instructor: User) -> None:
    with tenant_context(school):
        course = CourseFactory.create(status=CourseStatus.DRAFT, instructors=[admin, instructor])

    results = at_once(
        school,
        lambda: remove_instructor(course=course, user_id=admin.id, by=admin),
        lambda: remove_instructor(course=course, user_id=instructor.id, by=admin),
    )

    with tenant_context(school):
        assert sorted(results, key=str) == [None, "last_instructor"]
        assert CourseInstructor.objects.count() == 1
