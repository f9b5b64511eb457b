"""Uploads in parts, in a store that takes late parts: what is kept lies where none of their addresses leads."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.core.storage import ObjectMissing, object_store
from apps.files.models import Blob, Upload
from apps.files.services import uploads
from apps.files.services.quota import recount
from apps.files.tests.sending import TEXT, finished, reserved, state_of
from apps.users.models import User
from tests.files.building import exif, picture


@pytest.fixture
def sealed_keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the store copy what it seals, as a bucket does; return where to."""
    store, copies = object_store(), list[str]()

    def seal(_self: Any, key: str, into: str) -> str:
        store.write(into, store.read(key), media_type="text/plain")
        copies.append(into)
        return into

    monkeypatch.setattr(type(store), "seal", seal)
    return copies


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Upload]:
    """Return a function that makes an upload of one part, which has arrived."""
    monkeypatch.setattr(uploads, "ONE_PUT_BELOW", 10)

    def make(by: User, sent: bytes = TEXT, **fields: Any) -> Upload:
        upload = reserved(by, sent=None, **fields)
        store: Any = object_store()
        store.receive_part(upload.key, upload.multipart_id, 1, [sent])
        return upload

    return make


def keys() -> list[str]:
    return [found.key for found in object_store().objects("") if "/uploads/" in found.key]


def test_what_was_checked_and_kept_is_the_copy(
    in_school: Tenant,
    learner: User,
    sealed_keys: list[str],
    in_parts: Callable[..., Upload],
    django_capture_on_commit_callbacks: Any,
) -> None:
    upload = in_parts(learner)

    with django_capture_on_commit_callbacks(execute=True):
        finished(upload, learner)

    assert state_of(upload) == "completed"
    assert Blob.objects.get().key == sealed_keys[0] != upload.key
    assert keys() == sealed_keys
    assert recount() == []


def test_equal_bytes_leave_no_second_copy(
    in_school: Tenant,
    learner: User,
    sealed_keys: list[str],
    in_parts: Callable[..., Upload],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for upload in (in_parts(learner), in_parts(learner)):
            finished(upload, learner)

    assert keys() == [Blob.objects.get().key] == sealed_keys[:1]


def test_a_picture_without_its_metadata_is_the_only_one_kept(
    in_school: Tenant,
    learner: User,
    sealed_keys: list[str],
    in_parts: Callable[..., Upload],
    django_capture_on_commit_callbacks: Any,
) -> None:
    sent = picture(exif=exif())
    upload = in_parts(learner, sent, name="place.jpg", size_bytes=len(sent), sha256=sha256(sent).hexdigest())

    with django_capture_on_commit_callbacks(execute=True):
        finished(upload, learner)

    assert keys() == [Blob.objects.get().key]
    assert keys() != sealed_keys
    assert keys() != [upload.key]


def test_what_is_refused_leaves_no_copy(
    in_school: Tenant,
    learner: User,
    sealed_keys: list[str],
    in_parts: Callable[..., Upload],
    django_capture_on_commit_callbacks: Any,
) -> None:
    upload = in_parts(learner, sent=TEXT[::-1])

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(DomainError) as refusal:
        finished(upload, learner)

    assert refusal.value.code == "checksum_mismatch"
    assert (len(sealed_keys), keys(), state_of(upload)) == (1, [], "failed")


def test_what_vanished_before_it_was_sealed_is_incomplete(
    in_school: Tenant, learner: User, in_parts: Callable[..., Upload], monkeypatch: pytest.MonkeyPatch
) -> None:
    def seal(_self: Any, key: str, into: str) -> str:
        raise ObjectMissing(key)

    monkeypatch.setattr(type(object_store()), "seal", seal)
    upload = in_parts(learner)

    with pytest.raises(DomainError) as refusal:
        finished(upload, learner)

    assert (refusal.value.code, state_of(upload)) == ("upload_incomplete", "reserved")


def test_what_is_refused_where_nothing_was_copied_is_deleted_once(
    in_school: Tenant,
    learner: User,
    in_parts: Callable[..., Upload],
    django_capture_on_commit_callbacks: Any,
) -> None:
    upload = in_parts(learner, sent=TEXT[::-1])

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(DomainError) as refusal:
        finished(upload, learner)

    assert refusal.value.code == "checksum_mismatch"
    assert state_of(upload) == "failed"
