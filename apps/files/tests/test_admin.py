"""Folders and files in the Django admin: the same rules as in the API, and each school its own."""

from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from apps.core.ids import new_id
from apps.core.models import Delivery, Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context
from apps.files import uses
from apps.files.choices import ScanState, UploadState, Visibility
from apps.files.factories import BlobFactory, FileFactory, FolderFactory
from apps.files.models import File, Folder, StorageUsage, Upload
from apps.files.services.quota import reserve
from apps.files.tests.helpers import Courses, use_of
from apps.users.models import User

MODELS: Final = ["folder", "file", "blob", "upload", "storageusage"]


def browser_of(user: User, host: str = "maple.localhost") -> Client:
    client = Client(HTTP_HOST=host)
    client.force_login(user, backend="apps.users.backends.TenantBackend")
    return client


@pytest.fixture
def browser(admin: User) -> Client:
    """Return the browser of the school's admin, on the school's host."""
    return browser_of(admin)


def page(model: str) -> str:
    return reverse(f"admin:files_{model}_changelist")


def change(client: Client, obj: Any, **values: Any) -> Any:
    return client.post(reverse(f"admin:files_{obj._meta.model_name}_change", args=[obj.pk]), values)


def delete(client: Client, obj: Any) -> Any:
    return client.post(reverse(f"admin:files_{obj._meta.model_name}_delete", args=[obj.pk]), {"post": "yes"})


def act(client: Client, action: str, *chosen: Any) -> Any:
    url = page(chosen[0]._meta.model_name)
    return client.post(url, {"action": action, "_selected_action": [str(obj.pk) for obj in chosen]}, follow=True)


VERSIONS: Final = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}


def one_of_each(user: User) -> dict[str, Any]:
    """Make a row for every list, with names that no other school has."""
    folder = FolderFactory.create(name=f"Folder of {user.email}", owner=user)
    blob = BlobFactory.create(scan_state=ScanState.INFECTED, scan_finding=f"Found at {user.email}")
    upload = Upload.objects.create(
        name=f"Upload of {user.email}", size_bytes=5, media_type="text/plain", sha256="0" * 64, key=f"{new_id()}",
        uploaded_by_id=user.id, expires_at="2030-01-01T00:00:00Z",
    )  # fmt: skip
    reserve(size=5, user_id=user.id)
    return {
        "folder": folder,
        "file": FileFactory.create(name=f"{user.email}.txt", folder=folder, blob=blob, uploaded_by=user),
        "blob": blob,
        "upload": upload,
        "storageusage": StorageUsage.objects.get(user_id=user.id),
    }


@pytest.mark.parametrize("model", MODELS)
def test_lists_open_for_who_reads_all_files_and_to_nobody_else(
    model: str, browser: Client, principal: User, instructor: User, learner: User, in_school: Tenant
) -> None:
    statuses = [browser_of(user).get(page(model)).status_code for user in (principal, instructor, learner)]

    assert browser.get(page(model)).status_code == 200
    assert statuses == [200, 403, 302]


@pytest.mark.parametrize("model", MODELS)
def test_staff_see_their_own_school_only(
    model: str, browser: Client, admin: User, stranger: User, other_school: Tenant, in_school: Tenant
) -> None:
    ours = one_of_each(admin)[model]
    with tenant_context(other_school):
        theirs = one_of_each(stranger)[model]

    listed = browser.get(page(model)).content.decode()
    opened = {
        obj: browser.get(reverse(f"admin:files_{model}_change", args=[obj.pk])).status_code for obj in (ours, theirs)
    }

    assert admin.email in listed
    assert stranger.email not in listed
    assert opened == {ours: 200, theirs: 302}


@pytest.mark.parametrize("model", ["folder", "file", "upload", "storageusage"])
def test_lists_take_the_same_statements_for_3_and_30(
    model: str, browser: Client, admin: User, in_school: Tenant
) -> None:
    counts = []
    for number in (3, 27):
        for _ in range(number):
            folder = FolderFactory.create(parent=FolderFactory.create(owner=admin))
            FileFactory.create(folder=folder, uploaded_by=admin)
            StorageUsage.objects.create(user_id=new_id(), used_bytes=5)
            Upload.objects.create(
                name="u", size_bytes=5, media_type="text/plain", sha256="0" * 64, key=f"{new_id()}",
                uploaded_by_id=admin.id, expires_at="2030-01-01T00:00:00Z",
            )  # fmt: skip
        browser.get(page(model))
        with CaptureQueriesContext(connection) as queries:
            browser.get(page(model))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_principals_change_nothing(principal: User, admin: User, in_school: Tenant) -> None:
    rows = one_of_each(admin)
    client = browser_of(principal)

    statuses = [change(client, rows["folder"], name="x").status_code, delete(client, rows["file"]).status_code]
    act(client, "move_to_trash", rows["file"])
    act(client, "abort", rows["upload"])

    assert statuses == [403, 403]
    assert File.objects.filter(id=rows["file"].id).exists()
    assert Folder.objects.get(id=rows["folder"].id).name == rows["folder"].name
    assert Upload.objects.get().state == UploadState.RESERVED


