"""Files that are handed in: graders open what was handed in, that alone, and nobody swaps or takes it away."""

import io
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, AttemptFile, JournalEntry
from apps.assessments.services import check_journal, put_new_question, start_attempt, take_attempt
from apps.assessments.tests.grading import learners_of
from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.files.factories import FileFactory, FileVersionFactory
from apps.files.models import File, FileVersion
from apps.files.services.files import FileInUse, delete_file
from apps.files.services.receiving import receive_file
from apps.users.choices import Role
from apps.users.factories import UserFactory, client_of
from apps.users.models import User
from tests.fixtures import ClientOf
from tests.parallel import in_parallel

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


def test_the_version_of_the_hand_in_counts(
    school: Tenant, attempt: Attempt, file: File, instructor: User, learner: User, as_user: ClientOf
) -> None:
    author = as_user(learner)
    save(author, attempt, file)
    replace(author, file, SECOND)
    assert named(school) == [(file.id, 1)]

    hand_in(author, attempt)
    replace(author, file, THIRD)
    author.post(f"/api/files/{file.id}/versions/1/restore/")

    assert named(school) == [(file.id, 2)]
    assert download(as_user(instructor), file, 2) == SECOND
    with tenant_context(school):
        entry = JournalEntry.objects.get(attempt_id=attempt.id, kind="submitted")
        sha256 = FileVersion.objects.get(file_id=file.id, number=2).blob.sha256
        assert f'"sha256":"{sha256}","version":2' in entry.content
        assert check_journal(Attempt.objects.get()) is None


@pytest.mark.parametrize("fields", [{"media_type": "application/pdf"}, {"size_bytes": 2 * 1024 * 1024}])
def test_a_version_that_the_question_does_not_take_is_not_handed_in(
    school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf, fields: dict[str, Any]
) -> None:
    with tenant_context(school):
        file = FileFactory.create(uploaded_by=learner)
    save(as_user(learner), attempt, file)
    with tenant_context(school):
        FileVersionFactory.create(file=file, number=2, **fields)
        File.objects.filter(id=file.id).update(version_number=2, **fields)

    hand_in(as_user(learner), attempt)

    assert named(school) == [(file.id, 1)]


def test_what_comes_after_the_deadline_is_not_handed_in(school: Tenant, assignment: Assessment, learner: User) -> None:
    now = timezone.now()
    with tenant_context(school):
        Assessment.objects.filter(id=assignment.id).update(time_limit_minutes=30)
        assignment.refresh_from_db()
        early, late = FileFactory.create_batch(2, uploaded_by=learner)
        attempt = start_attempt(assessment=assignment, by=learner, now=now - timedelta(hours=1)).attempt
        answers = {attempt.paper[0]["question"]: {"files": [str(early.id), str(late.id)]}}
        take_attempt(attempt_id=attempt.id, answers=answers, now=now - timedelta(minutes=50))
        for file, minutes in ((early, 40), (late, 10)):
            FileVersionFactory.create(file=file, number=2)
            FileVersion.objects.filter(file=file, number=2).update(created_at=now - timedelta(minutes=minutes))
            File.objects.filter(id=file.id).update(version_number=2)

        take_attempt(attempt_id=attempt.id, submit=True, now=now)

    assert named(school) == [(early.id, 2), (late.id, 1)]


def test_taking_a_file_out_again_lets_it_go(
    school: Tenant, attempt: Attempt, file: File, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    with tenant_context(school):
        other = FileFactory.create(uploaded_by=learner)
    save(client, attempt, file, other)
    both = named(school)
    refused = client.delete(f"/api/files/{file.id}/")

    save(client, attempt, other)
    deleted = client.delete(f"/api/files/{file.id}/")
    save(client, attempt, status="submitted")

    assert sorted(both) == sorted([(file.id, 1), (other.id, 1)])
    assert (refused.status_code, refused.json()["code"]) == (409, "file_in_use")
    assert refused.json()["uses"] == [
        {"file": str(file.id), "kind": "attempt", "id": str(attempt.id), "title": "Report"}
    ]
    assert deleted.status_code == 204
    assert named(school) == []
    assert client.delete(f"/api/files/{other.id}/").status_code == 204


def test_what_is_handed_in_is_neither_deleted_nor_purged_by_way_of_its_folder(
    school: Tenant, attempt: Attempt, file: File, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    save(client, attempt, file, status="submitted")
    folder = client.post("/api/files/folders/", {"name": "Mine", "visibility": "private"}).json()["id"]
    moved = client.patch(f"/api/files/{file.id}/", {"folder": folder, "name": "other.txt"})

    refused = [client.delete(url).status_code for url in (f"/api/files/{file.id}/", f"/api/files/folders/{folder}/")]

    assert moved.status_code == 200
    assert refused == [409, 409]
    assert download(as_user(instructor), file, 1) == FIRST


def test_an_older_save_does_not_bring_its_file_back(
    school: Tenant, attempt: Attempt, file: File, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        other = FileFactory.create(uploaded_by=learner)
    save(as_user(learner), attempt, file, sequence=5)

    late = save(as_user(learner), attempt, other, sequence=4)
    with_the_hand_in = save(as_user(learner), attempt, other, sequence=3, status="submitted")

    assert late.json()["receipt"]["saved"] == []
    assert with_the_hand_in.status_code == 200
    assert named(school) == [(file.id, 1)]


def test_files_of_others_are_never_handed_in(
    school: Tenant, other_school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    with tenant_context(school):
        others, deleted = FileFactory.create(uploaded_by=UserFactory.create()), FileFactory.create(uploaded_by=learner)
        delete_file(file=deleted, by=learner)
    with tenant_context(other_school):
        foreign = FileFactory.create(uploaded_by_id=learner.id)

    refused = [
        save(client, attempt, each, **more).status_code
        for each in (others, foreign, deleted)
        for more in ({}, {"status": "submitted"})
    ]

    assert refused == [400] * 6
    assert named(school) == []
    with tenant_context(school):
        assert not AttemptAnswer.objects.exists()
        assert Attempt.objects.get().status == "in_progress"


def test_an_answer_from_before_files_were_kept_is_handed_in_all_the_same(
    school: Tenant, attempt: Attempt, file: File, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        gone = FileFactory.create(uploaded_by=learner)
    save(as_user(learner), attempt, file, gone)
    with tenant_context(school):
        AttemptFile.objects.all().delete()
        delete_file(file=gone, by=learner)

    answer = hand_in(as_user(learner), attempt)

    assert answer.json()["status"] == "submitted"
    assert named(school) == [(file.id, 1)]


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_a_file_is_named_or_deleted_and_not_both(school: Tenant, attempt: Attempt, learner: User) -> None:
    with tenant_context(school):
        file = FileFactory.create(uploaded_by=learner)
    answers = {attempt.paper[0]["question"]: {"file": str(file.id)}}

    def within(call: Any) -> Any:
        with tenant_context(school):
            return call()

    saved, deleted = in_parallel(
        [
            partial(within, partial(take_attempt, attempt_id=attempt.id, answers=answers)),
            partial(within, partial(delete_file, file=file, by=learner)),
        ]
    )

    assert [isinstance(each, DomainError) for each in (saved, deleted)] in ([True, False], [False, True])
    with tenant_context(school):
        is_there = File.objects.filter(id=file.id).exists()
        assert is_there is isinstance(deleted, FileInUse) is AttemptFile.objects.exists()
