"""Content items have files: which ones, set by whom, shown to whom."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.content_types import CONTENT_TYPES
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory, ModulePrerequisiteFactory
from apps.courses.models import ContentItem, Course, Module
from apps.courses.services import change_item, delete_course, delete_item
from apps.courses.tests.conftest import Grant
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File
from apps.files.uses import uses_of
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FITTING = [
    ("document", "application/pdf"), ("document", DOCX), ("document", "text/csv"), ("image", "image/png"),
    ("video", "video/mp4"), ("audio", "audio/mpeg"), ("scorm", "application/x-scorm+zip"),
    ("h5p", "application/x-h5p+zip"),
]  # fmt: skip
UNFITTING = [
    ("document", "video/mp4"), ("document", "text/html"), ("image", "image/svg+xml"), ("image", "application/pdf"),
    ("video", "audio/mpeg"), ("audio", "video/mp4"), ("scorm", "application/pdf"),
    ("scorm", "application/zip"), ("h5p", "application/x-scorm+zip"),
]  # fmt: skip
WITHOUT_FILES = [name for name, kind in CONTENT_TYPES.items() if not kind.file_types]
PAYLOADS = {"image": {"alt_text": "A diagram"}}


@pytest.fixture
def module(course: Course) -> Module:
    return Module.objects.get(title="A")


@pytest.fixture
def pdf(instructor: User) -> File:
    return FileFactory.create(name="handout.pdf", media_type="application/pdf", uploaded_by=instructor)


@pytest.fixture
def handout(module: Module, pdf: File) -> ContentItem:
    return ContentItemFactory.create(module=module, title="Handout", content_type="document", payload={}, file=pdf)


def shown(file: File) -> dict[str, Any]:
    """Return the file as content items show it."""
    return {
        "id": str(file.id),
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
        "download_url": f"/api/files/{file.id}/download/",
    }


def errors_of(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 400, response.json()
    return [(error["field"], error["code"]) for error in response.json()["errors"]]


@pytest.mark.parametrize(("kind", "media_type"), FITTING)
def test_a_file_stands_in_for_the_address(
    kind: str, media_type: str, module: Module, instructor: User, as_user: ClientOf
) -> None:
    file = FileFactory.create(media_type=media_type, uploaded_by=instructor)
    body = {"title": "With file", "content_type": kind, "file": str(file.id), "payload": PAYLOADS.get(kind, {})}

    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", body)

    assert response.status_code == 201, response.json()
    assert response.json()["file"] == shown(file)
    assert "url" not in response.json()["payload"]
    assert ContentItem.objects.get(title="With file").file_id == file.id


@pytest.mark.parametrize(("kind", "media_type"), UNFITTING)
def test_a_file_of_another_kind_is_refused(
    kind: str, media_type: str, module: Module, instructor: User, as_user: ClientOf
) -> None:
    file = FileFactory.create(media_type=media_type, uploaded_by=instructor)
    body = {"title": "x", "content_type": kind, "file": str(file.id), "payload": PAYLOADS.get(kind, {})}

    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", body)

    assert errors_of(response) == [("file", "file_type_mismatch")]
    assert not ContentItem.objects.filter(title="x").exists()


@pytest.mark.parametrize("kind", WITHOUT_FILES)
def test_types_without_files_take_none(
    kind: str, module: Module, pdf: File, instructor: User, as_user: ClientOf
) -> None:
    example = dict(CONTENT_TYPES[kind].example)
    text = {"text_content": example.pop("text_content")} if "text_content" in example else {}
    body = {"title": "x", "content_type": kind, "payload": example, "file": str(pdf.id), **text}

    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", body)

    assert errors_of(response) == [("file", "not_for_this_type")]
    assert not ContentItem.objects.filter(title="x").exists()


def test_what_is_not_to_be_used_is_refused(
    module: Module, other_school: Tenant, instructor: User, stranger: User, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(other_school):
        foreign = FileFactory.create(media_type="application/pdf", uploaded_by=stranger)
    private = FileFactory.create(media_type="application/pdf", uploaded_by=learner)
    infected = FileFactory.create(media_type="application/pdf", uploaded_by=instructor, scan_state="infected")
    nothing = UUID("0198c2f4-0000-7000-8000-000000000000")

    answers = [
        as_user(instructor).post(
            f"/api/modules/{module.id}/content/", {"title": "x", "content_type": "document", "file": file}
        )
        for file in (foreign.id, private.id, nothing, "handout.pdf", infected.id)
    ]

    codes = ["unknown_file", "unknown_file", "unknown_file", "invalid", "file_infected"]
    assert [errors_of(answer) for answer in answers] == [[("file", code)] for code in codes]
    assert not ContentItem.objects.filter(title="x").exists()


def test_without_file_and_address_there_is_nothing_to_open(module: Module, instructor: User, as_user: ClientOf) -> None:
    body = {"title": "x", "content_type": "document", "file": None}

    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", body)

    assert errors_of(response) == [("payload.url", "required")]
    assert "`file`" in response.json()["errors"][0]["detail"]


def test_the_provider_of_a_video_file_is_file(module: Module, instructor: User, as_user: ClientOf) -> None:
    file = FileFactory.create(media_type="video/mp4", uploaded_by=instructor)
    body = {"title": "x", "content_type": "video", "file": str(file.id), "payload": {"duration_seconds": 9}}

    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", body)

    assert response.json()["payload"] == {"provider": "file", "duration_seconds": 9}


def test_the_file_of_an_item_changes(handout: ContentItem, instructor: User, as_user: ClientOf) -> None:
    folder = FolderFactory.create(visibility="staff")
    newer = FileFactory.create(media_type=DOCX, folder=folder)
    client, url = as_user(instructor), f"/api/content/{handout.id}/"

    changed = client.patch(url, {"file": str(newer.id)})
    renamed = client.patch(url, {"title": "Renamed"})
    described = client.patch(url, {"payload": {"page_count": 2}})

    assert [answer.json()["file"] for answer in (changed, renamed, described)] == [shown(newer)] * 3
    assert described.json()["payload"] == {"page_count": 2}
    assert described.headers["ETag"] == '"4"'


def test_an_item_loses_its_file_only_for_an_address(
    handout: ContentItem, pdf: File, instructor: User, as_user: ClientOf
) -> None:
    client, url = as_user(instructor), f"/api/content/{handout.id}/"
    address = {"url": "https://files.example.org/handout.pdf"}

    refused = client.patch(url, {"file": None})
    handout.refresh_from_db()
    kept = handout.file_id
    both = client.patch(url, {"payload": address})
    changed = client.patch(url, {"file": None})

    assert errors_of(refused) == [("payload.url", "required")]
    assert kept == pdf.id
    assert (both.json()["file"], both.json()["payload"]) == (shown(pdf), address)
    assert (changed.json()["file"], changed.json()["payload"]) == (None, address)


def test_a_colleague_may_send_back_a_file_that_only_its_owner_sees(
    handout: ContentItem, pdf: File, course: Course, as_user: ClientOf
) -> None:
    colleague = UserFactory.create(roles=[Role.INSTRUCTOR])
    course.instructor_links.create(user=colleague, order=1)
    others = FileFactory.create(media_type="application/pdf", uploaded_by=UserFactory.create())

    kept = as_user(colleague).patch(f"/api/content/{handout.id}/", {"title": "Same", "file": str(pdf.id)})
    refused = as_user(colleague).patch(f"/api/content/{handout.id}/", {"file": str(others.id)})

    assert (kept.status_code, kept.json()["title"], kept.json()["file"]) == (200, "Same", shown(pdf))
    assert errors_of(refused) == [("file", "unknown_file")]
    handout.refresh_from_db()
    assert handout.file_id == pdf.id


def test_a_file_that_went_meanwhile_is_refused(handout: ContentItem, instructor: User, in_school: Tenant) -> None:
    gone = UUID("0198c2f4-0000-7000-8000-000000000000")

    with pytest.raises(Exception, match="no such file") as refusal:
        change_item(item=handout, by=instructor, file_id=gone)

    assert getattr(refusal.value, "code", None) == "unknown_file"


def test_the_tree_shows_files_of_open_items_only(
    handout: ContentItem, pdf: File, course: Course, learner: User, as_user: ClientOf, grant: Grant
) -> None:
    other = Module.objects.get(title="B")
    url = f"/api/courses/{course.id}/modules/"

    def files() -> list[Any]:
        first = as_user(learner).get(url).json()["results"][0]
        return [item["file"] for item in first["items"]]

    closed = files()
    grant()
    opened = files()
    ModulePrerequisiteFactory.create(module=handout.module, required_module=other)
    locked = files()

    assert closed == locked == [None, None, None]
    assert opened == [None, None, shown(pdf)]
    for path in (f"/api/modules/{handout.module_id}/", f"/api/content/{handout.id}/"):
        assert str(pdf.id) not in as_user(learner).get(path).content.decode()


def test_staff_and_previews_see_the_file(
    handout: ContentItem, pdf: File, instructor: User, principal: User, learner: User, as_user: ClientOf
) -> None:
    ContentItem.objects.filter(id=handout.id).update(is_free_preview=True)

    for person in (instructor, principal, learner):
        assert as_user(person).get(f"/api/content/{handout.id}/").json()["file"] == shown(pdf)


@pytest.mark.parametrize("person", ["learner", "instructor"])
def test_files_cost_no_statement(
    person: str, in_school: Tenant, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    course = CourseFactory.create(instructors=[request.getfixturevalue("instructor")])
    module = ModuleFactory.create(course=course)
    client = as_user(request.getfixturevalue(person))
    counts = []

    for number in (3, 27):
        for _ in range(number):
            ContentItemFactory.create(
                module=module, content_type="document", payload={}, file=FileFactory.create(), is_free_preview=True
            )
        with CaptureQueriesContext(connection) as queries:
            (shown_module,) = client.get(f"/api/courses/{course.id}/modules/").json()["results"]
        counts.append((sum(1 for item in shown_module["items"] if item["file"]), len(queries)))

    assert counts == [(3, 4), (30, 4)]


def test_a_deleted_item_or_course_uses_no_file(
    handout: ContentItem, pdf: File, instructor: User, in_school: Tenant
) -> None:
    draft = CourseFactory.create(status="draft", thumbnail_file=pdf)
    ContentItemFactory.create(module=ModuleFactory.create(course=draft), content_type="document", file=pdf)
    assert len(uses_of([pdf.id])) == 3

    delete_course(course=draft, by=instructor)
    left = uses_of([pdf.id])
    delete_item(item=handout, by=instructor)

    assert [(use.kind, use.id, use.title) for use in left] == [("content_item", handout.id, "Handout")]
    assert uses_of([pdf.id]) == []
    assert File.objects.filter(id=pdf.id).exists()
