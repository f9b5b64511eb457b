"""Images without what they tell about people: places, cameras, names, thumbnails of what was cut away."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from apps.files.inspection.images.checks import PIECES
from apps.files.inspection.images.pieces import Piece
from apps.files.inspection.reading import chunks_of

SPOOL_BYTES: Final = 1024 * 1024


def clean_image(source: BinaryIO, media_type: str) -> BinaryIO | None:
    """Return the image without metadata and without what follows it, its pixels untouched, byte for byte.

    Kept is what the picture needs to look right: orientation, colour profile, animation.

    Args:
        source: the bytes, seekable, once `inspect` has accepted them.
        media_type: as `inspect` returned it.

    Returns:
        A temporary file at its beginning, in memory up to `SPOOL_BYTES` and on disk beyond; the caller closes it.
        None when there is nothing to take out, or when it is no image.

    Raises:
        UnsafeFile: `image_broken`.
    """
    pieces = PIECES.get(media_type)
    if pieces is None:
        return None
    size = source.seek(0, 2)
    if not any(piece.replacement is not None for piece in pieces(source, size)):
        return None
    cleaned = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115  the caller closes it
    for piece in pieces(source, size):
        if piece.replacement is None:
            cleaned.writelines(_copy(source, piece))
        else:
            cleaned.write(piece.replacement)
    cleaned.seek(0)
    return cast("BinaryIO", cleaned)


def _copy(source: BinaryIO, piece: Piece) -> Iterator[bytes]:
    return chunks_of(source, start=piece.start, length=piece.length)
