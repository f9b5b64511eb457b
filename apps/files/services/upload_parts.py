"""The pieces in which an upload is sent: one, or several of equal size and a last one.

Nothing about them is stored: the plan follows from the upload's size, and what has arrived the store knows.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apps.core.storage import ObjectMissing, SignedRequest, StoredPart, object_store
from apps.files.choices import UploadState
from apps.files.models import Upload
from apps.files.services.quota import MEGABYTE
from apps.files.services.upload_errors import SizeMismatch, UploadIncomplete

SIGNED_SECONDS: Final = 3600
SMALLEST_PART: Final = 16 * MEGABYTE
# Stores take 10,000; a client gets the addresses of all parts at once, and a thousand is enough of them.
MOST_PARTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an upload; numbers count from 1, sizes and offsets are in bytes.

    `request` sends it; None once it has arrived, or when the upload takes no more.
    """

    number: int
    offset: int
    size_bytes: int
    has_arrived: bool
    request: SignedRequest | None


def part_size_of(size: int) -> int:
    """Return how large the parts of a file of `size` bytes are: whole megabytes, and not too many parts."""
    store = object_store()
    share = math.ceil(size / min(MOST_PARTS, store.most_parts))
    wanted = max(SMALLEST_PART, store.smallest_part, share)
    return math.ceil(wanted / MEGABYTE) * MEGABYTE


def parts_of(upload: Upload, *, now: datetime) -> list[Part]:
    """Return the pieces of an upload: which have arrived, and how to send the others. Empty once it is closed.

    Raises:
        StorageUnavailable: the store does not answer.
    """
    if upload.state != UploadState.RESERVED or upload.expires_at <= now:
        return []
    store = object_store()
    seconds = min(SIGNED_SECONDS, int((upload.expires_at - now).total_seconds()) + 1)
    if not upload.multipart_id:
        found = store.stat(upload.key)
        request = None if found else store.sign_put(
            upload.key, size=upload.size_bytes, media_type=upload.media_type, seconds=seconds
        )  # fmt: skip
        return [Part(1, 0, upload.size_bytes, request is None, request)]
    try:
        arrived = {part.number: part.size_bytes for part in store.parts(upload.key, upload.multipart_id)}
    except ObjectMissing:  # they are one object already, and the check of it was interrupted
        return [Part(number, offset, size, has_arrived=True, request=None) for number, offset, size in plan_of(upload)]
    return [
        Part(number, offset, size, has_arrived=True, request=None)
        if arrived.get(number) == size
        else Part(
            number,
            offset,
            size,
            has_arrived=False,
            request=store.sign_part(upload.key, upload.multipart_id, number, size=size, seconds=seconds),
        )
        for number, offset, size in plan_of(upload)
    ]


def plan_of(upload: Upload) -> Iterator[tuple[int, int, int]]:
    """Yield number, offset and size of each part."""
    part_size = upload.part_size_bytes or upload.size_bytes
    for number, offset in enumerate(range(0, upload.size_bytes, part_size), start=1):
        yield number, offset, min(part_size, upload.size_bytes - offset)


def require_planned(upload: Upload, arrived: Sequence[StoredPart]) -> None:
    """Require that what has arrived is what was planned. Raises UploadIncomplete, SizeMismatch."""
    wanted = {number: size for number, _, size in plan_of(upload)}
    sizes = {part.number: part.size_bytes for part in arrived}
    if missing := sorted(wanted.keys() - sizes.keys()):
        raise UploadIncomplete(missing)
    if sizes != wanted:
        raise SizeMismatch(reserved=upload.size_bytes, found=sum(sizes.values()))
