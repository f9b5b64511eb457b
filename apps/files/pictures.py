"""The addresses at which browsers get the pictures that files hold: `<img>` sends no login with them."""

from typing import Final
from uuid import UUID

from apps.core.capabilities import public_url, sign_capability
from apps.core.images import DRAWABLE_TYPES
from apps.core.tenancy.context import current_tenant_id
from apps.files.choices import VariantKind

PURPOSE: Final = "file"
# What browsers show without running it; what cannot be drawn smaller is shown as it is.
RASTER_TYPES: Final = DRAWABLE_TYPES | {"image/avif"}
SIDES: Final = {VariantKind.THUMBNAIL: 160, VariantKind.CARD: 640, VariantKind.FULL: 1920}  # in pixels
# How addresses name the sizes.
NUMBERS: Final = {VariantKind.THUMBNAIL: 1, VariantKind.CARD: 2, VariantKind.FULL: 3}
KINDS: Final = {number: kind for kind, number in NUMBERS.items()}


_PATH: Final = "/api/files/images/"


def picture_url(*, file_id: UUID, kind: VariantKind, version_number: int = 0) -> str:
    """Return where whoever is given it sees the picture in a file of the open school, for a day at least.

    It takes no SQL. What is shown is the file's current picture; where the version is known, another one has
    another address, so that no browser shows what it remembers.
    """
    token = sign_capability(PURPOSE, tenant_id=current_tenant_id(), subject_id=file_id, kind=NUMBERS[kind])
    version = f"?v={version_number}" if version_number else ""
    return public_url(f"{_PATH}{token}/{version}")


def is_picture_url(url: str) -> bool:
    """Whether the address is one that `picture_url` returns."""
    return url.startswith(public_url(_PATH))


def pictures_of(*, file_id: UUID, media_type: str, version_number: int) -> dict[str, str] | None:
    """Return the address of each size by its name; None for a file that holds no picture."""
    if media_type not in RASTER_TYPES:
        return None
    return {kind.value: picture_url(file_id=file_id, kind=kind, version_number=version_number) for kind in NUMBERS}
