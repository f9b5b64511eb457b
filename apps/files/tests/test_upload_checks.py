"""Uploads behind the scenes: parts put together, checks in a worker, what the clock and the trash close."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core.errors import NotFound
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.storage import StorageUnavailable, object_store
from apps.files.choices import UploadState
from apps.files.events import UploadReceived
from apps.files.factories import FolderFactory
from apps.files.handlers import check_upload
from apps.files.models import Blob, File, Upload
from apps.files.services import upload_states, uploads
from apps.files.services.upload_errors import UploadCompleted, UploadProcessing
from apps.files.services.upload_parts import parts_of
from apps.files.services.upload_states import close, close_due, close_uploads_to, move
from apps.files.services.uploads import abort_upload, check_received
from apps.files.tests.sending import TEXT, finished, reserved, reserved_bytes, state_of
from apps.users.models import User


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> Callable[[User], Upload]:
    """Return a function that makes an upload of one part, which has arrived."""
    monkeypatch.setattr(uploads, "ONE_PUT_BELOW", 10)

    def make(by: User) -> Upload:
        upload = reserved(by, sent=None)
        store: Any = object_store()
        store.receive_part(upload.key, upload.multipart_id, 1, [TEXT])
        return upload

    return make


def test_parts_put_together_stay_where_they_are(
    in_school: Tenant, learner: User, in_parts: Callable[[User], Upload]
) -> None:
    upload = in_parts(learner)

    finished(upload, learner)

    assert Blob.objects.get().key == upload.key


def test_a_check_that_was_interrupted_goes_on_with_the_one_object(
    in_school: Tenant, learner: User, in_parts: Callable[[User], Upload]
) -> None:
    upload = in_parts(learner)
    uploads._assemble(upload)

    parts = parts_of(upload, now=timezone.now())
    done = finished(upload, learner)

    assert [(part.has_arrived, part.request) for part in parts] == [(True, None)]
    assert done.state == "completed"


def test_a_worker_fails_what_cannot_be_kept(in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CHECKED_AT_ONCE", 1)
    upload = reserved(learner, name="way.png")
    finished(upload, learner)

    check_upload(UploadReceived(upload_id=upload.id))
    check_upload(UploadReceived(upload_id=upload.id))
    check_upload(UploadReceived(upload_id=new_id()))

    assert (state_of(upload), reserved_bytes()) == ("failed", 0)
    assert Upload.objects.get().failure_code == "type_mismatch"


def test_a_worker_tries_again_when_the_store_fails(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**kwargs: Any) -> Any:
        raise StorageUnavailable

    monkeypatch.setattr(uploads, "CHECKED_AT_ONCE", 1)
    upload = finished(reserved(learner), learner)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "receive_upload", fail)
        with pytest.raises(StorageUnavailable):
            check_received(upload=upload)
    before = state_of(upload)

    check_received(upload=upload)

    assert (before, state_of(upload)) == ("processing", "completed")


def test_a_worker_that_comes_late_changes_nothing(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "CHECKED_AT_ONCE", 1)
    upload = finished(reserved(learner), learner)
    close_due(now=timezone.now() + timedelta(days=1), limit=10)

    check_received(upload=upload)

    assert (state_of(upload), File.objects.count(), reserved_bytes()) == ("failed", 0, 0)
    assert Upload.objects.get().failure_code == "check_interrupted"


def test_due_uploads_are_closed_in_batches(in_school: Tenant, learner: User) -> None:
    for _ in range(3):
        reserved(learner)
    later = timezone.now() + timedelta(days=2)

    closed = [close_due(now=later, limit=2) for _ in range(3)]

    assert closed == [2, 1, 0]
    assert reserved_bytes() == 0


def test_one_that_is_no_longer_due_is_left_alone(in_school: Tenant, learner: User) -> None:
    upload = reserved(learner)

    assert upload_states._close_one(upload.id, timezone.now()) is False
    assert state_of(upload) == "reserved"


def test_purging_closes_what_is_being_checked_too(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "CHECKED_AT_ONCE", 1)
    folder = FolderFactory.create(owner=learner)
    idle, checked = reserved(learner, folder=folder), reserved(learner, folder=folder, name="b.txt")
    finished(checked, learner)

    close_uploads_to(folder_ids=[folder.id])

    assert [state_of(upload) for upload in (idle, checked)] == ["aborted", "failed"]
    assert reserved_bytes() == 0


def test_aborting_too_late_says_why(in_school: Tenant, learner: User) -> None:
    upload = finished(reserved(learner), learner)

    with pytest.raises(UploadCompleted) as refusal:
        abort_upload(upload=upload, by=learner)

    assert refusal.value.extra == {"file": str(upload.file_id)}


def test_a_step_that_the_table_does_not_have_is_refused(in_school: Tenant, learner: User) -> None:
    upload = reserved(learner)

    with pytest.raises(NotFound):  # nothing that could be told: it is open
        move(upload, UploadState.COMPLETED)
    move(upload, UploadState.PROCESSING)
    with pytest.raises(UploadProcessing):
        close(upload, UploadState.ABORTED)

    assert reserved_bytes() == len(TEXT)


def test_a_store_that_fails_does_not_keep_an_upload_open(
    in_school: Tenant,
    learner: User,
    in_parts: Callable[[User], Upload],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise StorageUnavailable

    upload = in_parts(learner)
    monkeypatch.setattr(type(object_store()), "abort_multipart", fail)

    with django_capture_on_commit_callbacks(execute=True):
        abort_upload(upload=upload, by=learner)

    assert (state_of(upload), reserved_bytes()) == ("aborted", 0)
