"""Reports of progress over HTTP: what they lead to, who may send them, what they cost."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory
from apps.courses.models import ContentItem, Course
from apps.enrollments.models import ContentProgress, Enrollment, EnrollmentTransition
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "/api/progress/"
Stored = Callable[[Enrollment], Enrollment]


def completed(item: ContentItem) -> dict[str, str]:
    return {"content_item": str(item.id), "status": "completed"}


def rows(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return ContentProgress.objects.count()


def test_a_learner_reports_as_the_brief_prints(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, stored: Stored
) -> None:
    response = as_user(learner).post(URL, completed(items[0]))

    body = response.json()
    assert response.status_code == 200
    assert (body["content_item"], body["status"], body["percentage"]) == (str(items[0].id), "completed", 100)
    assert body["enrollment"] == {
        "id": str(enrollment.id),
        "status": "active",
        "progress_percentage": 25.0,
        "completed_at": None,
    }
    assert stored(enrollment).resume_item_id == items[0].id
    assert stored(enrollment).last_activity_at is not None


def test_the_last_required_item_completes_the_enrolment_once(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, in_school: Tenant
) -> None:
    client = as_user(learner)
    ContentItemFactory.create(module=items[0].module, is_required=False)
    ContentItemFactory.create(module=items[0].module, is_published=False)

    answers = [client.post(URL, completed(item)).json()["enrollment"] for item in [*items, items[3]]]

    assert [answer["progress_percentage"] for answer in answers] == [25.0, 50.0, 75.0, 100.0, 100.0]
    assert [answer["status"] for answer in answers] == ["active"] * 3 + ["completed"] * 2
    step = EnrollmentTransition.objects.get()
    assert (step.from_status, step.to_status, step.actor_id) == ("active", "completed", None)
    assert Enrollment.objects.get().version == 2


def test_nothing_goes_back(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, in_school: Tenant
) -> None:
    client = as_user(learner)
    item = {"content_item": str(items[0].id)}
    client.post(URL, {**item, "percentage": 60, "position_seconds": 90, "sequence": 5, "time_spent_seconds": 100})

    late = {**item, "percentage": 20, "position_seconds": 30, "sequence": 2, "time_spent_seconds": 40, "attempts": 1}
    body = client.post(URL, late).json()
    newer = client.post(URL, {**item, "position_seconds": 10, "sequence": 6}).json()

    assert (body["percentage"], body["position_seconds"], body["time_spent_seconds"]) == (60, 90, 100)
    assert (body["sequence"], body["attempts"], body["status"]) == (5, 1, "in_progress")
    assert (newer["position_seconds"], newer["percentage"]) == (10, 60)


def test_without_sequences_the_position_is_the_one_reported_last(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf
) -> None:
    client = as_user(learner)
    item = {"content_item": str(items[0].id)}

    positions = [
        client.post(URL, {**item, **report}).json()["position_seconds"]
        for report in ({"position_seconds": 90}, {"position_seconds": 30}, {"percentage": 5})
    ]

    assert positions == [90, 30, 30]


def test_the_way_back_is_explicit(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant
) -> None:
    client = as_user(learner)
    client.post(URL, completed(items[0]))

    body = client.post(f"{URL}reset/", {"content_item": str(items[0].id)}).json()

    assert (body["status"], body["progress_percentage"]) == ("active", 0.0)
    assert rows(school) == 0


def test_a_reset_leaves_a_completed_enrolment_completed(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf
) -> None:
    client = as_user(learner)
    for item in items:
        client.post(URL, completed(item))

    body = client.post(f"{URL}reset/", {"content_item": str(items[0].id)}).json()

    assert (body["status"], body["progress_percentage"]) == ("completed", 100.0)


def test_a_reset_needs_an_open_enrolment(
    learner: User, stranger: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant
) -> None:
    body = {"content_item": str(items[0].id)}
    as_user(learner).post(URL, completed(items[0]))
    with tenant_context(school):
        Enrollment.objects.update(status="suspended")

    suspended = as_user(learner).post(f"{URL}reset/", body)
    strange = as_user(stranger).post(f"{URL}reset/", body)

    assert (suspended.status_code, suspended.json()["code"]) == (403, "enrollment_not_open")
    assert (strange.status_code, strange.json()["code"]) == (403, "not_enrolled")
    assert rows(school) == 1


def test_reports_gathered_offline_are_answered_one_by_one(
    learner: User, stranger: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant
) -> None:
    reports = [completed(items[0]), {"content_item": str(new_id())}, completed(items[1])]

    body = as_user(learner).post(f"{URL}bulk/", {"reports": reports}).json()
    strange = as_user(stranger).post(f"{URL}bulk/", {"reports": reports}).json()

    assert [row["result"] for row in body["results"]] == ["recorded", "content_not_found", "recorded"]
    assert body["results"][0]["progress"]["status"] == "completed"
    assert [row["result"] for row in strange["results"]] == ["content_not_found"] * 3
    with tenant_context(school):
        stored = Enrollment.objects.get()
    assert stored.progress_percentage == 50
    assert stored.resume_item_id == items[1].id


def test_too_many_reports_are_refused(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant
) -> None:
    response = as_user(learner).post(f"{URL}bulk/", {"reports": [completed(items[0])] * 201})

    assert response.status_code == 400
    assert rows(school) == 0


@pytest.mark.django_db(transaction=True)
def test_a_report_costs_at_most_six_statements_and_enrolling_ten(
    learner: User, enrollment: Enrollment, items: list[ContentItem], course: Course, as_user: ClientOf, school: Tenant
) -> None:
    with tenant_context(school):
        Enrollment.objects.all().delete()
    client = as_user(learner)

    with CaptureQueriesContext(connection) as to_enrol:
        assert client.post("/api/enrollments/", {"course": str(course.id)}).status_code == 201
    with CaptureQueriesContext(connection) as to_report:
        assert client.post(URL, completed(items[0])).status_code == 200

    assert len(to_enrol) <= 10
    assert len(to_report) <= 5


def test_a_completion_tells_the_others(
    learner: User, enrollment: Enrollment, items: list[ContentItem], as_user: ClientOf, school: Tenant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told: list[str] = []
    monkeypatch.setattr("apps.enrollments.services.history.emit", lambda event: told.append(event.name))

    for item in items:
        as_user(learner).post(URL, completed(item))

    assert told == ["enrollment.status_changed.v1", "enrollment.completed.v1"]
