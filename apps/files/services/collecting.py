"""Orphans: bytes in the store that no row refers to any more, or never did.

They come from processes that died between store and database, from signed requests that were used after their upload
was over, and from files that were purged. Nothing young is touched, for its row may just be on its way, and nothing
that a row refers to: a blob is locked and looked at again before it goes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.core.storage import StoredObject, object_store
from apps.core.tenancy.context import current_tenant_id
from apps.files.models import Blob, FileVersion, ImageVariant, Upload
from apps.files.services.contents import discard_on_commit
from apps.files.services.quota import OPEN_STATES

OBJECT_AGE: Final = timedelta(hours=24)
MULTIPART_AGE: Final = timedelta(hours=24)
BLOB_AGE: Final = timedelta(hours=1)
# What files keep below the tenant's id; other apps may keep other things there.
FOLDERS: Final = ("uploads", "variants")
BATCH: Final = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Collected:
    """How many orphans there were: blobs that no version has, objects without a row, uploads in parts nobody ended."""

    blobs: int = 0
    objects: int = 0
    object_bytes: int = 0
    multiparts: int = 0

    def __add__(self, other: "Collected") -> "Collected":
        return Collected(
            self.blobs + other.blobs,
            self.objects + other.objects,
            self.object_bytes + other.object_bytes,
            self.multiparts + other.multiparts,
        )


def collect_orphans(*, now: datetime, is_dry_run: bool = False) -> Collected:
    """Delete the orphans of the open school, or with `is_dry_run` only count them.

    Blobs go an hour after they came, objects and uploads in parts after a day.

    Raises:
        StorageUnavailable: the store failed; what was found until then is gone.
    """
    return (
        Collected(blobs=_collect_blobs(now, is_dry_run=is_dry_run))
        + _collect_objects(now, is_dry_run=is_dry_run)
        + Collected(multiparts=_collect_multiparts(now, is_dry_run=is_dry_run))
    )


def _collect_blobs(now: datetime, *, is_dry_run: bool) -> int:
    old = Blob.objects.filter(created_at__lt=now - BLOB_AGE)
    found = list(_without_versions(old).order_by("id").values_list("id", flat=True))
    if is_dry_run:
        return len(found)
    return sum(_delete_blobs(batch) for batch in _batches(found))


def _without_versions(blobs: QuerySet[Blob]) -> QuerySet[Blob]:
    return blobs.exclude(Exists(FileVersion.objects.filter(blob=OuterRef("pk"))))


@transaction.atomic
def _delete_blobs(ids: list[UUID]) -> int:
    """Lock the blobs, look again whether nobody took them up meanwhile, and delete them; the objects after that."""
    locked = Blob.objects.select_for_update(skip_locked=True).filter(id__in=ids)
    held = list(locked.values_list("id", flat=True))
    orphans = _without_versions(Blob.objects.filter(id__in=held))
    keys = dict(orphans.values_list("id", "key"))
    variants = ImageVariant.objects.filter(blob_id__in=keys)
    discard_on_commit(*keys.values(), *variants.values_list("key", flat=True))
    Blob.objects.filter(id__in=keys).delete()
    return len(keys)


def _collect_objects(now: datetime, *, is_dry_run: bool) -> Collected:
    store = object_store()
    total = Collected()
    for folder in FOLDERS:
        found = store.objects(f"{current_tenant_id()}/{folder}/")
        old = (each for each in found if each.modified_at < now - OBJECT_AGE)
        for batch in _batches(old):
            orphans = _without_rows(batch)
            total += Collected(objects=len(orphans), object_bytes=sum(each.size_bytes for each in orphans))
            if not is_dry_run:
                store.delete([each.key for each in orphans])
    return total


def _without_rows(objects: list[StoredObject]) -> list[StoredObject]:
    """Return those that nothing refers to: in one statement, so that an upload that becomes a blob counts."""
    keys = [each.key for each in objects]
    of_blobs = Blob.objects.filter(key__in=keys).values_list("key", flat=True)
    of_uploads = Upload.objects.filter(key__in=keys, state__in=OPEN_STATES).values_list("key", flat=True)
    of_variants = ImageVariant.objects.filter(key__in=keys).values_list("key", flat=True)
    used = set(of_blobs.union(of_uploads, of_variants, all=True))
    return [each for each in objects if each.key not in used]


def _collect_multiparts(now: datetime, *, is_dry_run: bool) -> int:
    store = object_store()
    count = 0
    for found in list(store.open_multiparts(f"{current_tenant_id()}/")):
        is_open = Upload.objects.filter(key=found.key, multipart_id=found.multipart_id, state__in=OPEN_STATES)
        if found.started_at < now - MULTIPART_AGE and not is_open.exists():
            count += 1
            if not is_dry_run:
                store.abort_multipart(found.key, found.multipart_id)
    return count


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
