"""Avatars: what people upload is drawn anew in two sizes, so that nothing but the picture is kept."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Final, cast
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from apps.core.errors import InvalidInput
from apps.core.ids import new_id
from apps.core.images import WEBP, DrawnImage, InvalidImage, draw_image
from apps.core.storage import object_store
from apps.core.tenancy.context import current_scope
from apps.users.avatars import SIDES, avatar_key, avatar_place, avatars_of
from apps.users.models import User

logger = logging.getLogger(__name__)

MAX_BYTES: Final = 2 * 1024 * 1024
# Drawn while the person waits, in a process that serves others too.
MEMORY: Final = 128 * 1024 * 1024
# A picture is stored before the account that names it is saved.
KEEP_UNNAMED: Final = timedelta(days=1)
_BATCH: Final = 500


class InvalidAvatar(InvalidInput):
    """The upload is no picture that can be used."""

    code = "invalid_avatar"
    default_field = "avatar"
    default_detail = "This is no picture. Upload a JPEG, PNG, WebP or GIF file."


def put_avatar(user: User, upload: "File[bytes] | None") -> None:
    """Set the avatar of `user`, or take it away, without saving the account; the old pictures go after the commit.

    Raises:
        InvalidAvatar: the upload is no picture that can be used.
        StorageUnavailable: the object store does not answer.
    """
    old = user.avatar.name
    user.avatar = _stored(user.tenant_id, _drawn(upload)) if upload is not None else None
    if old:
        transaction.on_commit(lambda: _delete(old), robust=True)


def _drawn(upload: "File[bytes]") -> list[DrawnImage]:
    if (upload.size or 0) > MAX_BYTES:
        message = f"The picture has more than {MAX_BYTES // 1024 // 1024} MB; upload a smaller one."
        raise InvalidAvatar(message)
    try:
        return draw_image(cast("IO[bytes]", upload), list(SIDES.values()), media_types=[WEBP], memory=MEMORY)
    except InvalidImage as error:
        raise InvalidAvatar(error.detail) from error


def _stored(tenant_id: UUID | None, pictures: list[DrawnImage]) -> str:
    """Store the pictures, all or none; return their place."""
    place = avatar_place(tenant_id, new_id())
    try:
        for picture in pictures:
            object_store().write(avatar_key(place, picture.side), [picture.content], media_type=picture.media_type)
    except BaseException:
        _delete(place)
        raise
    return place


def _delete(place: str) -> None:
    """Remove the pictures; a store that fails now is asked again by the nightly `purge_avatars`."""
    try:
        object_store().delete([avatar_key(place, side) for side in SIDES.values()])
    except Exception:
        logger.exception("avatar_left_behind", extra={"place": place})


def purge_avatars(*, now: datetime | None = None) -> int:
    """Remove the open scope's pictures that no account names: a process died, or the store did not answer.

    Returns:
        How many objects went.
    """
    limit = (now or timezone.now()) - KEEP_UNNAMED
    count = 0
    for keys in _old_keys(limit):
        places = {key: key.rpartition("-")[0] for key in keys}
        named = set(User.objects.filter(avatar__in=set(places.values())).values_list("avatar", flat=True))
        unnamed = [key for key, place in places.items() if place not in named]
        object_store().delete(unnamed)
        count += len(unnamed)
    return count


def _old_keys(limit: datetime) -> Iterator[list[str]]:
    batch: list[str] = []
    for stored in object_store().objects(avatars_of(current_scope().tenant_id)):
        if stored.modified_at < limit:
            batch.append(stored.key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
