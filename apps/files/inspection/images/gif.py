"""GIF (GIF89a): its blocks; comments and what programs put into it are left out, but for loops."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from apps.files.inspection.images.limits import check_frames, check_size
from apps.files.inspection.images.pieces import Piece, Walker, refuse_image

_FRAME, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})


def gif_pieces(source: BinaryIO, size: int) -> Iterator[Piece]:
    """Yield the picture piece by piece.

    Raises:
        UnsafeFile: `image_broken` or `image_too_large`.
    """
    walker = Walker(source, size)
    width, height = _skip_header(walker)
    yield Piece(0, walker.at)
    frames = 0
    while (kind := walker.read(1)[0]) != _TRAILER:
        start = walker.at - 1
        if kind == _FRAME:
            frames += 1
            check_frames(frames, width, height)
            _skip_frame(walker)
            yield Piece(start, walker.at - start)
        elif kind == _EXTENSION:
            is_kept = _skip_extension(walker)
            yield Piece(start, walker.at - start, None if is_kept else b"")
        else:
            refuse_image()
    if not frames:
        refuse_image()
    yield Piece(walker.at - 1, 1)
    if walker.left:
        yield Piece(walker.at, walker.left, b"")


def _skip_header(walker: Walker) -> tuple[int, int]:
    """Go over the header; return width and height."""
    signature, width, height, flags, _, _ = walker.unpack("<6sHHBBB")
    if signature not in {b"GIF87a", b"GIF89a"}:
        refuse_image()
    check_size(width, height)
    _skip_colours(walker, flags)
    return width, height


def _skip_colours(walker: Walker, flags: int) -> None:
    if flags & 0x80:
        walker.skip(3 << (flags & 7) + 1)


def _skip_frame(walker: Walker) -> None:
    left, top, width, height, flags = walker.unpack("<HHHHB")
    check_size(left + width, top + height)
    _skip_colours(walker, flags)
    if not 1 <= walker.read(1)[0] <= 11:
        refuse_image()
    _skip_blocks(walker)


def _skip_extension(walker: Walker) -> bool:
    """Go over an extension; return whether the picture needs it."""
    label = walker.read(1)[0]
    is_kept = label == _CONTROL or (label == _APPLICATION and walker.peek(12)[1:] in _LOOPS)
    _skip_blocks(walker)
    return is_kept


def _skip_blocks(walker: Walker) -> None:
    while length := walker.read(1)[0]:
        walker.skip(length)
