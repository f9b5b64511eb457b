"""Requests in a file: each with its length in front, as `bench.client` and `wrk.lua` read them."""

import struct
from collections.abc import Iterable
from pathlib import Path

LENGTH = struct.Struct(">I")


def write_frames(path: Path, frames: Iterable[bytes]) -> None:
    """Write `frames` to `path`."""
    with path.open("wb") as file:
        for frame in frames:
            file.write(LENGTH.pack(len(frame)))
            file.write(frame)


def read_frames(path: Path) -> list[bytes]:
    """Return what `write_frames` wrote."""
    data = path.read_bytes()
    frames = []
    at = 0
    while at < len(data):
        (length,) = LENGTH.unpack_from(data, at)
        at += LENGTH.size
        frames.append(data[at : at + length])
        at += length
    return frames
