"""Pictures in other sizes: drawn once per content, by a worker, when the scanner has nothing against it."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Final
from uuid import UUID

from django.db import transaction

from apps.core.ids import new_id
from apps.core.images import DRAWABLE_TYPES, DrawnImage, InvalidImage, draw_image
from apps.core.storage import object_store
from apps.core.tenancy.context import current_tenant_id
from apps.files.choices import ScanState, VariantKind
from apps.files.models import Blob, ImageVariant
from apps.files.pictures import SIDES

logger = logging.getLogger(__name__)

MOST_BYTES: Final = 100 * 1024 * 1024
_HARMLESS: Final = (ScanState.CLEAN, ScanState.NOT_SCANNED)
_KIND_OF_SIDE: Final[dict[int, VariantKind]] = {side: kind for kind, side in SIDES.items()}


def draw_variants(*, blob_id: UUID) -> int:
    """Draw the picture in each size and format, and store what was drawn.

    Does nothing when that was done before, when the bytes are no picture that can be drawn, and when the scanner has
    not cleared them. When it fails, neither rows nor, as far as the store answers, objects are left behind; what a
    dying process leaves in the store, the collection of orphans finds.

    Returns:
        How many pictures were drawn.

    Raises:
        ObjectMissing: the store does not have the bytes.
        StorageUnavailable: the store does not answer.
    """
    blob = Blob.objects.filter(
        id=blob_id, scan_state__in=_HARMLESS, media_type__in=DRAWABLE_TYPES, size_bytes__lte=MOST_BYTES
    ).first()
    if blob is None or ImageVariant.objects.filter(blob=blob).exists():
        return 0
    try:
        with _bytes_of(blob) as source:
            pictures = draw_image(source, list(SIDES.values()))
    except InvalidImage as error:
        logger.warning("picture_not_drawn", extra={"blob": str(blob.id), "reason": error.code})
        return 0
    return _keep(blob, pictures)


@contextmanager
def _bytes_of(blob: Blob) -> Iterator[IO[bytes]]:
    """Copy the bytes to the disk of this machine, in bounded memory."""
    with TemporaryFile() as file:
        for chunk in object_store().read(blob.key):
            file.write(chunk)
        yield file


def _keep(blob: Blob, pictures: list[DrawnImage]) -> int:
    """Store the pictures and their rows: all, or none when another worker was first or the blob is gone."""
    variants: list[ImageVariant] = []
    is_kept = False
    try:
        for picture in pictures:
            variant = _variant(blob, picture)
            variants.append(variant)
            object_store().write(variant.key, [picture.content], media_type=picture.media_type)
        is_kept = _insert(blob, variants)
    finally:
        if not is_kept:
            object_store().delete([variant.key for variant in variants])
    return len(variants) if is_kept else 0


def _variant(blob: Blob, picture: DrawnImage) -> ImageVariant:
    variant_id = new_id()
    return ImageVariant(
        id=variant_id,
        blob=blob,
        kind=_KIND_OF_SIDE[picture.side],
        media_type=picture.media_type,
        key=f"{current_tenant_id()}/variants/{variant_id}",
        width=picture.width,
        height=picture.height,
        size_bytes=len(picture.content),
    )


@transaction.atomic
def _insert(blob: Blob, variants: list[ImageVariant]) -> bool:
    """Insert the rows, unless the blob is gone, no longer harmless, or has its pictures; return whether they are in."""
    locked = Blob.objects.select_for_update(no_key=True).filter(id=blob.id, scan_state__in=_HARMLESS).first()
    if locked is None or ImageVariant.objects.filter(blob=locked).exists():
        return False
    ImageVariant.objects.bulk_create(variants)
    return True


def variant_keys(*, blob_ids: Collection[UUID]) -> list[str]:
    """Return the keys of the pictures that were drawn from these blobs: they go when the blobs go."""
    return list(ImageVariant.objects.filter(blob_id__in=blob_ids).order_by("id").values_list("key", flat=True))
