"""Who opens the files that were handed in, and who does not even find them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.assessments.models import Assessment, Attempt
from apps.assessments.services import start_attempt, take_attempt
from apps.assessments.tests.grading import learners_of
from apps.assessments.tests.handed_in_files.conftest import FIRST, SECOND, download, hand_in, replace, save
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.files.factories import FileFactory
from apps.files.models import File
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf


def test_who_grades_opens_what_was_handed_in(
    school: Tenant, attempt: Attempt, file: File, instructor: User, learner: User, as_user: ClientOf
) -> None:
    grader, author = as_user(instructor), as_user(learner)
    save(author, attempt, file)
    before = download(grader, file)

    hand_in(author, attempt)
    replace(author, file, SECOND)

    row = grader.get(f"/api/assessments/{attempt.assessment_id}/grading-queue/").json()["results"][0]
    shown = grader.get(f"/api/attempts/{attempt.id}/").json()["questions"][0]
    assert before == 404
    assert row["files"] == shown["files"] == [
        {
            "file": str(file.id), "version_number": 1, "name": "report.txt", "media_type": "text/plain",
            "size_bytes": len(FIRST),
        }
    ]  # fmt: skip
    assert (download(grader, file, 1), download(grader, file), download(grader, file, 2)) == (FIRST, FIRST, 404)
    assert (download(author, file), download(author, file, 1)) == (SECOND, FIRST)


def test_nobody_else_opens_it(
    school: Tenant,
    attempt: Attempt,
    file: File,
    learner: User,
    admin: User,
    principal: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        colleague = UserFactory.create(roles=[Role.INSTRUCTOR], email="colleague@maple.test")
        CourseFactory.create(instructors=[colleague])
        classmate = UserFactory.create()
        EnrollmentFactory.create(course=attempt.assessment.course, user=classmate)
    save(as_user(learner), attempt, file, status="submitted")

    others = [
        download(as_user(person), file, number) for person in (colleague, classmate, stranger) for number in (None, 1)
    ]

    assert others == [404] * 6
    assert [download(as_user(person), file, 1) for person in (admin, principal)] == [FIRST, FIRST]
    assert as_user(classmate).get(f"/api/files/{file.id}/uses/").status_code == 404


def test_anonymous_grading_hides_the_names_of_files(
    attempt: Attempt, file: File, instructor: User, learner: User, as_user: ClientOf
) -> None:
    save(as_user(learner), attempt, file, status="submitted")

    url = f"/api/assessments/{attempt.assessment_id}/grading-queue/?anonymous=true"
    row = as_user(instructor).get(url).json()["results"][0]

    assert [each["name"] for each in row["files"]] == [""]


def test_the_queue_costs_the_same_for_three_files_and_for_thirty(
    school: Tenant, assignment: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client, counts = as_user(instructor), []
    for more in (3, 27):
        for learner in learners_of(school, more):
            with tenant_context(school):
                EnrollmentFactory.create(course=assignment.course, user=learner)
                attempt = start_attempt(assessment=assignment, by=learner).attempt
                answers = {attempt.paper[0]["question"]: {"file": str(FileFactory.create(uploaded_by=learner).id)}}
                take_attempt(attempt_id=attempt.id, answers=answers, submit=True)
        with CaptureQueriesContext(connection) as queries:
            rows = client.get(f"/api/assessments/{assignment.id}/grading-queue/?page_size=50").json()["results"]
        assert all(len(row["files"]) == 1 for row in rows)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 8
