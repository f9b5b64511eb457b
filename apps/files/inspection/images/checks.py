"""Whether a picture is whole, and small enough to be drawn."""

import threading
import warnings
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from apps.files.inspection.images.avif import avif_pieces
from apps.files.inspection.images.gif import gif_pieces
from apps.files.inspection.images.jpeg import jpeg_pieces
from apps.files.inspection.images.pieces import Piece, refuse_image
from apps.files.inspection.images.png import check_png, png_pieces
from apps.files.inspection.images.webp import webp_pieces

PIECES: Final[dict[str, Callable[[BinaryIO, int], Iterator[Piece]]]] = {
    "image/jpeg": jpeg_pieces,
    "image/png": png_pieces,
    "image/gif": gif_pieces,
    "image/webp": webp_pieces,
    "image/avif": avif_pieces,
}
# Decoded for the check, the largest taking some 300 MB for a moment: a JPEG at an eighth of its size, the first
# picture of the others. PNG is checked as a stream, whatever its size.
MOST_DECODED_PIXELS: Final = {"JPEG": 50_000_000, "GIF": 12_000_000, "WEBP": 12_000_000, "AVIF": 12_000_000}
_one_at_a_time: Final = threading.Lock()


def check_image(source: BinaryIO, size: int, media_type: str) -> None:
    """Accept a picture whose structure is whole and whose size is bounded. Types that are no picture pass.

    Raises:
        UnsafeFile: `image_broken` or `image_too_large`.
    """
    pieces = PIECES.get(media_type)
    if pieces is None:
        return
    for _ in pieces(source, size):
        pass
    if media_type == "image/png":
        check_png(source, size)
    else:
        _check_by_decoding(source)


def _check_by_decoding(source: BinaryIO) -> None:
    from PIL import Image  # noqa: PLC0415  7 MB in every process; loaded by the first that draws

    source.seek(0)
    try:
        with _one_at_a_time, warnings.catch_warnings(action="ignore"):
            picture = Image.open(source, formats=tuple(MOST_DECODED_PIXELS))
            if picture.width * picture.height > MOST_DECODED_PIXELS.get(picture.format or "", 0):
                return
            picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
            picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, Image.DecompressionBombError):
        refuse_image()
