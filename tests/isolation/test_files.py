"""Bytes stay in their school, and with those to whom something opens them: whatever address somebody tries."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import ContentItem, Course
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder, StorageUsage, Upload
from apps.files.pictures import picture_url
from apps.users.models import User
from tests.fixtures import ClientOf
from tests.isolation.rows import fingerprints_of

SECRET = b"%PDF-1.4 Only for those who learn here."


@pytest.fixture
def course(school: Tenant, instructor: User) -> Course:
    with tenant_context(school):
        return CourseFactory.create(instructors=[instructor])


@pytest.fixture
def handout(course: Course, instructor: User, school: Tenant) -> File:
    """Return a private file of the instructor that a content item of the course consists of."""
    with tenant_context(school):
        file = FileFactory.create(
            name="handout.pdf", media_type="application/pdf", content=SECRET, stored=True, uploaded_by=instructor
        )
        module = ModuleFactory.create(course=course)
        ContentItemFactory.create(module=module, content_type="document", payload={}, file=file)
    return file


@pytest.fixture
def enrollment(course: Course, learner: User, school: Tenant) -> Enrollment:
    with tenant_context(school):
        return EnrollmentFactory.create(course=course, user=learner)


def fetched(url: str, method: str = "GET") -> tuple[int, bytes]:
    """Ask the store as anybody on earth can."""
    answer: Any = Client().generic(method, urlsplit(url).path)
    return answer.status_code, answer.getvalue() if answer.streaming else answer.content


def download(client: Any, file: File) -> Any:
    return client.get(f"/api/files/{file.id}/download/")


def test_who_is_enrolled_gets_the_bytes(
    handout: File, enrollment: Enrollment, learner: User, stranger: User, as_user: ClientOf
) -> None:
    answer = download(as_user(learner), handout)

    assert answer.status_code == 200
    assert fetched(answer.json()["url"]) == (200, SECRET)
    assert download(as_user(stranger), handout).status_code == 404
    assert download(as_user(None), handout).status_code == 401


@pytest.mark.parametrize("change", ["dropped", "suspended", "pending", "expired", "over", "draft", "item", "taken out"])
def test_who_may_not_open_the_item_any_more_gets_nothing(
    change: str, handout: File, enrollment: Enrollment, learner: User, school: Tenant, as_user: ClientOf
) -> None:
    client = as_user(learner)
    before = download(client, handout).status_code
    with tenant_context(school):
        enrollments = Enrollment.objects.filter(id=enrollment.id)
        if change == "draft":
            Course.objects.update(status="draft")
        elif change == "item":
            ContentItem.objects.update(is_published=False)
        elif change == "taken out":
            ContentItem.objects.update(file=None)
        elif change == "over":
            enrollments.update(expires_at=timezone.now() - timedelta(seconds=1))
        else:
            enrollments.update(status=change)

    after = download(client, handout)

    assert (before, after.status_code) == (200, 404)
    assert "url" not in after.json()


def test_a_learner_who_leaves_the_course_loses_its_files(
    handout: File, enrollment: Enrollment, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)

    left = client.post(f"/api/enrollments/{enrollment.id}/drop/")

    assert left.status_code == 200, left.json()
    assert download(client, handout).status_code == 404
    assert client.get(f"/api/files/{handout.id}/").status_code == 404


def altered(token: str) -> Iterator[str]:
    """Yield the token with each of its letters changed, in steps, and cut."""
    for place in range(0, len(token), max(1, len(token) // 25)):
        other = "A" if token[place] != "A" else "B"
        yield f"{token[:place]}{other}{token[place + 1 :]}"
    yield token[:-1]
    yield f"{token}A"
    yield token[::-1]


def test_an_altered_address_of_the_store_opens_nothing(
    handout: File, instructor: User, school: Tenant, as_user: ClientOf
) -> None:
    before = {found.key for found in object_store().objects("")}
    path, _, token = download(as_user(instructor), handout).json()["url"].rpartition("/")

    answers = [fetched(f"{path}/{changed}") for changed in altered(token)]
    written = [fetched(f"{path}/{token}", method)[0] for method in ("PUT", "POST", "DELETE")]

    assert {status for status, _ in answers} <= {403, 404}
    assert not any(SECRET in content for _, content in answers)
    assert set(written) <= {403, 405}
    assert {found.key for found in object_store().objects("")} == before
    assert fetched(f"{path}/{token}") == (200, SECRET)


def test_an_altered_address_of_a_picture_opens_nothing(school: Tenant, instructor: User) -> None:
    with tenant_context(school):
        file = FileFactory.create(media_type="image/png", content=SECRET, stored=True, uploaded_by=instructor)
        url = picture_url(file_id=file.id, kind="card")  # type: ignore[arg-type]  # the kind's value
    path, _, token = urlsplit(url).path.rstrip("/").rpartition("/")

    answers = [fetched(f"{path}/{changed}/") for changed in altered(token)]

    assert fetched(f"{path}/{token}/")[0] == 302
    assert {status for status, _ in answers} <= {403, 404}


def test_the_address_of_a_picture_is_worth_nothing_in_another_school(
    school: Tenant, instructor: User, stranger: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        file = FileFactory.create(media_type="image/png", content=SECRET, stored=True, uploaded_by=instructor)
        url = picture_url(file_id=file.id, kind="card")  # type: ignore[arg-type]  # the kind's value

    assert as_user(stranger).get(urlsplit(url).path).status_code in {403, 404}


@pytest.fixture
def theirs(other_school: Tenant, stranger: User) -> tuple[Folder, File]:
    """Return a folder that everybody in the other school finds, and a file in it."""
    with tenant_context(other_school):
        folder = FolderFactory.create(visibility="school")
        return folder, FileFactory.create(folder=folder, name="theirs.txt", stored=True, uploaded_by=stranger)


@pytest.mark.parametrize("person", ["learner", "instructor", "admin"])
def test_nothing_is_put_into_a_folder_of_another_school(
    person: str,
    theirs: tuple[Folder, File],
    school: Tenant,
    other_school: Tenant,
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    folder, file = theirs
    client = as_user(request.getfixturevalue(person))
    before = fingerprints_of(other_school), {found.key for found in object_store().objects("")}
    reservation = {"name": "a.txt", "size_bytes": 5, "sha256": "0" * 64}
    form = {"file": SimpleUploadedFile("a.txt", b"bytes"), "folder": str(folder.id)}

    refused = [
        client.post("/api/files/uploads/", {**reservation, "folder": str(folder.id)}),
        client.post("/api/files/uploads/", {**reservation, "replaces": str(file.id)}),
        client.post("/api/files/", form, format="multipart"),
        client.post("/api/files/folders/", {"name": "Mine", "parent": str(folder.id)}),
    ]
    hidden = client.post(
        f"/api/files/{file.id}/versions/", {"file": SimpleUploadedFile("theirs.txt", b"mine")}, format="multipart"
    )

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
        (400, "unknown_folder"), (400, "unknown_file"), (400, "unknown_folder"), (400, "unknown_folder"),
    ]  # fmt: skip
    assert hidden.status_code == 404
    assert (fingerprints_of(other_school), {found.key for found in object_store().objects("")}) == before
    with tenant_context(school):
        assert (File.objects.count(), Folder.objects.count(), Upload.objects.count()) == (0, 0, 0)
        assert not StorageUsage.objects.exclude(used_bytes=0, reserved_bytes=0).exists()


def test_objects_lie_below_their_school(handout: File, theirs: tuple[Folder, File], school: Tenant) -> None:
    with tenant_context(school):
        key = File.objects.select_related("blob").get(id=handout.id).blob.key

    assert key.startswith(f"{school.id}/")
    assert [found.key for found in object_store().objects(f"{school.id}/")] == [key]
