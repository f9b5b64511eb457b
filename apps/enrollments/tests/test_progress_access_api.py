"""Who may report progress on what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, ModuleFactory, ModulePrerequisiteFactory
from apps.courses.models import ContentItem, Course, Module
from apps.enrollments.factories import ContentProgressFactory, EnrollmentFactory
from apps.enrollments.models import ContentProgress, Enrollment
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "/api/progress/"
Stored = Callable[[Enrollment], Enrollment]


def completed(item: ContentItem) -> dict[str, str]:
    return {"content_item": str(item.id), "status": "completed"}


def rows(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return ContentProgress.objects.count()


def test_only_the_enrolled_report(
    learner: User, instructor: User, principal: User, stranger: User, items: list[ContentItem], as_user: ClientOf,
    school: Tenant,
) -> None:  # fmt: skip
    answers = [
        (response.status_code, response.json()["code"])
        for person in (learner, instructor, principal, stranger)
        for response in [as_user(person).post(URL, completed(items[0]))]
    ]

    assert answers == [
        (403, "not_enrolled"),
        (403, "not_enrolled"),
        (403, "permission_denied"),
        (404, "content_not_found"),
    ]
    assert rows(school) == 0


@pytest.mark.parametrize(
    "values",
    [{"status": status} for status in ("pending", "dropped", "expired", "suspended")]
    + [{"expires_at": timezone.now() - timedelta(days=1)}],
)
def test_a_closed_enrolment_takes_no_report(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant, values: Any
) -> None:
    with tenant_context(school):
        Enrollment.objects.update(**values)

    response = as_user(learner).post(URL, completed(items[0]))

    assert (response.status_code, response.json()["code"]) == (403, "enrollment_not_open")
    assert response.json()["enrollment_status"] == values.get("status", "active")
    assert rows(school) == 0


@pytest.mark.parametrize("hidden", ["course", "module", "item", "parent", "grandparent"])
def test_what_is_not_published_does_not_exist(
    learner: User, enrollment: Enrollment, modules: list[Module], as_user: ClientOf, school: Tenant, hidden: str
) -> None:
    with tenant_context(school):
        grandparent = ContentItemFactory.create(module=modules[0], is_published=hidden != "grandparent")
        parent = ContentItemFactory.create(module=modules[0], parent=grandparent, is_published=hidden != "parent")
        item = ContentItemFactory.create(module=modules[0], parent=parent, is_published=hidden != "item")
        if hidden == "module":
            Module.objects.filter(id=modules[0].id).update(is_published=False)
        if hidden == "course":
            Course.objects.update(status="draft")

    response = as_user(learner).post(URL, completed(item))

    assert (response.status_code, response.json()["code"]) == (404, "content_not_found")
    assert rows(school) == 0


@pytest.mark.parametrize(
    ("kind", "minimum", "code"), [("required", 51, 403), ("required", 50, 200), ("recommended", 100, 200)]
)
def test_a_locked_module_takes_no_report(
    learner: User,
    enrollment: Enrollment,
    modules: list[Module],
    items: list[ContentItem],
    as_user: ClientOf,
    school: Tenant,
    kind: str,
    minimum: int,
    code: int,
) -> None:
    with tenant_context(school):
        ModulePrerequisiteFactory.create(
            module=modules[1], required_module=modules[0], kind=kind, minimum_completion=minimum
        )
    client = as_user(learner)
    client.post(URL, completed(items[0]))

    response = client.post(URL, completed(items[2]))

    assert response.status_code == code
    if code == 403:
        assert response.json()["code"] == "module_locked"
        assert rows(school) == 1


def test_a_module_without_required_items_locks_nothing(
    learner: User, enrollment: Enrollment, modules: list[Module], items: list[ContentItem], as_user: ClientOf,
    school: Tenant,
) -> None:  # fmt: skip
    with tenant_context(school):
        empty = ModuleFactory.create(course=enrollment.course)
        ModulePrerequisiteFactory.create(module=modules[0], required_module=empty)

    assert as_user(learner).post(URL, completed(items[0])).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content_item": "nonsense"},
        {"percentage": 101},
        {"percentage": -1},
        {"status": "done"},
        {"position_seconds": 2**31},
        {"time_spent_seconds": -1},
        {"sequence": 2**60},
        {"attempts": "many"},
    ],
)
def test_nonsense_is_an_error_of_its_field(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant, body: Any
) -> None:
    response = as_user(learner).post(URL, {"content_item": str(items[0].id), **body} if body else {})

    assert response.status_code == 400
    assert rows(school) == 0


def test_the_list_is_ones_own_unless_staff_ask(
    learner: User, instructor: User, principal: User, stranger: User, enrollment: Enrollment, items: list[ContentItem],
    as_user: ClientOf, school: Tenant,
) -> None:  # fmt: skip
    with tenant_context(school):
        elsewhere = EnrollmentFactory.create(user=learner)
        for row in (enrollment, elsewhere):
            ContentProgressFactory.create(enrollment=row, content_item=items[0])
        other = EnrollmentFactory.create(course=enrollment.course)
        ContentProgressFactory.create(enrollment=other, content_item=items[1])
    theirs = f"{URL}?user={learner.id}"

    own = as_user(learner).get(f"{URL}?course={enrollment.course_id}").json()

    assert [row["content_item"] for row in own["results"]] == [str(items[0].id)]
    assert as_user(learner).get(URL).json()["count"] == 2
    assert as_user(learner).get(theirs).json()["count"] == 2
    assert as_user(learner).get(f"{URL}?user={other.user_id}").status_code == 403
    assert as_user(instructor).get(theirs).json()["count"] == 1
    assert as_user(principal).get(theirs).json()["count"] == 2
    assert as_user(stranger).get(theirs).json()["count"] == 0
