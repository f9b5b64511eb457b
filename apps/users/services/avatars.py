"""Avatars: what people upload is decoded and drawn anew, so that nothing but the picture is kept."""

import threading
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Final

from django.core.files.base import ContentFile, File
from django.db import transaction

from apps.core.errors import InvalidInput
from apps.core.ids import new_id
from apps.users.models import User

if TYPE_CHECKING:  # 7 MB in every process; loaded by the first that draws
    from PIL import Image

MAX_BYTES: Final = 2 * 1024 * 1024
# What a decoder holds in memory at once: a few kilobytes can stand for all of it. JPEG is decoded at a fraction of
# its size, the others in full, at up to 20 bytes a pixel.
MAX_PIXELS: Final = {"JPEG": 25_000_000, "PNG": 8_000_000, "WEBP": 8_000_000, "GIF": 8_000_000}
SIDE: Final = 512
_one_at_a_time: Final = threading.Lock()


class InvalidAvatar(InvalidInput):
    """The upload is no picture that can be used."""

    code = "invalid_avatar"
    default_field = "avatar"
    default_detail = "This is no picture. Upload a JPEG, PNG, WebP or GIF file."


def draw_avatar(upload: "File[bytes]") -> "ContentFile[bytes]":
    """Return the picture as WebP, upright, no side longer than `SIDE` pixels, without metadata.

    Raises:
        InvalidAvatar: too many bytes or pixels, or no picture.
    """
    from PIL import Image  # noqa: PLC0415  see above

    if (upload.size or 0) > MAX_BYTES:
        message = f"The picture has more than {MAX_BYTES // 1024 // 1024} MB; upload a smaller one."
        raise InvalidAvatar(message)
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            picture = Image.open(upload, formats=tuple(MAX_PIXELS))
        most = MAX_PIXELS.get(str(picture.format), MAX_PIXELS["JPEG"])  # a JPEG of several pictures has another name
        if picture.width * picture.height > most:
            message = f"The picture has more than {most // 1_000_000} million pixels; upload a smaller one."
            raise InvalidAvatar(message)
        with _one_at_a_time:
            return _encode(picture)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise InvalidAvatar from error


def _encode(picture: "Image.Image") -> "ContentFile[bytes]":
    from PIL import Image, ImageOps  # noqa: PLC0415  see above

    picture.draft("RGB", (SIDE, SIDE))
    picture.thumbnail((2 * SIDE, 2 * SIDE))  # before the copies that follow
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    target = BytesIO()
    clean.save(target, format="WEBP", quality=85)
    return ContentFile(target.getvalue())


def put_avatar(user: User, upload: "File[bytes] | None") -> None:
    """Set the avatar of `user`, or take it away, without saving the account; the old file goes after the commit.

    Raises:
        InvalidAvatar: the upload is no picture that can be used.
    """
    old = user.avatar.name
    if upload is None:
        user.avatar = None
    else:
        folder = user.tenant_id or "platform"
        user.avatar.save(f"{folder}/{user.id}/{new_id()}.webp", draw_avatar(upload), save=False)
    if old:
        transaction.on_commit(lambda: user.avatar.storage.delete(old), robust=True)
