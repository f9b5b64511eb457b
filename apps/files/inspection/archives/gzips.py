"""Gzip: one packed file, perhaps in several members (RFC 1952)."""

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from apps.files.inspection.archives.budget import refuse_archive
from apps.files.inspection.inflating import GZIP, Inflater
from apps.files.inspection.reading import chunks_of


def gunzipped(source: BinaryIO) -> Iterator[bytes]:
    """Yield the contents of all members, in pieces; zeros may pad the end.

    Raises:
        UnsafeFile: `file_broken`; `archive_unsafe`, other data follows.
    """
    chunks = chunks_of(source)
    waiting = next(chunks, b"")
    while waiting:
        inflater = Inflater(GZIP)
        yield from inflater.inflate(chain([waiting], chunks))
        if not inflater.is_ended:
            refuse_archive("ends before its contents do")
        waiting = inflater.unused.lstrip(b"\x00") or next((c.lstrip(b"\x00") for c in chunks if c.strip(b"\x00")), b"")
        if waiting and not b"\x1f\x8b".startswith(waiting[:2]):
            refuse_archive("is followed by other data")
