"""Direct uploads: what is reserved and for whom, what goes wrong on the way, and who comes first."""

from datetime import timedelta
from typing import Any, Self

import pytest
import time_machine
from django.utils import timezone

from apps.core.errors import DomainError
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.services import change_settings
from apps.core.storage import StorageUnavailable, object_store
from apps.core.trash.services import move_to_trash
from apps.files.choices import Visibility
from apps.files.factories import FileFactory, FolderFactory
from apps.files.models import File, Folder, Upload
from apps.files.services import upload_parts, uploads
from apps.files.services.quota import MEGABYTE
from apps.files.services.upload_parts import part_size_of, parts_of
from apps.files.tests.sending import SHA256, TEXT, WANTED, finished, reserved, reserved_bytes, state_of
from apps.users.models import User
from tests.fixtures import ClientOf

UPLOADS = "/api/files/uploads/"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"name": "a/b.txt"}, 400, "invalid_name"),
        ({"name": "a\u0007.txt"}, 400, "invalid_name"),
        ({"name": "x" * 256}, 400, "invalid"),
        ({"name": "setup.exe"}, 400, "invalid_name"),
        ({"name": "con.txt"}, 400, "invalid_name"),
        ({"size_bytes": 0}, 400, "invalid"),
        ({"size_bytes": 2 * MEGABYTE}, 413, "file_too_large"),
        ({"size_bytes": 2**62 + 1}, 400, "invalid"),
        ({"sha256": "g" * 64}, 400, "invalid_checksum"),
        ({"sha256": "a" * 63}, 400, "invalid_checksum"),
        ({"media_type": "nonsense"}, 400, "invalid"),
        ({"media_type": "té/ẋt"}, 400, "invalid"),
        ({"media_type": "text/plain\r\nX: y"}, 400, "invalid"),
        ({"folder": "x"}, 400, "invalid"),
        ({"folder": str(new_id())}, 400, "unknown_folder"),
        ({"replaces": str(new_id())}, 400, "unknown_file"),
    ],
)
def test_what_cannot_be_kept_is_not_reserved(
    in_school: Tenant, learner: User, as_user: ClientOf, fields: dict[str, Any], status: int, code: str
) -> None:
    change_settings(changes={"files.max_file_mb": 1}, locks={}, by=None)

    response = as_user(learner).post(UPLOADS, {**WANTED, **fields})

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not Upload.objects.exists()
    assert reserved_bytes() == 0


def test_a_service_checks_what_a_form_would(in_school: Tenant, learner: User) -> None:
    with pytest.raises(DomainError) as refusal:
        reserved(learner, size_bytes=0)

    assert refusal.value.code == "invalid_size"


def test_names_are_composed_and_sums_are_lower_case(in_school: Tenant, learner: User) -> None:
    upload = reserved(learner, name=" Cafe\u0301.txt ", sha256=SHA256.upper(), sent=None)

    assert (upload.name, upload.sha256) == ("Caf\u00e9.txt", SHA256)


