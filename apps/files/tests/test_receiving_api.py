"""Files that come as a form: `curl -X POST /api/files/ -F "file=@document.pdf" -F "folder=<id>"`."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.services import change_settings
from apps.core.storage import StorageUnavailable, object_store
from apps.core.tenancy.context import tenant_context
from apps.files.choices import ScanState
from apps.files.factories import BlobFactory, FolderFactory
from apps.files.models import Blob, File, Folder, StorageUsage
from apps.files.services import contents
from apps.files.services.quota import MEGABYTE, recount
from apps.files.services.receiving import receive_file
from apps.users.models import User
from tests.fixtures import ClientOf

FILES = "/api/files/"
TEXT = b"Line after line of an ordinary text.\n" * 10


def form(content: bytes = TEXT, name: str = "notes.txt", **fields: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content), **fields}


def stored() -> list[str]:
    return [found.key for found in object_store().objects("")]


def assert_nothing_was_kept(tenant: Tenant) -> None:
    assert stored() == []
    with tenant_context(tenant):
        assert not File.objects.exists()
        assert not Blob.objects.exists()
        assert recount() == []


def test_a_learner_uploads_a_file_of_their_own(school: Tenant, learner: User, as_user: ClientOf) -> None:
    response = as_user(learner).post(FILES, form(), format="multipart")

    assert response.status_code == 201
    assert response.headers["ETag"] == '"1"'
    body = response.json()
    assert (body["name"], body["folder"], body["size_bytes"]) == ("notes.txt", None, len(TEXT))
    assert (body["media_type"], body["version_number"]) == ("text/plain", 1)
    assert (body["uploaded_by"], body["scan_state"]) == (str(learner.id), "pending")
    with tenant_context(school):
        assert stored() == [Blob.objects.get().key]
        rows = list(StorageUsage.objects.values_list("used_bytes", "reserved_bytes"))
        assert rows == [(len(TEXT), 0)] * 2


def test_staff_upload_into_a_folder(folders: dict[str, Folder], instructor: User, as_user: ClientOf) -> None:
    response = as_user(instructor).post(FILES, form(folder=str(folders["school"].id)), format="multipart")

    assert response.status_code == 201
    assert response.json()["folder"] == str(folders["school"].id)


def test_who_may_not_write_there_uploads_nothing(
    school: Tenant, folders: dict[str, Folder], learner: User, principal: User, stranger: User, as_user: ClientOf
) -> None:
    into_school = form(folder=str(folders["school"].id))
    answers = [
        as_user(learner).post(FILES, into_school, format="multipart"),
        as_user(learner).post(FILES, form(folder=str(folders["staff"].id)), format="multipart"),
        as_user(stranger).post(FILES, form(folder=str(folders["school"].id)), format="multipart"),
        as_user(principal).post(FILES, form(), format="multipart"),
        as_user(None).post(FILES, form(), format="multipart"),
    ]

    codes = [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert codes == [
        (403, "folder_not_writable"),
        (400, "unknown_folder"),
        (400, "unknown_folder"),
        (403, "permission_denied"),
        (401, "not_authenticated"),
    ]
    assert_nothing_was_kept(school)


def test_what_is_too_large_is_refused_before_it_is_read(
    school: Tenant, learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.core.http.streaming.FORM_BYTES", 1000)
    monkeypatch.setattr("rest_framework.parsers.DjangoMultiPartParser", None)  # who reads would fail
    with tenant_context(school):
        change_settings(changes={"files.max_file_mb": 1}, locks={}, by=None)

    response = as_user(learner).post(FILES, form(b"x" * (MEGABYTE + 2000)), format="multipart")

    assert (response.status_code, response.json()["code"]) == (413, "file_too_large")
    assert response.json()["limit_bytes"] == MEGABYTE
    assert_nothing_was_kept(school)


@pytest.mark.parametrize(("setting", "whose"), [("files.quota_mb", "school"), ("files.user_quota_mb", "user")])
def test_what_has_no_room_is_refused(
    school: Tenant, learner: User, as_user: ClientOf, setting: str, whose: str
) -> None:
    with tenant_context(school):
        change_settings(changes={setting: 0}, locks={}, by=None)

    response = as_user(learner).post(FILES, form(), format="multipart")

    assert (response.status_code, response.json()["code"]) == (409, "quota_exceeded")
    facts = {key: response.json()[key] for key in ("quota", "used_bytes", "limit_bytes", "needed_bytes")}
    assert facts == {"quota": whose, "used_bytes": 0, "limit_bytes": 0, "needed_bytes": len(TEXT)}
    assert_nothing_was_kept(school)


@pytest.mark.parametrize(
    ("name", "code"),
    [("run.exe", "invalid_name"), ("NUL.txt", "invalid_name"), ("picture.png", "type_mismatch")],
)
def test_names_that_mislead_are_refused(school: Tenant, learner: User, as_user: ClientOf, name: str, code: str) -> None:
    response = as_user(learner).post(FILES, form(name=name), format="multipart")

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert_nothing_was_kept(school)


def test_what_is_not_accepted_hears_what_is(school: Tenant, learner: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        change_settings(changes={"files.allowed_types": ["image", "application/pdf"]}, locks={}, by=None)

    response = as_user(learner).post(FILES, form(), format="multipart")

    assert (response.status_code, response.json()["code"]) == (400, "type_not_allowed")
    assert response.json()["detail"].endswith(
        "text/plain, which is not accepted here. Choose one of what is: application/pdf, image."
    )


def test_a_file_with_nothing_in_it_is_refused(school: Tenant, learner: User, as_user: ClientOf) -> None:
    response = as_user(learner).post(FILES, {"file": SimpleUploadedFile("a.txt", b"")}, format="multipart")

    assert (response.status_code, response.json()["code"]) == (400, "empty_file")
    assert_nothing_was_kept(school)


def test_a_folder_takes_each_name_once(folders: dict[str, Folder], learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    first = client.post(FILES, form(folder=str(folders["own"].id)), format="multipart")

    second = client.post(FILES, form(name="NOTES.txt", folder=str(folders["own"].id)), format="multipart")

    assert (second.status_code, second.json()["code"]) == (409, "name_taken")
    assert second.json()["file"] == first.json()["id"]
    assert File.objects.count() == 1


def test_a_form_has_one_file_and_says_how_long_it_is(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    answers = [
        client.post(FILES, {"folder": ""}, format="multipart"),
        client.post(FILES, {**form(), "second": SimpleUploadedFile("b.txt", TEXT)}, format="multipart"),
        client.post(FILES, {"file": "text"}, format="multipart"),
        client.post(FILES, {"file": "x"}, format="json"),
        client.generic(
            "POST", FILES, "", content_type="multipart/form-data; boundary=x", HTTP_TRANSFER_ENCODING="chunked"
        ),
    ]

    codes = [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert codes == [
        (400, "required"),
        (400, "required"),
        (400, "required"),
        (415, "unsupported_media_type"),
        (411, "length_required"),
    ]
    assert_nothing_was_kept(school)


def test_a_form_may_be_sent_again_with_its_key(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    key = {"Idempotency-Key": str(new_id())}

    first = client.post(FILES, form(), format="multipart", headers=key)
    again = client.post(FILES, form(), format="multipart", headers=key)
    other = client.post(FILES, form(TEXT[::-1]), format="multipart", headers=key)

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    with tenant_context(school):
        assert File.objects.count() == 1


def test_large_forms_stay_on_disk(learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = contents.take_in

    def note(source: Any, **kwargs: Any) -> Any:
        seen.append(type(source.file).__name__)
        return original(source, **kwargs)

    monkeypatch.setattr("apps.files.services.receiving.take_in", note)

    as_user(learner).post(FILES, form(), format="multipart")

    assert seen == ["BufferedRandom"]  # a file of the system, however small


def test_a_store_that_fails_leaves_nothing(
    school: Tenant, learner: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> int:
        raise StorageUnavailable

    monkeypatch.setattr(type(object_store()), "write", fail)

    response = as_user(learner).post(FILES, form(), format="multipart")

    assert (response.status_code, response.json()["code"]) == (503, "storage_unavailable")
    assert_nothing_was_kept(school)


def test_a_database_that_fails_leaves_no_object(school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("apps.files.services.receiving.quota.charge", fail)

    with tenant_context(school), pytest.raises(RuntimeError):
        receive_file(source=io.BytesIO(TEXT), name="notes.txt", size=len(TEXT), by=learner)

    assert_nothing_was_kept(school)


def test_a_store_that_does_not_delete_either_is_left_to_the_collection(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(type(object_store()), "delete", fail)
    change_settings(changes={"files.user_quota_mb": 1}, locks={}, by=None)
    monkeypatch.setattr("apps.files.services.receiving.quota.charge", lambda **_kwargs: fail())

    with pytest.raises(StorageUnavailable):
        receive_file(source=io.BytesIO(TEXT), name="notes.txt", size=len(TEXT), by=learner)

    assert len(stored()) == 1


def test_known_malware_is_refused(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    BlobFactory.create(content=TEXT, scan_state=ScanState.INFECTED)

    response = as_user(learner).post(FILES, form(), format="multipart")

    assert (response.status_code, response.json()["code"]) == (409, "file_infected")
    assert (stored(), File.objects.count()) == ([], 0)


def test_equal_bytes_share_one_object(
    in_school: Tenant,
    learner: User,
    as_user: ClientOf,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client = as_user(learner)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(FILES, form(), format="multipart")
        client.post(FILES, form(name="again.txt"), format="multipart")

    assert stored() == [Blob.objects.get().key]
    assert File.objects.count() == 2


def test_a_picture_loses_its_metadata(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = "secret place"
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG", exif=exif)

    response = as_user(learner).post(FILES, form(picture.getvalue(), "red.jpg"), format="multipart")

    assert response.status_code == 201
    kept = b"".join(object_store().read(Blob.objects.get().key))
    assert b"secret place" in picture.getvalue()
    assert b"secret place" not in kept
    assert response.json()["size_bytes"] == len(kept)
    assert recount() == []


def test_a_folder_that_goes_meanwhile_keeps_nothing(in_school: Tenant, learner: User) -> None:
    folder = FolderFactory.create(owner=learner)
    Folder.objects.filter(id=folder.id).delete()

    with pytest.raises(Exception, match="deleted meanwhile"):
        receive_file(source=io.BytesIO(TEXT), name="notes.txt", size=len(TEXT), by=learner, folder=folder)

    assert stored() == []


def test_the_school_itself_may_store_something(in_school: Tenant) -> None:
    file = receive_file(source=io.BytesIO(TEXT), name="export.txt", size=len(TEXT), by=None)

    assert file.uploaded_by_id is None
    assert [row.user_id for row in StorageUsage.objects.all()] == [None]
