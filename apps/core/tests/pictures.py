"""Pictures for tests: as many kinds as people upload, and a few that nobody should."""

from io import BytesIO
from typing import Any

from PIL import Image

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def picture(size: tuple[int, int] = (800, 600), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture of two halves, the left one red (light where there are no colours), the right one black."""
    image = Image.new(mode, size, (0, 0, 0, 255) if mode == "CMYK" else 0)
    light: Any = {"RGB": (255, 0, 0), "RGBA": (255, 0, 0, 255), "CMYK": (0, 255, 255, 0), "LA": (255, 255)}.get(mode)
    image.paste(light or {"I;16": 0x8080, "1": 1, "P": 1}.get(mode, 255), (0, 0, size[0] // 2, size[1]))
    if mode == "P":
        image.putpalette([0, 0, 0, 255, 0, 0])
    target = BytesIO()
    image.save(target, format=kind, **options)
    return target.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Return metadata as a phone writes it: who made the picture, which way is up, and where it was taken."""
    data = Image.Exif()
    data[MAKER] = "SecretCamera"
    data[ORIENTATION] = orientation
    data.get_ifd(GPS)[2] = (48.0, 8.0, 14.0)
    return data


def opened(content: bytes) -> Image.Image:
    """Return the picture, decoded."""
    image = Image.open(BytesIO(content))
    image.load()
    return image
