"""Streams of bytes, cut to size."""

from collections.abc import Iterable, Iterator


def pieces_of(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of exactly `size`, the last one shorter. No more than one piece is held."""
    held = bytearray()
    for chunk in chunks:
        rest = memoryview(chunk)
        while rest:
            taken = rest[: size - len(held)]
            held += taken
            rest = rest[len(taken) :]
            if len(held) == size:
                yield bytes(held)
                held.clear()
    if held:
        yield bytes(held)
