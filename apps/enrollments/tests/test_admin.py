"""The Django admin of enrolments: the same rules, the same history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import ContentItem, Course
from apps.enrollments.factories import ContentProgressFactory
from apps.enrollments.models import Enrollment, EnrollmentTransition
from apps.users.models import User

LIST = "/admin/enrollments/enrollment/"
HOST = "maple.localhost"
Browser = Callable[[User], Client]


@pytest.fixture
def browser(school: Tenant) -> Browser:
    """Return a function from a person to a browser that is logged in at the school's host."""

    def log_in(user: User) -> Client:
        client = Client(headers={"host": HOST})
        with tenant_context(school):
            client.force_login(user)
        return client

    return log_in


def act(client: Client, action: str, *enrollments: Enrollment) -> None:
    client.post(LIST, {"action": action, "_selected_action": [str(row.id) for row in enrollments]})


def test_actions_take_the_steps_of_the_state_machine(
    admin: User, enrollment: Enrollment, browser: Browser, school: Tenant
) -> None:
    client = browser(admin)

    for action in ("suspend", "reactivate", "drop"):
        act(client, action, enrollment)

    with tenant_context(school):
        steps = EnrollmentTransition.objects.order_by("id").values_list("to_status", "actor_id")
        assert list(steps) == [("suspended", admin.id), ("active", admin.id), ("dropped", admin.id)]


def test_an_action_that_the_table_refuses_changes_nothing(
    admin: User, enrollment: Enrollment, browser: Browser, school: Tenant
) -> None:
    act(browser(admin), "reactivate", enrollment)

    with tenant_context(school):
        assert Enrollment.objects.get().status == "active"
        assert EnrollmentTransition.objects.count() == 0


def test_principals_look_and_learners_do_not_get_in(
    principal: User, learner: User, enrollment: Enrollment, browser: Browser, school: Tenant
) -> None:
    looking = browser(principal)

    assert looking.get(LIST).status_code == 200
    act(looking, "suspend", enrollment)
    assert browser(learner).get(LIST).status_code == 302
    with tenant_context(school):
        assert Enrollment.objects.get().status == "active"


def test_every_page_opens(
    admin: User, enrollment: Enrollment, items: list[ContentItem], browser: Browser, school: Tenant
) -> None:
    with tenant_context(school):
        ContentProgressFactory.create(enrollment=enrollment, content_item=items[0])
    client = browser(admin)
    act(client, "suspend", enrollment)

    pages = [LIST, f"{LIST}add/", f"{LIST}{enrollment.id}/change/"]
    pages += ["/admin/enrollments/enrollmenttransition/", "/admin/enrollments/contentprogress/"]

    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_enrolling_and_extending_go_through_the_services(
    admin: User, learner: User, course: Course, browser: Browser, school: Tenant
) -> None:
    client = browser(admin)
    ends = timezone.now() + timedelta(days=3)

    client.post(
        f"{LIST}add/", {"course": str(course.id), "user": str(learner.id), "expires_at_0": "", "expires_at_1": ""}
    )
    with tenant_context(school):
        enrollment = Enrollment.objects.get()
        history = str(EnrollmentTransition.objects.get().id)
    for day in (ends, ends):
        client.post(
            f"{LIST}{enrollment.id}/change/",
            {
                "expires_at_0": f"{day:%Y-%m-%d}",
                "expires_at_1": f"{day:%H:%M:%S}",
                "transitions-TOTAL_FORMS": "1",
                "transitions-INITIAL_FORMS": "1",
                "transitions-0-id": history,
            },
        )

    with tenant_context(school):
        stored = Enrollment.objects.get()
        assert stored.expires_at == ends.replace(microsecond=0)
        assert (stored.source, stored.enrolled_by_id, stored.version) == ("staff", admin.id, 2)
        assert Course.objects.get(id=course.id).seats_taken == 1
