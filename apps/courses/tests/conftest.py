"""What the tests of courses share."""

from collections.abc import Callable
from uuid import UUID

import pytest

from apps.core.models import Tenant
from apps.courses import access
from apps.courses.access import CourseAccess, ItemProgress
from apps.courses.choices import CourseStatus
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import Course
from apps.users.models import User

Grant = Callable[..., None]


@pytest.fixture
def course(in_school: Tenant, instructor: User) -> Course:
    """Return a published course of the instructor with two modules of two items each."""
    course = CourseFactory.create(title="Python", slug="python", instructors=[instructor])
    for name in ("A", "B"):
        module = ModuleFactory.create(course=course, title=name)
        for number in (1, 2):
            ContentItemFactory.create(module=module, title=f"{name}{number}")
    course.refresh_from_db()
    return course


@pytest.fixture
def catalogue(in_school: Tenant, instructor: User) -> dict[str, Course]:
    """Return one course of each status; the instructor teaches the draft only."""
    return {
        "draft": CourseFactory.create(title="Draft", status=CourseStatus.DRAFT, instructors=[instructor]),
        "published": CourseFactory.create(title="Published"),
        "archived": CourseFactory.create(title="Archived", status=CourseStatus.ARCHIVED),
    }


@pytest.fixture
def grant(monkeypatch: pytest.MonkeyPatch) -> Grant:
    """Return a function that enrols everybody, with these items completed."""

    def give(*completed: UUID, is_enrolled: bool = True) -> None:
        progress: dict[UUID, ItemProgress] = {
            key: {"status": "completed", "percentage": 100, "position_seconds": 0, "completed_at": None}
            for key in completed
        }
        monkeypatch.setattr(access, "_providers", [lambda _user, _course: CourseAccess(is_enrolled, progress)])

    return give
