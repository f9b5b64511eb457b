"""The requests that clients of the product were promised, as they were printed, with the demo data."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from tests.journeys.conftest import LogIn

pytestmark = pytest.mark.timeout(60)

ALICE = "alice.williams@acme.local"
JOHN = "john.smith@acme.local"
ADMIN = "admin@acme.local"
PLATFORM = "admin@lms.local"


def ids(answer: dict[str, object]) -> list[str]:
    results = answer["results"]
    assert isinstance(results, list)
    return [row["id"] for row in results]


def test_login_refresh_and_profile(demo_schools: None) -> None:
    client = APIClient(SERVER_NAME="localhost")

    login = client.post("/api/auth/login/", {"email": ALICE, "password": "password123"})
    refresh = client.post("/api/auth/token/refresh/", {"refresh": login.json()["refresh"]})
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {refresh.json()['access']}")
    profile = client.get("/api/users/me/")

    assert (login.status_code, refresh.status_code, profile.status_code) == (200, 200, 200)
    assert profile.json()["email"] == ALICE
    assert profile.json()["roles"] == ["learner"]


def test_platform_staff_list_all_schools(log_in: LogIn) -> None:
    answer = log_in(PLATFORM).get("/api/core/tenants/")

    assert answer.status_code == 200
    assert {row["slug"] for row in answer.json()["results"]} == {"acme", "techu"}


def test_an_admin_lists_and_creates_users_and_changes_settings(log_in: LogIn) -> None:
    admin = log_in(ADMIN)

    before = admin.get("/api/users/").json()["count"]
    created = admin.post(
        "/api/users/",
        {
            "email": "new.user@acme.local",
            "first_name": "New",
            "last_name": "User",
            "role": "learner",
            "password": "securepassword123",
        },
    )
    changed = admin.patch("/api/core/settings/", {"features": {"ai_content_generation": True}})

    assert before == 16
    assert created.status_code == 201
    assert created.json()["roles"] == ["learner"]
    assert changed.status_code == 200
    assert changed.json()["features"]["ai_content_generation"] is True
    assert admin.get("/api/users/").json()["count"] == 17


def test_an_instructor_builds_a_course(log_in: LogIn) -> None:
    john = log_in(JOHN)

    own = john.get("/api/courses/")
    course = john.post(
        "/api/courses/",
        {
            "title": "Advanced Python",
            "description": "Deep dive into Python",
            "category": "programming",
            "difficulty_level": "advanced",
        },
    )
    module = john.post(
        f"/api/courses/{course.json()['id']}/modules/",
        {"title": "Decorators and Metaclasses", "description": "Advanced Python patterns", "order": 1},
    )
    content = john.post(
        f"/api/modules/{module.json()['id']}/content/",
        {
            "title": "Understanding Decorators",
            "content_type": "text",
            "text_content": "# Decorators\n\nDecorators are...",
            "order": 1,
        },
    )
    roster = john.get(f"/api/enrollments/?course={ids(own.json())[0]}")

    assert own.status_code == 200
    assert [course.status_code, module.status_code, content.status_code] == [201, 201, 201]
    assert course.json()["status"] == "draft"
    assert content.json()["content_type"] == "text"
    assert roster.status_code == 200


def test_a_learner_goes_from_the_catalogue_to_the_certificate(
    log_in: LogIn, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    alice = log_in(ALICE)

    offered = alice.get("/api/courses/?status=published").json()
    taken = {row["course"]["id"] for row in alice.get("/api/enrollments/my/").json()["results"]}
    free = [
        row["id"]
        for row in offered["results"]
        if row["id"] not in taken and row["price_amount"] == 0 and row["self_enrollment"]
    ]
    enrolled = next(
        answer
        for answer in (alice.post("/api/enrollments/", {"course": course}) for course in free)
        if answer.status_code == 201
    )
    modules = alice.get(f"/api/courses/{enrolled.json()['course']['id']}/modules/").json()["results"]
    before = alice.get("/api/certificates/my/").json()["count"]
    with django_capture_on_commit_callbacks(execute=True):
        reports = [
            alice.post("/api/progress/", {"content_item": item["id"], "status": "completed"})
            for module in modules
            for item in module["items"]
        ]
    certificates = alice.get("/api/certificates/my/").json()

    assert offered["count"] == 6
    assert {report.status_code for report in reports} == {200}
    assert certificates["count"] == before + 1
    number = certificates["results"][0]["number"]
    verified = APIClient(SERVER_NAME="localhost").get(f"/api/certificates/verify/{number}/")
    assert verified.status_code == 200
    assert verified.json()["status"] == "valid"
