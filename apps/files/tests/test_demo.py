"""The demo's files are real ones, and went the way of every upload."""

import csv
import io
import wave
import zipfile
from random import Random

import pytest
from django.utils import timezone
from PIL import Image

from apps.core.demo import DemoSchool
from apps.core.models import Tenant, TrashEntry
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.files.choices import UploadState
from apps.files.demo import CATALOGUE, COVERS, FOLDERS, NOTES, TRASHED, seed_demo
from apps.files.models import Blob, File, FileVersion, Folder, StorageUsage, Upload
from apps.files.permissions import FilePolicy
from apps.users.models import User


@pytest.fixture
def demo(in_school: Tenant, admin: User, instructor: User, learner: User) -> DemoSchool:
    return DemoSchool(tenant=in_school, random=Random(1), now=timezone.now())


def bytes_of(name: str) -> bytes:
    return b"".join(object_store().read(File.objects.select_related("blob").get(name=name).blob.key))


def test_seeding_twice_gives_the_promised_files(demo: DemoSchool) -> None:
    seed_demo(demo)
    first = list(File.objects.order_by("id").values())
    objects = {found.key for found in object_store().objects(f"{demo.tenant.id}/")}
    demo.random.seed(1)
    seed_demo(demo)

    assert list(File.objects.order_by("id").values()) == first
    assert {found.key for found in object_store().objects(f"{demo.tenant.id}/")} == objects
    assert dict(Folder.objects.values_list("name", "visibility")) == FOLDERS
    assert list(FOLDERS) == ["Documents", "Course Materials", "Assessments", "Archives"]
    assert (File.objects.count(), FileVersion.objects.count()) == (18, 20)  # the trash keeps its versions
    assert File.objects.get(name=CATALOGUE).version_number == 2
    assert [entry.name for entry in TrashEntry.objects.all()] == [TRASHED]
    assert [upload.state for upload in Upload.objects.all()] == [UploadState.RESERVED]


def test_what_the_files_take_is_counted(demo: DemoSchool) -> None:
    seed_demo(demo)

    usage = StorageUsage.objects.get(user_id=None)
    assert usage.used_bytes == sum(Blob.objects.values_list("size_bytes", flat=True))
    assert usage.reserved_bytes == Upload.objects.get().size_bytes
    assert StorageUsage.objects.exclude(user_id=None).count() == 3


def test_the_bytes_are_what_the_names_promise(demo: DemoSchool) -> None:
    seed_demo(demo)

    assert bytes_of("Student handbook.pdf").startswith(b"%PDF-1.4")
    assert bytes_of("Student handbook.pdf").endswith(b"%%EOF\n")
    assert Image.open(io.BytesIO(bytes_of(COVERS[0]))).size == (640, 360)
    with wave.open(io.BytesIO(bytes_of("Marketing interview.wav"))) as sound:
        assert sound.getnframes() == 8000
    assert next(csv.reader(io.StringIO(bytes_of("Sample data.csv").decode()))) == ["week", "visitors"]
    parts = {"House rules.docx": "word/document.xml", "Grading rubric.xlsx": "xl/worksheets/sheet1.xml"}
    for name, part in {**parts, "Project kick-off.zip": "imsmanifest.xml"}.items():
        with zipfile.ZipFile(io.BytesIO(bytes_of(name))) as package:
            assert package.testzip() is None
            assert part in package.namelist()
    assert dict(File.objects.values_list("name", "media_type"))["House rules.docx"].endswith(
        "wordprocessingml.document"
    )


def test_everybody_finds_what_is_meant_for_them(demo: DemoSchool, learner: User, instructor: User, admin: User) -> None:
    seed_demo(demo)

    found = {
        person: set(FilePolicy.visible(person, File.objects.all()).values_list("name", flat=True))
        for person in (learner, instructor, admin)
    }

    assert found[learner] == {"Student handbook.pdf", "House rules.docx", "Timetable.csv", NOTES}
    assert found[instructor] == found[admin] - {NOTES}
    assert len(found[admin]) == 18


def test_every_school_has_bytes_of_its_own(demo: DemoSchool, other_school: Tenant, stranger: User) -> None:
    seed_demo(demo)
    ours = set(Blob.objects.values_list("sha256", flat=True))
    with tenant_context(other_school):
        seed_demo(DemoSchool(tenant=other_school, random=Random(2), now=timezone.now()))
        theirs = set(Blob.objects.values_list("sha256", flat=True))

    assert len(ours) == len(theirs) == 20
    assert len(ours & theirs) <= 1  # one tone out of three
