"""Unpacking deflated data piece by piece: however much it stands for, one piece is in memory at a time."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from apps.files.inspection.errors import refuse
from apps.files.inspection.reading import CHUNK_BYTES

GZIP: Final = 16 + zlib.MAX_WBITS


class Inflater:
    """One deflated stream. `window` as zlib takes it: raw, with zlib's own frame, or `GZIP`."""

    def __init__(self, window: int = zlib.MAX_WBITS) -> None:
        self._inflater = zlib.decompressobj(window)

    @property
    def is_whole(self) -> bool:
        """Whether the stream came to its end, and nothing followed it in the piece that ended it."""
        return self._inflater.eof and not self._inflater.unused_data

    @property
    def is_ended(self) -> bool:
        return self._inflater.eof

    @property
    def unused(self) -> bytes:
        """What followed the end, in the piece that ended the stream."""
        return self._inflater.unused_data

    def inflate(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield what the chunks stand for, in pieces; whoever counts them may stop at any.

        Raises:
            UnsafeFile: `file_broken`, they are no such stream.
        """
        for chunk in chunks:
            yield from self._drain(chunk)
            if self._inflater.eof:
                return
        yield from self._drain(b"")

    def _drain(self, waiting: bytes) -> Iterator[bytes]:
        while not self._inflater.eof:
            try:
                piece = self._inflater.decompress(waiting, CHUNK_BYTES)
            except zlib.error:
                message = "Packed data in this file is damaged. Save or pack it anew and upload it again."
                refuse(message, code="file_broken")
            if piece:
                yield piece
            waiting = self._inflater.unconsumed_tail
            if not waiting and len(piece) < CHUNK_BYTES:
                return
