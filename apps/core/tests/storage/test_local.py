"""The store on the local disk: the contract, and what only a disk can get wrong."""

import io
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from apps.core.storage import ObjectMissing, StorageUnavailable, StoredPart
from apps.core.storage.chunks import pieces_of
from apps.core.storage.keys import LONGEST_KEY, InvalidKey
from apps.core.storage.local import AlreadyStored, LocalStore
from apps.core.tests.storage.contract import BODY, Send, StoreContract, content, put
from apps.core.tests.storage.local_fixtures import key, send, store

__all__ = ["key", "send", "store"]


def files_below(folder: str) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT, folder).rglob("*") if path.is_file()]


class TestLocalStore(StoreContract):
    """The contract."""


@pytest.mark.parametrize(
    "bad",
    [
        *("", "name", "/etc/passwd", "a/../../etc/passwd", "a/..", "../a", "a//b", "a/", "a/.hidden", "./a/b"),
        *("a/b\n", "a/b\x00", "a\\b/c", "a/b c", "a/ü", "~/a", "a/b~", "a/" + "b" * LONGEST_KEY),
    ],
)
def test_what_is_no_key_reaches_no_disk(store: LocalStore, bad: str) -> None:
    for attempt in (
        lambda: store.write(bad, [BODY], media_type="text/plain"),
        lambda: store.read(bad),
        lambda: store.stat(bad),
        lambda: store.delete([bad]),
        lambda: put(store, bad),
        lambda: store.start_multipart(bad, media_type="text/plain"),
    ):
        with pytest.raises(InvalidKey):
            attempt()

    assert files_below("") == []


@pytest.mark.parametrize("bad", ["", "..", "../../x", "0" * 31, "0" * 33, "G" * 32])
def test_what_is_no_upload_is_missing(store: LocalStore, key: str, bad: str) -> None:
    with pytest.raises(ObjectMissing):
        store.parts(key, bad)
    with pytest.raises(ObjectMissing):
        store.abort_multipart(key, bad)


def test_an_upload_belongs_to_its_key(store: LocalStore, key: str) -> None:
    upload = store.start_multipart(key, media_type="text/plain")

    with pytest.raises(ObjectMissing):
        store.parts(f"{key}0", upload)


