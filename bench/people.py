"""The learners whose requests are measured, with a session and a token each. Import after Django is set up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.courses.models import ContentItem
from apps.enrollments.models import Enrollment
from apps.files.models import File
from apps.users.models import Session, User
from apps.users.tokens import sign_access_token
from bench.build import READERS, email_of

PEOPLE = 200
FILES = 200


@dataclass(frozen=True, slots=True)
class Person:
    """A learner; `enrolled` holds the courses, newest enrolment first."""

    id: UUID
    email: str
    token: str
    enrolled: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """A tenant with those of its learners who send requests.

    `readers` have 20 enrolments each; `writers` report progress on the `items` of their courses. `files` are some
    that everybody may open, with their folders.
    """

    slug: str
    tenant_id: UUID
    readers: tuple[Person, ...]
    writers: tuple[Person, ...]
    items: dict[UUID, tuple[UUID, ...]]
    files: tuple[tuple[UUID, UUID], ...]


def audience(slug: str) -> Audience:
    """Give the measured learners of a tenant sessions, and return them."""
    with platform_context(reason="tenant of the benchmark"):
        tenant = Tenant.objects.get(slug=slug)
    with tenant_context(tenant):
        users = list(User.objects.filter(email__in=[email_of(slug, n) for n in range(PEOPLE)]).order_by("email"))
        people = people_of(tenant.id, users)
        courses = {course for person in people for course in person.enrolled}
        items: dict[UUID, list[UUID]] = {course: [] for course in courses}
        rows = ContentItem.objects.filter(course_id__in=courses).order_by("module__order", "order")
        for course_id, item_id in rows.values_list("course_id", "id"):
            items[course_id].append(item_id)
        files = tuple(File.objects.order_by("name").values_list("folder_id", "id")[:FILES])
    return Audience(
        slug=slug,
        tenant_id=tenant.id,
        readers=people[:READERS],
        writers=people[READERS:],
        items={course: tuple(its_items) for course, its_items in items.items()},
        files=files,
    )


def people_of(tenant_id: UUID, users: Sequence[User]) -> tuple[Person, ...]:
    """Give users of the open tenant a session and a token each; return them."""
    now = timezone.now()
    sessions = Session.objects.bulk_create(
        Session(user=user, refresh_jti=new_id(), created_at=now, last_used_at=now, expires_at=now + timedelta(days=1))
        for user in users
    )
    enrolled: dict[UUID, list[UUID]] = {user.id: [] for user in users}
    rows = Enrollment.objects.filter(user_id__in=enrolled).order_by("-enrolled_at", "-id")
    for user_id, course_id in rows.values_list("user_id", "course_id"):
        enrolled[user_id].append(course_id)
    return tuple(
        Person(
            id=user.id,
            email=user.email,
            token=sign_access_token(
                user_id=user.id, tenant_id=tenant_id, session_id=session.id, roles=user.roles, now=now
            ),
            enrolled=tuple(enrolled[user.id]),
        )
        for user, session in zip(users, sessions, strict=True)
    )
