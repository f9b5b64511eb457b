"""Whether an assessment is a draft, published or archived, and when that may change."""

from apps.assessments.models import Assessment
from apps.assessments.services import add_question, start_attempt
from apps.assessments.tests.authoring.conftest import ask
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


def test_an_assessment_is_published_empty_and_starting_it_says_so(
    quiz: Assessment, learner: User, instructor: User, as_user: ClientOf
) -> None:
    created = as_user(instructor).post("/api/assessments/", {"course": str(quiz.course_id), "title": "Empty"})

    started = as_user(learner).post(f"/api/assessments/{created.json()['id']}/attempts/")

    assert created.json()["status"] == "published"
    assert (started.status_code, started.json()["code"]) == (409, "assessment_empty")


def test_status_moves_freely_until_somebody_has_taken_it(
    school: Tenant, quiz: Assessment, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client, address = as_user(instructor), f"/api/assessments/{quiz.id}/"
    with tenant_context(school):
        add_question(assessment=quiz, question=ask(instructor).question, by=instructor)

    free = [client.patch(address, {"status": status}).status_code for status in ("draft", "archived", "published")]
    client.patch(address, {"status": "draft"})
    hidden = as_user(learner).get(address).status_code
    client.patch(address, {"status": "published"})
    with tenant_context(school):
        start_attempt(assessment=quiz, by=learner)
    back = client.patch(address, {"status": "draft"})
    gone = client.delete(address)
    archived = client.patch(address, {"status": "archived"})

    assert free == [200, 200, 200]
    assert hidden == 404
    assert (back.status_code, back.json()["code"]) == (409, "assessment_taken")
    assert (gone.status_code, gone.json()["code"]) == (409, "assessment_taken")
    assert archived.json()["status"] == "archived"
    assert client.patch(address, {"status": "draft"}).status_code == 409


def test_no_assessment_begins_archived(quiz: Assessment, instructor: User, as_user: ClientOf) -> None:
    refused = as_user(instructor).post(
        "/api/assessments/", {"course": str(quiz.course_id), "title": "Late", "status": "archived"}
    )

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_status")