def test_links_are_not_followed(store: LocalStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    school = Path(settings.MEDIA_ROOT, "objects", "school")
    school.mkdir(parents=True)
    (school / "folder").symlink_to(outside)
    (school / "file").symlink_to(outside / "secret")

    for attempt in (
        lambda: store.read("school/folder/secret"),
        lambda: store.read("school/file"),
        lambda: store.write("school/folder/new", [BODY], media_type="text/plain"),
        lambda: store.write("school/file", [BODY], media_type="text/plain"),
        lambda: store.delete(["school/folder/secret"]),
    ):
        with pytest.raises(StorageUnavailable):
            attempt()

    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"
    assert list(store.objects("../../")) == []


def test_only_objects_are_listed(store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("real", "gone"):
        store.write(f"school/{name}", [BODY], media_type="text/plain")
    school = Path(settings.MEDIA_ROOT, "objects", "school")
    (school / "link").symlink_to(tmp_path)
    (school / "file-link").symlink_to(school / "real")
    (school / ".of the system").write_bytes(b"")
    stat = store.stat
    monkeypatch.setattr(store, "stat", lambda key: None if key == "school/gone" else stat(key))

    assert [found.key for found in store.objects("school/")] == ["school/real"]


def test_a_media_root_behind_a_link_is_fine(store: LocalStore, key: str, tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "volume").mkdir()
    (tmp_path / "media-link").symlink_to(tmp_path / "volume")
    settings.MEDIA_ROOT = tmp_path / "media-link"

    store.write(key, [BODY], media_type="text/plain")

    assert content(store, key) == BODY
    assert [found.key for found in store.objects(key)] == [key]


def test_nothing_is_left_in_staging(store: LocalStore, send: Send, key: str) -> None:
    upload = put(store, key)
    send(upload, BODY)
    send(upload, BODY)
    send(put(store, f"{key}-2"), BODY + b"more")
    store.write(key, [BODY], media_type="text/plain")

    assert list(Path(settings.MEDIA_ROOT, "staging").iterdir()) == []


def test_a_body_that_breaks_off_leaves_nothing(store: LocalStore, key: str) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    upload = store.start_multipart(key, media_type="text/plain")
    with pytest.raises(StorageUnavailable):
        store.receive(key, broken())
    with pytest.raises(StorageUnavailable):
        store.receive_part(key, upload, 1, broken())

    assert files_below("") == []
    assert store.parts(key, upload) == []


def test_a_full_disk_is_said_to_be_a_failing_store(
    store: LocalStore, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = store.start_multipart(key, media_type="text/plain")
    part = store.receive_part(key, upload, 1, [BODY])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)

    with pytest.raises(StorageUnavailable):
        store.complete_multipart(key, upload, [part])

    assert store.stat(key) is None
    assert store.parts(key, upload) == [part]
    assert len(files_below("staging")) == 1


def test_what_a_process_died_over_is_listed_and_removed(store: LocalStore, key: str) -> None:
    Path(settings.MEDIA_ROOT, "staging").mkdir(parents=True)
    Path(settings.MEDIA_ROOT, "staging", "something of another kind").mkdir()
    dying = store._draft(key, [b"half an upload"])
    dying.__enter__()  # and never left

    (left,) = store.open_multiparts(key)
    store.abort_multipart(left.key, left.multipart_id)

    assert left.key == key
    assert datetime.now(UTC) - left.started_at < timedelta(minutes=1)
    assert files_below("") == []


def test_two_uploads_to_one_key_at_once_leave_the_first(store: LocalStore, key: str) -> None:
    def slow() -> Iterator[bytes]:
        yield b"the slow one"
        store.receive(key, [b"the fast one"])

    with pytest.raises(AlreadyStored):
        store.receive(key, slow())

    assert content(store, key) == b"the fast one"


def test_a_part_that_changed_since_it_was_listed_completes_nothing(store: LocalStore, key: str) -> None:
    upload = store.start_multipart(key, media_type="text/plain")
    part = store.receive_part(key, upload, 1, [b"as listed"])
    store.receive_part(key, upload, 1, [b"exchanged since"])

    with pytest.raises(ObjectMissing):
        store.complete_multipart(key, upload, [part])
    with pytest.raises(ObjectMissing):
        store.complete_multipart(key, upload, [StoredPart(2, 9, part.etag)])

    assert store.stat(key) is None


def test_a_file_that_is_deleted_while_it_is_read(store: LocalStore, key: str) -> None:
    store.write(key, [BODY], media_type="text/plain")
    chunks = store.read(key)
    store.delete([key])

    with pytest.raises(ObjectMissing):
        list(chunks)


@pytest.mark.parametrize("problem", [PermissionError, FileNotFoundError])
def test_folders_that_cannot_be_listed_are_a_failure_unless_they_are_gone(
    store: LocalStore, key: str, monkeypatch: pytest.MonkeyPatch, problem: type[OSError]
) -> None:
    store.write(key, [BODY], media_type="text/plain")

    def refuse(_path: object) -> object:
        raise problem

    monkeypatch.setattr(os, "scandir", refuse)

    if problem is FileNotFoundError:
        assert list(store.objects("")) == []
    else:
        with pytest.raises(StorageUnavailable):
            list(store.objects(""))


def test_browsers_need_no_rules_of_the_disk(store: LocalStore) -> None:
    store.allow_browsers(["https://app.example.com"])


@pytest.mark.parametrize(("size", "lengths"), [(4, [4, 4, 4]), (5, [5, 5, 2]), (12, [12]), (20, [12])])
def test_pieces_are_cut_to_size(size: int, lengths: list[int]) -> None:
    pieces = list(pieces_of([b"abc", b"", b"defgh", b"ijkl"], size))

    assert [len(piece) for piece in pieces] == lengths
    assert b"".join(pieces) == b"abcdefghijkl"


def test_chunks_are_small_however_large_the_file(store: LocalStore, key: str) -> None:
    store.write(key, [bytes(3 * 1024 * 1024)], media_type="text/plain")

    assert max(len(chunk) for chunk in store.read(key)) == 1024 * 1024


def test_an_object_can_be_opened_as_a_file(store: LocalStore, key: str) -> None:
    store.write(key, [BODY], media_type="text/plain")

    with store.open(key) as file:
        assert isinstance(file, io.BufferedReader)
        assert file.read() == BODY
