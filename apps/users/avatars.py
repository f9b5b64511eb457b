"""Where the pictures of an avatar lie, and the addresses at which browsers get them.

`User.avatar` is the place of an avatar, `<tenant id>/avatars/<id>`; below it each size is an object of its own.
"""

from typing import Final
from uuid import UUID

from apps.core.capabilities import public_url, sign_capability

PURPOSE: Final = "avatar"
PICTURE: Final = 1
THUMBNAIL: Final = 2
SIDES: Final = {PICTURE: 512, THUMBNAIL: 96}  # in pixels
_PLATFORM: Final = "platform"


def avatars_of(tenant_id: UUID | None) -> str:
    """Return what the places of a school's avatars begin with; without a tenant, those of the platform's staff."""
    return f"{tenant_id or _PLATFORM}/avatars/"


def avatar_place(tenant_id: UUID | None, avatar_id: UUID) -> str:
    """Return the place of an avatar."""
    return f"{avatars_of(tenant_id)}{avatar_id}"


def avatar_key(place: str, side: int) -> str:
    """Return the key of one size in the object store."""
    return f"{place}-{side}.webp"


def avatar_url(place: str, *, kind: int) -> str | None:
    """Return the address of one size (of `SIDES`), good for a day at least; it takes no SQL.

    None: the place is of a release that could not show avatars.
    """
    owner, _, avatar_id = place.partition("/avatars/")
    try:
        tenant_id, subject_id = None if owner == _PLATFORM else UUID(owner), UUID(avatar_id)
    except ValueError:
        return None
    token = sign_capability(PURPOSE, tenant_id=tenant_id, subject_id=subject_id, kind=kind)
    return public_url(f"/api/users/avatars/{token}/")
