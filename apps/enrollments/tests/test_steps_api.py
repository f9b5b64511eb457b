"""The steps of the state machine over HTTP, the expiry, and the history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.models import Tenant
from apps.courses.models import ContentItem, Course
from apps.enrollments.factories import ContentProgressFactory
from apps.enrollments.models import Enrollment, EnrollmentTransition
from apps.users.models import User
from tests.fixtures import ClientOf

Stored = Callable[[Enrollment], Enrollment]


def url_of(enrollment: Enrollment, step: str = "") -> str:
    return f"/api/enrollments/{enrollment.id}/{step}"


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        ("pending", "approve", "active"),
        ("active", "suspend", "suspended"),
        ("active", "complete", "completed"),
        ("active", "expire", "expired"),
        ("suspended", "reactivate", "active"),
        ("expired", "reactivate", "active"),
        ("dropped", "reactivate", "active"),
        ("suspended", "drop", "dropped"),
    ],
)
def test_who_teaches_takes_every_step_of_staff(
    instructor: User, enrollment: Enrollment, as_user: ClientOf, in_school: Tenant, start: str, step: str, end: str
) -> None:
    Enrollment.objects.update(status=start)

    response = as_user(instructor).post(url_of(enrollment, f"{step}/"), {"reason": "As agreed."})

    assert (response.status_code, response.json()["status"]) == (200, end)
    assert response.headers["ETag"] == f'"{response.json()["version"]}"'
    assert EnrollmentTransition.objects.get().reason == "As agreed."


def test_a_step_that_the_table_lacks_is_a_clear_conflict(
    instructor: User, enrollment: Enrollment, as_user: ClientOf, in_school: Tenant
) -> None:
    Enrollment.objects.update(status="dropped")

    response = as_user(instructor).post(url_of(enrollment, "suspend/"))

    body = response.json()
    assert (response.status_code, body["code"]) == (409, "transition_not_allowed")
    assert (body["from"], body["to"], body["allowed"]) == ("dropped", "suspended", ["reactivate"])
    assert Enrollment.objects.get().status == "dropped"


def test_a_learner_leaves_but_takes_no_step_of_staff(
    learner: User, enrollment: Enrollment, as_user: ClientOf, in_school: Tenant
) -> None:
    client = as_user(learner)

    refused = [
        client.post(url_of(enrollment, f"{step}/")).status_code
        for step in ("approve", "complete", "expire", "reactivate", "suspend")
    ]
    left = client.post(url_of(enrollment, "drop/"))

    assert refused == [403] * 5
    assert left.json()["status"] == "dropped"


def test_strangers_and_onlookers_change_nothing(
    stranger: User, principal: User, enrollment: Enrollment, as_user: ClientOf, stored: Stored
) -> None:
    answers = [as_user(person).post(url_of(enrollment, "drop/")).status_code for person in (stranger, principal)]
    nobody = as_user(None).post(url_of(enrollment, "drop/")).status_code

    assert answers == [404, 403]
    assert nobody == 401
    assert stored(enrollment).status == "active"


def test_an_old_version_is_refused(admin: User, enrollment: Enrollment, as_user: ClientOf, stored: Stored) -> None:
    response = as_user(admin).post(url_of(enrollment, "suspend/"), headers={"If-Match": '"7"'})

    assert response.status_code == 412
    assert stored(enrollment).status == "active"


def test_reactivating_gives_time_when_it_had_run_out(
    admin: User, enrollment: Enrollment, course: Course, as_user: ClientOf, in_school: Tenant
) -> None:
    Course.objects.update(access_days=10)
    Enrollment.objects.update(status="expired", expires_at=timezone.now() - timedelta(days=1))

    as_user(admin).post(url_of(enrollment, "reactivate/"))

    expires_at = Enrollment.objects.get().expires_at
    assert expires_at is not None
    assert timedelta(days=9) < expires_at - timezone.now() <= timedelta(days=10)


def test_coming_back_with_everything_done_completes(
    admin: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, in_school: Tenant
) -> None:
    Enrollment.objects.update(status="suspended")
    for item in items:
        ContentProgressFactory.create(enrollment=enrollment, content_item=item, status="completed")

    response = as_user(admin).post(url_of(enrollment, "reactivate/"))

    assert (response.json()["status"], response.json()["progress_percentage"]) == ("completed", 100.0)


def test_staff_extend_access(admin: User, enrollment: Enrollment, as_user: ClientOf, stored: Stored) -> None:
    ends = timezone.now() + timedelta(days=5)

    response = as_user(admin).patch(url_of(enrollment), {"expires_at": ends.isoformat()})
    forever = as_user(admin).patch(url_of(enrollment), {"expires_at": None})
    past = as_user(admin).patch(url_of(enrollment), {"expires_at": "2020-01-01T00:00:00Z"})
    nothing = as_user(admin).patch(url_of(enrollment), {})

    assert [answer.status_code for answer in (response, forever, past, nothing)] == [200, 200, 400, 200]
    assert response.json()["version"] == 2
    assert stored(enrollment).expires_at is None


def test_learners_do_not_extend_their_access(
    learner: User, stranger: User, enrollment: Enrollment, as_user: ClientOf, stored: Stored
) -> None:
    body = {"expires_at": None}

    answers = [as_user(person).patch(url_of(enrollment), body).status_code for person in (learner, stranger)]

    assert answers == [403, 404]
    assert stored(enrollment).version == 1


def test_the_history_tells_every_change_to_who_may_see_the_enrolment(
    learner: User, admin: User, stranger: User, enrollment: Enrollment, as_user: ClientOf
) -> None:
    for step in ("suspend", "reactivate"):
        as_user(admin).post(url_of(enrollment, f"{step}/"))

    response = as_user(learner).get(url_of(enrollment, "history/"))
    denied = [as_user(stranger).get(url).status_code for url in (url_of(enrollment, "history/"), url_of(enrollment))]
    nonsense = as_user(learner).get("/api/enrollments/nonsense/history/")

    steps = [(row["from_status"], row["to_status"]) for row in response.json()["results"]]
    assert steps == [("active", "suspended"), ("suspended", "active")]
    assert denied == [404, 404]
    assert nonsense.status_code == 404
