"""A passed quiz completes its item, the course, and brings the certificate."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.assessments.factories import AssessmentFactory
from apps.certificates.models import Certificate
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.mark.parametrize(("option", "status"), [("a", "completed"), ("b", "active")])
def test_a_passed_quiz_completes_its_item_and_the_course(
    school: Tenant,
    learner: User,
    as_user: ClientOf,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    option: str,
    status: str,
) -> None:
    with tenant_context(school):
        course = CourseFactory.create()
        EnrollmentFactory.create(course=course, user=learner)
        quiz = AssessmentFactory.create(course=course, questions=1)
        module = ModuleFactory.create(course=course)
        ContentItemFactory.create(module=module, content_type="quiz", payload={"assessment_id": str(quiz.id)})
    client = as_user(learner)
    attempt = client.post(f"/api/assessments/{quiz.id}/attempts/").json()
    answers = {attempt["questions"][0]["question"]: {"selected_option_id": option}}

    with django_capture_on_commit_callbacks(execute=True):
        client.patch(f"/api/attempts/{attempt['id']}/", {"answers": answers, "status": "submitted"})

    with tenant_context(school):
        assert Enrollment.objects.get(user=learner).status == status
        assert Certificate.objects.count() == (1 if status == "completed" else 0)
