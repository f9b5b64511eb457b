"""A course to take: two modules with two required items each, taught by the instructor."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import ContentItem, Course, Module
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.users.models import User


@pytest.fixture
def course(school: Tenant, instructor: User) -> Course:
    with tenant_context(school):
        return CourseFactory.create(slug="python", title="Python", instructors=[instructor])


@pytest.fixture
def modules(school: Tenant, course: Course) -> list[Module]:
    with tenant_context(school):
        return [ModuleFactory.create(course=course) for _ in range(2)]


@pytest.fixture
def items(school: Tenant, modules: list[Module]) -> list[ContentItem]:
    with tenant_context(school):
        return [ContentItemFactory.create(module=module) for module in modules for _ in range(2)]


@pytest.fixture
def enrollment(school: Tenant, course: Course, learner: User) -> Enrollment:
    """Return the learner's active enrolment."""
    with tenant_context(school):
        return EnrollmentFactory.create(course=course, user=learner)


@pytest.fixture
def stored(school: Tenant) -> Callable[[Enrollment], Enrollment]:
    """Return a function that reads an enrolment anew."""

    def read(enrollment: Enrollment) -> Enrollment:
        with tenant_context(school):
            return Enrollment.objects.get(id=enrollment.id)

    return read


@pytest.fixture
def with_rows(school: Tenant, course: Course, instructor: User) -> Callable[..., list[Any]]:
    """Return a function that adds enrolments: of many in the course, or of one person in many courses."""

    def add(count: int, user: User | None = None) -> list[Any]:
        with tenant_context(school):
            if user is None:
                return EnrollmentFactory.create_batch(count, course=course)
            return EnrollmentFactory.create_batch(count, user=user)

    return add
