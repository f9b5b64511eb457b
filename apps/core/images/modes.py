"""From whatever pixels a picture has to the two kinds that are written: RGB, and RGBA where something shows through."""

from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

_LONGEST_PROFILE: Final = 1024 * 1024


def prepared(picture: "Image.Image", side: int) -> "Image.Image":
    """Return the picture decoded, no larger than needed for `side`, in a mode that can be scaled smoothly."""
    shrunk = max(1, max(picture.size) / side)
    picture.draft(None, (int(picture.width / shrunk) or 1, int(picture.height / shrunk) or 1))  # JPEG alone does
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")  # `convert` alone would cut off
    elif picture.mode in {"P", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    elif picture.mode == "1":
        picture = picture.convert("L")
    picture.thumbnail((side, side))
    return picture


def paintable(picture: "Image.Image") -> "Image.Image":
    """Return a picture upright, in sRGB, as RGB or RGBA, with nothing attached to it."""
    from PIL import Image  # noqa: PLC0415  see drawing.py

    mode = "RGBA" if "A" in picture.getbands() else "RGB"
    upright = _in_srgb(_upright(picture), mode).convert(mode)
    clean = Image.new(mode, upright.size)
    clean.paste(upright)
    return clean


def _upright(picture: "Image.Image") -> "Image.Image":
    from PIL import ImageOps  # noqa: PLC0415  see drawing.py

    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001  as many kinds as there are ways to break EXIF; the pixels are good
        return picture


def _in_srgb(picture: "Image.Image", mode: str) -> "Image.Image":
    """Return the colours as every screen shows them; a profile that is broken changes nothing."""
    from PIL import ImageCms  # noqa: PLC0415  see drawing.py

    profile = picture.info.get("icc_profile")
    if not profile or len(profile) > _LONGEST_PROFILE or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return converted or picture
