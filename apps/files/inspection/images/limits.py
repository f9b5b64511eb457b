"""How large an image may be. A few kilobytes can stand for gigabytes of pixels, so this is asked before decoding."""

from typing import Final

from apps.files.inspection.errors import refuse

MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 16_384
MOST_FRAMES: Final = 1_000
MOST_PIXELS_OF_ALL_FRAMES: Final = 1_000_000_000


def check_size(width: int, height: int) -> None:
    """Accept a size in pixels.

    Raises:
        UnsafeFile: `image_too_large`; `image_broken`, no pixels.
    """
    if not width or not height:
        refuse("The image has no pixels. Save it anew and upload it again.", code="image_broken")
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        message = (
            f"The image has {width:,} by {height:,} pixels; {MOST_PIXELS // 1_000_000} million "
            f"and {LONGEST_SIDE:,} on a side are the most. Scale it down and upload it again."
        )
        refuse(message, code="image_too_large")


def check_frames(count: int, width: int, height: int) -> None:
    """Accept the number of frames of a moving image.

    Raises:
        UnsafeFile: `image_too_large`.
    """
    if count > MOST_FRAMES or count * width * height > MOST_PIXELS_OF_ALL_FRAMES:
        message = f"The image has too many frames: {MOST_FRAMES:,} are the most. Upload a video instead."
        refuse(message, code="image_too_large")
