"""An assignment that asks for files, a file, and how it is saved, handed in, replaced and opened."""

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment, Attempt, AttemptFile
from apps.assessments.services import put_new_question, start_attempt
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.files.models import File
from apps.files.services.receiving import receive_file
from apps.users.factories import client_of
from apps.users.models import User

FIRST, SECOND, THIRD = b"The first report.\n", b"The second, longer report.\n", b"The third report, after all.\n"
RULES = {"allowed_types": ["text/plain"], "max_files": 2, "max_file_mb": 1}


@pytest.fixture
def assignment(school: Tenant, instructor: User, learner: User) -> Assessment:
    """Return an assignment that asks for texts."""
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        EnrollmentFactory.create(course=course, user=learner)
        assessment = AssessmentFactory.create(course=course, assessment_type="assignment", title="Report")
        put_new_question(
            assessment=assessment, by=instructor, question_type="file_upload", question_text="Your report.",
            points=10, type_specific_data=RULES,
        )  # fmt: skip
        assessment.refresh_from_db()
    return assessment


@pytest.fixture
def attempt(school: Tenant, assignment: Assessment, learner: User) -> Attempt:
    with tenant_context(school):
        return start_attempt(assessment=assignment, by=learner).attempt


@pytest.fixture
def file(school: Tenant, learner: User) -> File:
    """Return a text that the learner has really uploaded."""
    with tenant_context(school):
        return receive_file(source=io.BytesIO(FIRST), name="report.txt", size=len(FIRST), by=learner)


def save(client: Any, attempt: Attempt, *files: Any, **more: Any) -> Any:
    answers = {attempt.paper[0]["question"]: {"files": [str(each.id) for each in files]}}
    return client.patch(f"/api/attempts/{attempt.id}/", {"answers": answers, **more})


def hand_in(client: Any, attempt: Attempt) -> Any:
    return client.patch(f"/api/attempts/{attempt.id}/", {"status": "submitted"})


def replace(client: Any, file: File, content: bytes) -> Any:
    form = {"file": SimpleUploadedFile("report.txt", content)}
    answer = client.post(f"/api/files/{file.id}/versions/", form, format="multipart")
    assert answer.status_code == 201, answer.json()
    return answer


def download(client: Any, file: File, number: int | None = None) -> Any:
    """Return the bytes, or the status where there are none for the caller."""
    answer = client.get(f"/api/files/{file.id}/download/", {} if number is None else {"version": number})
    if answer.status_code != 200:
        return answer.status_code
    parts = urlsplit(answer.json()["url"])
    response: Any = client_of(None).get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return b"".join(response.streaming_content) if response.streaming else response.content


def named(school: Tenant) -> list[tuple[Any, int]]:
    with tenant_context(school):
        return list(AttemptFile.objects.order_by("id").values_list("file_id", "version_number"))
