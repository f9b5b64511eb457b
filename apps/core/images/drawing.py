"""Draws pictures anew: what comes out holds the pixels in sRGB and nothing else of what came in.

Pillow is 7 MB in every process that imports it, so the first that draws loads it.
"""

import struct
import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final

from apps.core.errors import InvalidInput
from apps.core.images.modes import paintable, prepared

if TYPE_CHECKING:
    from PIL import Image

AVIF: Final = "image/avif"
WEBP: Final = "image/webp"
# AVIF is not read: its header may promise 64 pixels and its content be 16,384 squared. A kilobyte took 226 MB.
DRAWABLE_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
MEMORY: Final = 256 * 1024 * 1024
MOST_PIXELS: Final = 120_000_000
# What drawing takes at its worst, measured. JPEG is decoded at a fraction of its size, unless it is progressive:
# then all its coefficients are held first.
_BYTES_PER_PIXEL: Final = {"JPEG": 10, "PNG": 12, "GIF": 12, "WEBP": 18}
_BASELINE_BYTES_PER_PIXEL: Final = 2
# Each scan of a progressive JPEG is a walk over all its pixels and may take no more than a few bytes; encoders make 10.
_MOST_SCANS: Final = 40
_START_OF_SCAN: Final = b"\xff\xda"
_ENCODERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    WEBP: ("WEBP", {"quality": 80, "method": 4}),
    AVIF: ("AVIF", {"quality": 60, "speed": 8, "max_threads": 1}),
}
# What Pillow's decoders raise over hostile bytes.
_BROKEN: Final = (
    OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, RuntimeError, MemoryError,
    struct.error,
)  # fmt: skip
_one_at_a_time: Final = threading.Lock()


class InvalidImage(InvalidInput):
    """The bytes are no picture that can be drawn."""

    code = "invalid_image"
    default_detail = "This is no picture that can be shown. Choose a JPEG, PNG, WebP or GIF file."


class ImageTooLarge(InvalidImage):
    """The picture has more pixels than may be decoded."""

    code = "image_too_large"


@dataclass(frozen=True, slots=True)
class DrawnImage:
    """A picture that was drawn: `side` is what it had to fit into, in pixels."""

    side: int
    media_type: str
    width: int
    height: int
    content: bytes


@cache
def draws_avif() -> bool:
    """Whether this installation's Pillow can write AVIF."""
    from PIL import features  # noqa: PLC0415  see above

    return bool(features.check("avif"))


def draw_image(
    source: IO[bytes], sides: Sequence[int], *, media_types: Sequence[str] | None = None, memory: int = MEMORY
) -> list[DrawnImage]:
    """Draw the picture so that it fits into each of the squares, upright, in sRGB, without metadata.

    Nothing is enlarged. Of what moves, the first frame is drawn. A process draws one picture at a time.

    Args:
        source: the bytes of a JPEG, PNG, WebP or GIF; must be seekable.
        sides: of the squares, in pixels.
        media_types: in which formats; without them, in all that can be written.
        memory: how many bytes drawing may take; it decides how many pixels are too many.

    Raises:
        ImageTooLarge: more pixels than fit into the memory.
        InvalidImage: no picture, or a broken one.
    """
    from PIL import Image  # noqa: PLC0415  see above

    wanted = media_types or ([WEBP, AVIF] if draws_avif() else [WEBP])
    try:
        with _one_at_a_time, warnings.catch_warnings(action="ignore"):
            source.seek(0)
            with Image.open(source, formats=tuple(_BYTES_PER_PIXEL)) as picture:
                _check_size(picture, source, memory)
                return list(_draw(picture, sorted(sides, reverse=True), wanted))
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(_too_large(MOST_PIXELS)) from error
    except _BROKEN as error:
        raise InvalidImage from error


def _check_size(picture: "Image.Image", source: IO[bytes], memory: int) -> None:
    """Refuse what takes too much memory or time, before anything is decoded."""
    needed = _BYTES_PER_PIXEL.get(str(picture.format), _BYTES_PER_PIXEL["JPEG"])  # a JPEG of several has another name
    if needed == _BYTES_PER_PIXEL["JPEG"]:
        if not picture.info.get("progressive"):
            needed = _BASELINE_BYTES_PER_PIXEL
        elif _scans(source) > _MOST_SCANS:
            raise InvalidImage
    most = min(memory // needed, MOST_PIXELS)
    if picture.width * picture.height > most:
        raise ImageTooLarge(_too_large(most))


def _too_large(most: int) -> str:
    return f"The picture has more than {most // 1_000_000} million pixels; choose a smaller one."


def _scans(source: IO[bytes]) -> int:
    position, last, count = source.tell(), b"", 0
    source.seek(0)
    for chunk in iter(partial(source.read, 64 * 1024), b""):
        count += (last + chunk).count(_START_OF_SCAN)
        last = chunk[-1:]
    source.seek(position)
    return count


def _draw(picture: "Image.Image", sides: Sequence[int], media_types: Sequence[str]) -> Iterator[DrawnImage]:
    """Yield from the largest to the smallest, each drawn from the one before."""
    painted = paintable(prepared(picture, sides[0]))
    for side in sides:
        painted.thumbnail((side, side))
        for media_type in media_types:
            yield _encoded(painted, side, media_type)


def _encoded(painted: "Image.Image", side: int, media_type: str) -> DrawnImage:
    target = BytesIO()
    name, options = _ENCODERS[media_type]
    painted.save(target, format=name, **options)
    return DrawnImage(side, media_type, painted.width, painted.height, target.getvalue())