def test_no_room_no_reservation(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    change_settings(changes={"files.user_quota_mb": 0}, locks={}, by=None)

    response = as_user(learner).post(UPLOADS, WANTED)

    assert (response.status_code, response.json()["code"], response.json()["quota"]) == (409, "quota_exceeded", "user")
    assert not Upload.objects.exists()


def test_a_reservation_that_fails_leaves_no_upload_in_parts(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**kwargs: Any) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(uploads, "ONE_PUT_BELOW", 10)
    monkeypatch.setattr("apps.files.services.quota.reserve", fail)

    with pytest.raises(StorageUnavailable):
        reserved(learner, sent=None)

    assert list(object_store().open_multiparts("")) == []


def test_nobody_reserves_where_they_may_not_write(
    folders: dict[str, Folder],
    files: dict[str, File],
    learner: User,
    principal: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    school, others = str(folders["school"].id), str(folders["others"].id)
    answers = [
        as_user(learner).post(UPLOADS, {**WANTED, "folder": school}),
        as_user(learner).post(UPLOADS, {**WANTED, "folder": others}),
        as_user(learner).post(UPLOADS, {**WANTED, "replaces": str(files["school"].id)}),
        as_user(learner).post(UPLOADS, {**WANTED, "replaces": str(files["others"].id)}),
        as_user(stranger).post(UPLOADS, {**WANTED, "folder": school}),
        as_user(stranger).post(UPLOADS, {**WANTED, "replaces": str(files["school"].id)}),
        as_user(principal).post(UPLOADS, WANTED),
        as_user(None).post(UPLOADS, WANTED),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403, "folder_not_writable"),
        (400, "unknown_folder"),
        (403, "file_not_changeable"),
        (400, "unknown_file"),
        (400, "unknown_folder"),
        (400, "unknown_file"),
        (403, "permission_denied"),
        (401, "not_authenticated"),
    ]
    assert not Upload.objects.exists()


def test_an_upload_is_its_maker_s_alone(
    in_school: Tenant, learner: User, admin: User, stranger: User, as_user: ClientOf
) -> None:
    upload = reserved(learner)
    url = f"{UPLOADS}{upload.id}/"

    for person in (admin, stranger):
        client = as_user(person)
        statuses = [client.get(url), client.delete(url), client.post(f"{url}complete/")]
        assert [answer.status_code for answer in statuses] == [404] * 3
    assert as_user(learner).get(f"{UPLOADS}nonsense/").status_code == 404

    assert state_of(upload) == "reserved"


def test_a_name_in_the_folder_is_refused_before_anything_is_sent(in_school: Tenant, learner: User) -> None:
    folder = FolderFactory.create(owner=learner)
    file = FileFactory.create(name="WAY.txt", folder=folder)

    with pytest.raises(DomainError) as refusal:
        reserved(learner, folder=folder)

    assert (refusal.value.code, refusal.value.extra) == ("name_taken", {"file": str(file.id)})


@pytest.mark.parametrize(
    ("name", "expected"), [("way.txt", "way (3).txt"), ("way", "way (3)"), (f"{'x' * 251}.txt", f"{'x' * 244} (3).txt")]
)
def test_a_name_taken_meanwhile_gets_a_number(in_school: Tenant, learner: User, name: str, expected: str) -> None:
    folder = FolderFactory.create(owner=learner)
    upload = reserved(learner, folder=folder, name=name)
    FileFactory.create(name=name.upper(), folder=folder)
    FileFactory.create(name=expected.replace("(3)", "(2)"), folder=folder)

    done = finished(upload, learner)

    assert File.objects.get(id=str(done.file_id)).name == expected


def test_an_upload_becomes_a_version(in_school: Tenant, learner: User) -> None:
    file = FileFactory.create(name="essay.txt", uploaded_by=learner)
    upload = reserved(learner, replaces=file)

    done = finished(upload, learner)

    file.refresh_from_db()
    assert (done.file_id, file.version_number, file.size_bytes) == (file.id, 2, len(TEXT))
    assert list(file.versions.order_by("number").values_list("name", flat=True)) == ["essay.txt", "way.txt"]
    assert reserved_bytes() == 0


@pytest.mark.parametrize("kind", ["folder", "replaces"])
def test_where_it_was_to_go_is_gone(in_school: Tenant, learner: User, kind: str) -> None:
    place: Any = FolderFactory.create(owner=learner) if kind == "folder" else FileFactory.create(uploaded_by=learner)
    upload = reserved(learner, **{kind: place})
    move_to_trash(obj=place, name="x", by=learner, now=timezone.now())

    with pytest.raises(DomainError) as refusal:
        finished(upload, learner)

    assert refusal.value.code == "destination_gone"
    assert (state_of(upload), reserved_bytes()) == ("failed", 0)
    assert Upload.objects.get().failure_code == "destination_gone"


def test_who_loses_the_right_meanwhile_does_not_get_in(in_school: Tenant, instructor: User, as_user: ClientOf) -> None:
    folder = FolderFactory.create(visibility=Visibility.STAFF)
    file = FileFactory.create(folder=folder)
    into, version = reserved(instructor, folder=folder), reserved(instructor, replaces=file)
    instructor.roles = ["learner"]
    instructor.save(update_fields=["roles"])
    client = as_user(instructor)

    answers = [client.post(f"{UPLOADS}{upload.id}/complete/") for upload in (into, version)]

    codes = [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert codes == [(403, "folder_not_writable"), (403, "file_not_changeable")]
    assert [state_of(upload) for upload in (into, version)] == ["reserved"] * 2


def test_a_store_that_fails_leaves_the_upload_open(
    in_school: Tenant, learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise StorageUnavailable

    upload = reserved(learner)
    client = as_user(learner)
    for method in ("stat", "read", "write"):
        with monkeypatch.context() as patch:
            patch.setattr(type(object_store()), method, fail)
            refused = client.post(f"{UPLOADS}{upload.id}/complete/")
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
        assert (state_of(upload), reserved_bytes()) == ("reserved", len(TEXT))

    assert client.post(f"{UPLOADS}{upload.id}/complete/").status_code == 200


def test_no_room_for_a_copy_is_the_store_s_failure(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = reserved(learner)

    class FullDisk:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *args: object) -> None: ...

        def write(self, chunk: bytes) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("apps.files.services.contents.tempfile.TemporaryFile", lambda **_kwargs: FullDisk())

    with pytest.raises(StorageUnavailable):
        finished(upload, learner)

    assert state_of(upload) == "reserved"


def test_a_bug_leaves_the_upload_open(in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise ZeroDivisionError

    upload = reserved(learner)
    monkeypatch.setattr("apps.files.services.receiving.take_in", fail)

    with pytest.raises(ZeroDivisionError):
        finished(upload, learner)

    assert state_of(upload) == "reserved"


@pytest.mark.parametrize(("sent", "code"), [(TEXT[:-1], "size_mismatch"), (TEXT[:-1] + b"?", "checksum_mismatch")])
def test_bytes_that_change_behind_our_back_are_noticed(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch, sent: bytes, code: str
) -> None:
    upload = reserved(learner, sent=sent)
    monkeypatch.setattr(uploads, "_assemble", lambda _upload: None)

    with pytest.raises(DomainError) as refusal:
        finished(upload, learner)

    assert refusal.value.code == code
    assert (state_of(upload), reserved_bytes()) == ("failed", 0)


def test_an_object_that_vanishes_is_incomplete(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = reserved(learner, sent=None)
    monkeypatch.setattr(uploads, "_assemble", lambda _upload: None)

    with pytest.raises(DomainError) as refusal:
        finished(upload, learner)

    assert (refusal.value.code, state_of(upload)) == ("upload_incomplete", "reserved")


def test_addresses_end_with_the_reservation(in_school: Tenant, learner: User) -> None:
    now = timezone.now()
    upload = reserved(learner, now=now - timedelta(hours=23, minutes=50), sent=None)

    (part,) = parts_of(upload, now=now)

    assert part.request is not None
    assert part.request.expires_at <= upload.expires_at + timedelta(seconds=2)
    assert parts_of(upload, now=now + timedelta(hours=1)) == []


@pytest.mark.parametrize("size", [64 * MEGABYTE, 5_000 * MEGABYTE, 16_000 * MEGABYTE + 1, 5_000_000 * MEGABYTE])
def test_there_are_never_too_many_parts(size: int) -> None:
    part_size = part_size_of(size)

    assert part_size >= max(upload_parts.SMALLEST_PART, object_store().smallest_part)
    assert -(-size // part_size) <= min(upload_parts.MOST_PARTS, object_store().most_parts, 10_000)


def test_a_key_makes_one_reservation_of_two_requests(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    key = {"Idempotency-Key": str(new_id())}

    first = client.post(UPLOADS, WANTED, headers=key)
    again = client.post(UPLOADS, WANTED, headers=key)

    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 201, again.json()["id"])
    assert Upload.objects.count() == 1


def test_hot_steps_ask_little_of_the_database(
    in_school: Tenant, learner: User, as_user: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = as_user(learner)
    client.post(UPLOADS, WANTED)

    with django_assert_max_num_queries(6):
        made = client.post(UPLOADS, {**WANTED, "name": "b.txt"}).json()
    with django_assert_max_num_queries(2), time_machine.travel(timezone.now(), tick=False):
        client.get(f"{UPLOADS}{made['id']}/")
