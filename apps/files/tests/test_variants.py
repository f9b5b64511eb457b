"""Pictures in other sizes: drawn once, when the scanner allows it, all or none."""

from typing import Any
from unittest.mock import patch

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.events import emit
from apps.core.ids import new_id
from apps.core.images import AVIF, WEBP, draw_image
from apps.core.models import Tenant
from apps.core.storage import ObjectMissing, StorageUnavailable, object_store
from apps.core.storage.local import LocalStore
from apps.core.tenancy.context import tenant_context
from apps.core.tests.pictures import exif, opened, picture
from apps.files.choices import ScanState, VariantKind
from apps.files.events import BlobScanned
from apps.files.factories import BlobFactory
from apps.files.models import Blob, ImageVariant
from apps.files.services import variants
from apps.files.services.variants import draw_variants, variant_keys
from tests.parallel import in_parallel

ALL = [
    (VariantKind.CARD, AVIF, 640, 480), (VariantKind.CARD, WEBP, 640, 480),
    (VariantKind.FULL, AVIF, 800, 600), (VariantKind.FULL, WEBP, 800, 600),
    (VariantKind.THUMBNAIL, AVIF, 160, 120), (VariantKind.THUMBNAIL, WEBP, 160, 120),
]  # fmt: skip


def blob_of(content: bytes, media_type: str = "image/jpeg", **values: Any) -> Blob:
    return BlobFactory.create(content=content, media_type=media_type, stored=True, **values)


def rows() -> list[tuple[Any, ...]]:
    return list(
        ImageVariant.objects.order_by("kind", "media_type").values_list("kind", "media_type", "width", "height")
    )


def stored(tenant: Tenant) -> list[str]:
    return sorted(entry.key for entry in object_store().objects(f"{tenant.id}/variants/"))


def test_a_picture_is_drawn_in_three_sizes_and_two_formats(in_school: Tenant) -> None:
    blob = blob_of(picture(exif=exif()))

    count = draw_variants(blob_id=blob.id)

    assert (count, rows()) == (6, ALL)
    assert stored(in_school) == sorted(variant_keys(blob_ids=[blob.id]))
    for variant in ImageVariant.objects.all():
        content = b"".join(object_store().read(variant.key))
        assert len(content) == variant.size_bytes
        assert opened(content).size == (variant.width, variant.height)
        assert b"SecretCamera" not in content


def test_told_twice_it_is_drawn_once(in_school: Tenant) -> None:
    blob = blob_of(picture())
    draw_variants(blob_id=blob.id)
    before = stored(in_school)

    assert draw_variants(blob_id=blob.id) == 0
    assert stored(in_school) == before


@pytest.mark.parametrize(
    ("state", "count"),
    [
        (ScanState.CLEAN, 6), (ScanState.NOT_SCANNED, 6), (ScanState.PENDING, 0), (ScanState.INFECTED, 0),
        (ScanState.ERROR, 0),
    ],
)  # fmt: skip
def test_nothing_is_drawn_that_the_scanner_has_not_cleared(in_school: Tenant, state: str, count: int) -> None:
    blob = blob_of(picture(), scan_state=state)

    assert draw_variants(blob_id=blob.id) == count
    assert len(rows()) == count


def test_the_verdict_of_the_scanner_has_it_drawn(
    in_school: Tenant, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    blob = blob_of(picture())

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            emit(BlobScanned(blob_id=blob.id, state=ScanState.CLEAN))

    assert rows() == ALL


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"text", "text/plain"), (b"<svg/>", "image/svg+xml"), (picture(kind="AVIF"), "image/avif"),
        (b"broken", "image/png"), (picture()[:900], "image/jpeg"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_has_no_variants(in_school: Tenant, content: bytes, media_type: str) -> None:
    blob = blob_of(content, media_type)

    assert draw_variants(blob_id=blob.id) == 0
    assert (rows(), stored(in_school)) == ([], [])


def test_too_many_bytes_are_not_fetched(in_school: Tenant) -> None:
    blob = blob_of(picture())

    with patch.object(variants, "MOST_BYTES", blob.size_bytes - 1):
        assert draw_variants(blob_id=blob.id) == 0


def test_bytes_that_are_gone_are_nothing_to_draw(in_school: Tenant) -> None:
    assert draw_variants(blob_id=new_id()) == 0


def test_bytes_that_the_store_has_lost_are_an_error(in_school: Tenant) -> None:
    blob = BlobFactory.create(content=picture(), media_type="image/jpeg")

    with pytest.raises(ObjectMissing):
        draw_variants(blob_id=blob.id)


def test_another_schools_picture_is_not_drawn_from_here(school: Tenant, other_school: Tenant) -> None:
    with tenant_context(other_school):
        blob = blob_of(picture())

    with tenant_context(school):
        assert draw_variants(blob_id=blob.id) == 0
    with tenant_context(other_school):
        assert rows() == []


def test_a_store_that_fails_halfway_leaves_neither_rows_nor_objects(in_school: Tenant) -> None:
    blob = blob_of(picture())
    write, written = LocalStore.write, []

    def fail_at_the_fourth(store: LocalStore, key: str, chunks: Any, *, media_type: str) -> int:
        written.append(key)
        if len(written) == 4:
            raise StorageUnavailable
        return write(store, key, chunks, media_type=media_type)

    with patch.object(LocalStore, "write", fail_at_the_fourth), pytest.raises(StorageUnavailable):
        draw_variants(blob_id=blob.id)

    assert (rows(), stored(in_school)) == ([], [])
    assert draw_variants(blob_id=blob.id) == 6


def test_a_database_that_fails_leaves_no_objects(in_school: Tenant) -> None:
    blob = blob_of(picture())

    with patch.object(variants, "_insert", side_effect=RuntimeError), pytest.raises(RuntimeError):
        draw_variants(blob_id=blob.id)

    assert (rows(), stored(in_school)) == ([], [])


@pytest.mark.parametrize("meanwhile", ["deleted", "infected"])
def test_what_changes_while_it_is_drawn_keeps_nothing(in_school: Tenant, meanwhile: str) -> None:
    blob = blob_of(picture())

    def change_meanwhile(*args: Any) -> Any:
        pictures = draw_image(*args)
        if meanwhile == "deleted":
            Blob.objects.filter(id=blob.id).delete()
        else:
            Blob.objects.filter(id=blob.id).update(scan_state=ScanState.INFECTED)
        return pictures

    with patch.object(variants, "draw_image", change_meanwhile):
        count = draw_variants(blob_id=blob.id)

    assert (count, rows(), stored(in_school)) == (0, [], [])


def test_the_keys_of_a_blobs_pictures_are_known(in_school: Tenant) -> None:
    one, other = blob_of(picture()), blob_of(picture((300, 200)))
    draw_variants(blob_id=one.id)
    draw_variants(blob_id=other.id)

    assert len(variant_keys(blob_ids=[one.id])) == 6
    assert sorted(variant_keys(blob_ids=[one.id, other.id])) == stored(in_school)
    assert variant_keys(blob_ids=[new_id()]) == []


@pytest.mark.timeout(30)
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_one_set(school: Tenant) -> None:
    with tenant_context(school):
        blob = blob_of(picture())

    def draw() -> int:
        with tenant_context(school):
            return draw_variants(blob_id=blob.id)

    counts = in_parallel([draw, draw])

    with tenant_context(school):
        assert sorted(counts) == [0, 6]
        assert rows() == ALL
        assert stored(school) == sorted(variant_keys(blob_ids=[blob.id]))
