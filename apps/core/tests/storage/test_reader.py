"""Objects as files."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.core.storage import ObjectMissing, ObjectStore
from apps.core.storage.local import LocalStore
from apps.core.storage.reader import ObjectReader
from apps.core.tests.storage.contract import BODY
from apps.core.tests.storage.local_fixtures import key, store

__all__ = ["key", "store"]


@pytest.fixture
def reader(store: LocalStore, key: str) -> Iterator[ObjectReader]:
    store.write(key, [BODY], media_type="text/plain")
    with ObjectReader(store, key, window=100) as reader:
        yield reader


class Memory:
    """A store with one object, which counts what is asked of it."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked: list[tuple[int, int]] = []

    def stat(self, _key: str) -> Any:
        return type("Found", (), {"size_bytes": len(self.body)})

    def read(self, _key: str, *, start: int, end: int) -> Iterator[bytes]:
        self.asked.append((start, end))
        yield self.body[start:end]


def reader_of(memory: Memory, window: int = 100) -> ObjectReader:
    store: ObjectStore = memory  # type: ignore[assignment]
    return ObjectReader(store, "a/b", window=window)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12_000), st.sampled_from([0, 1, 2]), st.integers(-1, 500)), max_size=20),
    st.integers(1, 300),
)
def test_it_reads_what_a_file_would(moves: list[tuple[int, int, int]], window: int) -> None:
    reader, plain = reader_of(Memory(BODY), window), io.BytesIO(BODY)

    for offset, whence, size in moves:
        by = -offset if whence == io.SEEK_END else offset
        if whence == io.SEEK_END and offset > len(BODY):
            continue
        assert reader.seek(by, whence) == plain.seek(by, whence)
        assert reader.read(size) == plain.read(size)
        assert reader.tell() == plain.tell()


def test_it_asks_for_a_window_at_a_time_and_for_what_it_holds_not_at_all() -> None:
    memory = Memory(BODY)
    reader = reader_of(memory)

    reader.read(10)
    reader.read(90)
    reader.seek(50)
    assert reader.read1() == BODY[50:100]
    reader.seek(-5, io.SEEK_END)
    reader.read()

    assert memory.asked == [(0, 100), (len(BODY) - 5, len(BODY))]


def test_it_is_a_binary_file(reader: ObjectReader) -> None:
    buffer = bytearray(7)

    assert (reader.readable(), reader.seekable(), reader.writable()) == (True, True, False)
    assert reader.readinto(buffer) == 7
    assert bytes(buffer) == BODY[:7]
    assert reader.read(None) == BODY[7:]
    assert reader.read() == b""
    assert reader.read1(5) == b""


def test_nothing_is_before_the_start_or_after_closing(reader: ObjectReader) -> None:
    with pytest.raises(ValueError, match="before the start"):
        reader.seek(-1)
    reader.close()

    for attempt in (reader.read, reader.read1, reader.tell, lambda: reader.seek(0)):
        with pytest.raises(ValueError, match="closed"):
            attempt()


def test_an_object_that_is_not_there_is_missing(store: LocalStore, key: str) -> None:
    with pytest.raises(ObjectMissing):
        ObjectReader(store, key)


def test_an_object_that_shrinks_meanwhile_is_missing() -> None:
    memory = Memory(BODY)
    reader = reader_of(memory)
    memory.body = b"short"

    with pytest.raises(ObjectMissing):
        reader.read(10)


def test_a_zip_file_is_read_where_it_lies(store: LocalStore, key: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", BODY)
        archive.writestr("b.txt", b"b")
    store.write(key, [packed.getvalue()], media_type="application/zip")

    with ObjectReader(store, key) as reader, zipfile.ZipFile(reader) as archive:
        assert archive.namelist() == ["a.txt", "b.txt"]
        assert archive.read("a.txt") == BODY


def test_an_image_is_opened_where_it_lies(store: LocalStore, key: str) -> None:
    painted = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(painted, "PNG")
    store.write(key, [painted.getvalue()], media_type="image/png")

    with ObjectReader(store, key) as reader, Image.open(cast("BinaryIO", reader)) as image:
        image.load()
        assert (image.size, image.getpixel((3, 3))) == ((30, 20), (255, 0, 0))
