"""A file's way: from an instructor's disk into a lesson, to the learner, and to nobody else."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.courses.factories import CourseFactory, ModuleFactory
from apps.courses.models import Module
from apps.files import demo_content
from apps.files.models import Folder, ImageVariant
from apps.users.models import User
from tests.fixtures import ClientOf

FIRST = demo_content.pdf("Decorators", ["A decorator takes a function and returns one."])
SECOND = demo_content.pdf("Decorators, second edition", ["It may be a class as well."])


@pytest.fixture
def module(school: Tenant, instructor: User) -> Module:
    """Return a module of a published course that the instructor teaches."""
    with tenant_context(school):
        return ModuleFactory.create(course=CourseFactory.create(title="Python", instructors=[instructor]))


def upload(client: APIClient, body: bytes, name: str, media_type: str) -> str:
    """Send a file straight to the store; return its id."""
    sha256 = hashlib.sha256(body).hexdigest()
    wanted = {"name": name, "size_bytes": len(body), "sha256": sha256, "media_type": media_type}
    reserved = client.post("/api/files/uploads/", wanted)
    assert reserved.status_code == 201, reserved.json()
    for part in reserved.json()["parts"]:
        sent = send(part, body[part["offset"] : part["offset"] + part["size_bytes"]])
        assert sent in {200, 201, 204}
    completed = client.post(f"/api/files/uploads/{reserved.json()['id']}/complete/")
    assert (completed.status_code, completed.json()["state"]) == (200, "completed"), completed.json()
    return str(completed.json()["file"])


def send(part: Mapping[str, Any], body: bytes) -> int:
    headers = dict(part["headers"])
    media_type = headers.pop("Content-Type", "application/octet-stream")
    path = urlsplit(part["url"]).path
    return Client().generic(part["method"], path, body, content_type=media_type, headers=headers).status_code


def fetch(url: str, **headers: str) -> tuple[int, bytes]:
    answer: Any = Client().get(urlsplit(url).path, headers=headers)
    return answer.status_code, answer.getvalue() if answer.streaming else answer.content


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
def test_a_handout_reaches_those_who_learn_and_nobody_else(
    module: Module, instructor: User, learner: User, stranger: User, as_user: ClientOf
) -> None:
    teacher, pupil, neighbour = (as_user(person) for person in (instructor, learner, stranger))

    file_id = upload(teacher, FIRST, "decorators.pdf", "application/pdf")
    lesson = {"title": "Handout", "content_type": "document", "file": file_id}
    item = teacher.post(f"/api/modules/{module.id}/content/", lesson)
    assert item.status_code == 201, item.json()

    # Before she enrols she sees that there is a handout, and cannot get it.
    address = item.json()["file"]["download_url"]
    listed = pupil.get(f"/api/modules/{module.id}/content/").json()["results"][0]
    assert (listed["title"], listed["is_locked"], listed["file"]) == ("Handout", True, None)
    assert pupil.get(address).status_code == 404

    enrolled = pupil.post("/api/enrollments/", {"course": str(module.course_id)})
    assert enrolled.status_code == 201, enrolled.json()
    opened = pupil.get(f"/api/modules/{module.id}/content/").json()["results"][0]
    assert opened["file"] == {
        "id": file_id, "name": "decorators.pdf", "media_type": "application/pdf", "size_bytes": len(FIRST),
        "download_url": address,
    }  # fmt: skip
    granted = pupil.get(address)
    assert granted.status_code == 200
    assert fetch(granted.json()["url"]) == (200, FIRST)
    assert fetch(granted.json()["url"], Range="bytes=0-7") == (206, FIRST[:8])

    # The neighbour's admin knows of nothing, and the instructor cannot delete what learners read.
    assert neighbour.get(address).status_code == 404
    used = teacher.delete(f"/api/files/{file_id}/")
    assert (used.status_code, used.json()["code"]) == (409, "file_in_use")
    assert [(use["kind"], use["title"]) for use in used.json()["uses"]] == [("content_item", "Handout")]

    # The second edition takes the place of the first.
    replaced = teacher.post(
        f"/api/files/{file_id}/versions/",
        {"file": SimpleUploadedFile("decorators.pdf", SECOND, "application/pdf")},
        format="multipart",
    )
    assert replaced.status_code == 201, replaced.json()
    assert fetch(pupil.get(address).json()["url"]) == (200, SECOND)

    # Who leaves the course leaves its files.
    left = pupil.post(f"/api/enrollments/{enrolled.json()['id']}/drop/")
    assert left.status_code == 200, left.json()
    assert pupil.get(address).status_code == 404

    # Taken out of the lesson, the file may go; it can be brought back from the trash.
    assert teacher.delete(f"/api/content/{item.json()['id']}/").status_code == 204
    assert teacher.delete(f"/api/files/{file_id}/").status_code == 204
    assert teacher.get(address).status_code == 404
    (entry,) = teacher.get("/api/core/trash/").json()["results"]
    assert teacher.post(f"/api/core/trash/{entry['id']}/restore/").status_code == 200
    assert fetch(teacher.get(address).json()["url"]) == (200, SECOND)


@pytest.mark.timeout(60)
def test_the_demo_hands_its_files_to_who_learns_with_them(log_in: Any) -> None:
    """In the demo a learner opens a preview's file; the neighbour of the same name does not."""
    learner, neighbour = log_in("alice.williams@acme.local"), log_in("alice.williams@techu.local")

    modules = learner.get("/api/courses/python-programming/modules/").json()["results"]
    (item,) = [item for item in modules[0]["items"] if item["content_type"] == "document"]
    address = item["file"]["download_url"]
    status, body = fetch(learner.get(address).json()["url"])

    assert (item["file"]["name"], status, body[:5]) == ("Python cheat sheet.pdf", 200, b"%PDF-")
    assert neighbour.get(address).status_code == 404


def test_the_demo_has_rows_in_every_table_of_files(demo_schools: None) -> None:
    for slug in ("acme", "techu"):
        with platform_context(reason="test"):
            school = Tenant.objects.get(slug=slug)
        with tenant_context(school):
            empty = [
                model.__name__
                for model in apps.get_app_config("files").get_models()
                if not model._default_manager.exists()
            ]
            kept = ImageVariant.objects.filter(blob__files__name="Cover 1.png").count()
            assert Folder.objects.count() == 4

        assert empty == []
        assert kept == 6  # three sizes in two formats, drawn behind the commit like any other
