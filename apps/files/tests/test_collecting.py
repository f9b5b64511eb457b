"""Orphans are collected: what nothing refers to, once it is old; never what is young or referred to."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.core.trash.services import move_to_trash, purge_entry
from apps.files.choices import UploadState
from apps.files.factories import BlobFactory, FileFactory, FileVersionFactory, FolderFactory
from apps.files.models import Blob, File, FileVersion, ImageVariant, Upload
from apps.files.services import collecting
from apps.files.services.collecting import Collected, collect_orphans
from apps.files.services.quota import recount
from apps.files.services.receiving import receive_file
from apps.files.services.uploads import reserve_upload
from apps.users.models import User
from tests.parallel import in_parallel

TEXT = b"Some bytes that nobody needs.\n"
SHA256 = "a" * 64


def put(key: str, content: bytes = TEXT) -> str:
    object_store().write(key, [content], media_type="text/plain")
    return key


def stored() -> set[str]:
    return {found.key for found in object_store().objects("") if found.size_bytes}


def in_days(days: float) -> Any:
    return timezone.now() + timedelta(days=days)


def test_only_old_objects_without_a_row_go(in_school: Tenant, learner: User) -> None:
    orphan = put(f"{in_school.id}/uploads/{new_id()}")
    variant_orphan = put(f"{in_school.id}/variants/{new_id()}")
    file = FileFactory.create(stored=True)
    variant = ImageVariant.objects.create(
        blob=file.blob, kind="card", media_type="image/webp", key=put(f"{in_school.id}/variants/{new_id()}"),
        width=1, height=1, size_bytes=1,
    )  # fmt: skip
    others = put(f"{in_school.id}/certificates/1.pdf")
    upload = reserve_upload(by=learner, name="x.txt", size_bytes=30, sha256=SHA256, now=timezone.now())
    put(upload.key)

    young = collect_orphans(now=in_days(0.9))
    dry = collect_orphans(now=in_days(1.1), is_dry_run=True)
    before = stored()
    done = collect_orphans(now=in_days(1.1))

    assert young == Collected()
    assert dry == done == Collected(objects=2, object_bytes=2 * len(TEXT))
    assert before - stored() == {orphan, variant_orphan}
    assert stored() == {file.blob.key, variant.key, others, upload.key}


def test_what_a_closed_upload_still_received_goes(in_school: Tenant, learner: User) -> None:
    upload = reserve_upload(by=learner, name="x.txt", size_bytes=30, sha256=SHA256, now=timezone.now())
    Upload.objects.update(state=UploadState.ABORTED)
    put(upload.key)

    collect_orphans(now=in_days(2))

    assert stored() == set()


def test_blobs_go_an_hour_after_their_last_version(
    in_school: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    orphan, young = BlobFactory.create(stored=True), BlobFactory.create(stored=True)
    kept = FileFactory.create(stored=True)
    older = FileVersionFactory.create(file=kept, number=7, blob=BlobFactory.create(stored=True))
    picture = put(f"{in_school.id}/variants/{new_id()}")
    ImageVariant.objects.create(
        blob=orphan, kind="card", media_type="image/webp", key=picture, width=1, height=1, size_bytes=1
    )
    Blob.objects.exclude(id=young.id).update(created_at=in_days(-1))

    dry = collect_orphans(now=timezone.now(), is_dry_run=True)
    with django_capture_on_commit_callbacks(execute=True):
        done = collect_orphans(now=timezone.now())

    assert dry == done == Collected(blobs=1)
    assert set(Blob.objects.values_list("id", flat=True)) == {young.id, kept.blob_id, older.blob_id}
    assert stored() == {young.key, kept.blob.key, older.blob.key}
    assert not ImageVariant.objects.exists()


def test_unfinished_parts_go_after_a_day(in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.files.services.uploads.ONE_PUT_BELOW", 10)
    upload = reserve_upload(by=learner, name="x.txt", size_bytes=30, sha256=SHA256, now=timezone.now())
    store = object_store()
    store.start_multipart(f"{in_school.id}/uploads/{new_id()}", media_type="text/plain")

    young = collect_orphans(now=in_days(0.9))
    dry = collect_orphans(now=in_days(1.1), is_dry_run=True)
    done = collect_orphans(now=in_days(1.1))

    assert (young, dry, done) == (Collected(), Collected(multiparts=1), Collected(multiparts=1))
    assert [found.key for found in store.open_multiparts("")] == [upload.key]


def test_what_lies_in_the_trash_is_kept_until_it_is_purged(
    in_school: Tenant, learner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    folder = FolderFactory.create(owner=learner)
    receive_file(source=io.BytesIO(TEXT), name="a.txt", size=len(TEXT), by=learner, folder=folder)
    reserve_upload(by=learner, name="b.txt", size_bytes=9, sha256=SHA256, now=timezone.now(), folder=folder)
    Blob.objects.update(created_at=in_days(-1))

    entry = move_to_trash(obj=folder, name="x", by=learner, now=timezone.now())
    in_trash = collect_orphans(now=in_days(3))
    counted = recount()
    with django_capture_on_commit_callbacks(execute=True):
        purge_entry(entry=entry, by=learner)
        purged = collect_orphans(now=in_days(3))

    assert in_trash == Collected()
    assert counted == recount() == []
    assert purged.blobs == 1
    assert (stored(), Upload.objects.count()) == (set(), 0)


def test_the_command_says_what_it_found(in_school: Tenant, other_school: Tenant, capsys: Any) -> None:
    put(f"{in_school.id}/uploads/{new_id()}")

    with time_machine.travel(in_days(2)):
        call_command("collect_orphans", dry_run=True)
        call_command("collect_orphans", tenant="maple")
        call_command("collect_orphans", tenant="maple")

    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 4
    assert f"maple: found 1 objects ({len(TEXT)} bytes), 0 blobs without a version" in "\n".join(printed[:2])
    assert printed[2].startswith("maple: deleted 1 objects")
    assert printed[3].startswith("maple: deleted 0 objects")
    with pytest.raises(CommandError, match="no school oak"):
        call_command("collect_orphans", tenant="oak")


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who_is_first", ["collection", "upload"])
def test_a_blob_that_is_taken_up_again_is_never_lost(
    school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch, who_is_first: str
) -> None:
    with tenant_context(school):
        file = receive_file(source=io.BytesIO(TEXT), name="a.txt", size=len(TEXT), by=learner)
        FileVersion.objects.all().delete()
        File.objects.all().delete()
        Blob.objects.filter(id=file.blob_id).update(created_at=in_days(-1))
        recount(repair=True)

    def collect() -> None:
        with tenant_context(school):
            collect_orphans(now=timezone.now())

    def take_up() -> None:
        with tenant_context(school):
            receive_file(source=io.BytesIO(TEXT), name="b.txt", size=len(TEXT), by=learner)

    def slowly(work: Callable[[], None]) -> None:
        with tenant_context(school), transaction.atomic():
            work()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")

    first, second = (collect, take_up) if who_is_first == "collection" else (take_up, collect)
    outcomes = in_parallel([lambda: slowly(first), second])

    assert outcomes == [None, None]
    with tenant_context(school):
        blob = File.objects.get().blob
        assert b"".join(object_store().read(blob.key)) == TEXT
        assert recount() == []


def test_many_orphans_go_in_batches(in_school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "BATCH", 2)
    for _ in range(5):
        put(f"{in_school.id}/uploads/{new_id()}")

    assert collect_orphans(now=in_days(2)).objects == 5
    assert stored() == set()