def test_folders_are_made_changed_and_deleted_by_the_services(browser: Client, admin: User, in_school: Tenant) -> None:
    parent = FolderFactory.create(name="Parent")
    made = browser.post(
        reverse("admin:files_folder_add"), {"name": " New ", "parent": str(parent.id), "visibility": "school"}
    )
    folder = Folder.objects.get(name="New")
    renamed = change(browser, folder, name="Newer", parent=str(parent.id), visibility="staff")
    circle = change(browser, parent, name="Parent", parent=str(folder.id), visibility="school")

    folder.refresh_from_db()
    assert (made.status_code, renamed.status_code) == (302, 302)
    assert (folder.name, folder.visibility, folder.version, folder.created_by_id) == ("Newer", "staff", 2, admin.id)
    assert b"cannot be moved into itself" in circle.content
    delete(browser, folder)
    assert [entry.name for entry in TrashEntry.objects.all()] == ["Newer"]
    assert list(Folder.objects.all()) == [parent]


def test_files_are_renamed_moved_and_deleted_by_the_services(browser: Client, in_school: Tenant) -> None:
    first, second = FolderFactory.create_batch(2)
    file = FileFactory.create(folder=first, name="a.txt")
    FileFactory.create(folder=first, name="b.txt")

    taken = change(browser, file, name="B.txt", folder=str(first.id), **VERSIONS)
    renamed = change(browser, file, name="c.txt", folder=str(first.id), **VERSIONS)
    moved = change(browser, file, name="c.txt", folder=str(second.id), **VERSIONS)

    file.refresh_from_db()
    assert b"case does not tell them apart" in taken.content
    assert (renamed.status_code, moved.status_code) == (302, 302)
    assert (file.name, file.folder_id, file.version) == ("c.txt", second.id, 3)
    delete(browser, file)
    assert [entry.name for entry in TrashEntry.objects.all()] == ["c.txt"]


def test_no_file_is_made_in_the_admin(browser: Client, in_school: Tenant) -> None:
    urls = [reverse(f"admin:files_{model}_add") for model in MODELS if model != "folder"]

    assert [browser.get(url).status_code for url in urls] == [403] * 4


def test_many_go_to_the_trash_at_once_or_none(
    browser: Client, in_school: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = FolderFactory.create(name="A")
    below = FolderFactory.create(name="B", parent=folder)
    files = FileFactory.create_batch(3, folder=FolderFactory.create())
    monkeypatch.setattr(uses, "_providers", [Courses(use_of(files[2]))])

    refused = act(browser, "move_to_trash", *files)
    assert b"is used in 1 place" in refused.content
    assert File.objects.count() == 3
    act(browser, "move_to_trash", *files[:2])
    act(browser, "move_to_trash", folder, below)

    assert list(File.objects.all()) == [files[2]]
    assert sorted(TrashEntry.objects.values_list("kind", flat=True)) == ["files.file", "files.file", "files.folder"]
    assert Folder.objects.count() == 1


def test_the_quarantine_shows_what_was_found_and_where_and_lets_nothing_out(browser: Client, in_school: Tenant) -> None:
    caught = FileFactory.create(name="caught.txt", folder=FolderFactory.create(), scan_state=ScanState.INFECTED)
    FileFactory.create(folder=FolderFactory.create(), scan_state=ScanState.CLEAN)
    url = reverse("admin:files_blob_change", args=[caught.blob_id])

    listed = browser.get(page("blob"))
    opened = browser.get(url)
    posted = browser.post(url, {"scan_state": "clean"})

    assert listed.context["cl"].result_count == 1
    assert b"Quarantine: what the malware scanner objected to" in listed.content
    assert b"caught.txt" in opened.content
    assert posted.status_code == 403
    caught.blob.refresh_from_db()
    assert caught.blob.scan_state == ScanState.INFECTED


def test_files_are_scanned_again_where_there_is_a_scanner(
    browser: Client, in_school: Tenant, settings: Settings
) -> None:
    file = FileFactory.create(folder=FolderFactory.create(), scan_state=ScanState.ERROR)

    settings.CLAMD_URL = ""
    refused = act(browser, "scan_again", file)
    file.blob.refresh_from_db()
    assert file.blob.scan_state == ScanState.ERROR
    assert b"scanner" in refused.content
    settings.CLAMD_URL = "tcp://127.0.0.1:3310"
    act(browser, "scan_again", file)

    file.blob.refresh_from_db()
    assert file.blob.scan_state == ScanState.PENDING
    assert Delivery.objects.filter(event__contains="scan").count() == 1


def test_uploads_are_aborted_and_their_room_is_free_again(browser: Client, admin: User, in_school: Tenant) -> None:
    upload = one_of_each(admin)["upload"]

    act(browser, "abort", upload)

    upload.refresh_from_db()
    assert upload.state == UploadState.ABORTED
    assert set(StorageUsage.objects.values_list("reserved_bytes", flat=True)) == {0}


def test_usage_names_the_school_and_each_person(browser: Client, learner: User, in_school: Tenant) -> None:
    gone = new_id()
    StorageUsage.objects.create(user_id=None, used_bytes=3 * 1024 * 1024, reserved_bytes=1024)
    StorageUsage.objects.create(user_id=learner.id, used_bytes=1024)
    StorageUsage.objects.create(user_id=gone, used_bytes=1024)

    listed = browser.get(page("storageusage")).content.decode()

    assert all(text in listed for text in ("The school", learner.email, str(gone), "3.0\xa0MB", "1.0\xa0KB"))


def test_private_folders_say_whose_they_are(browser: Client, learner: User, in_school: Tenant) -> None:
    FolderFactory.create(owner=learner)
    FolderFactory.create(visibility=Visibility.STAFF)

    listed = browser.get(page("folder")).content.decode()

    assert learner.email in listed
    assert "—" in listed
