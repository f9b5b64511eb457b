"""Pictures at addresses that need no login: which is shown to whom, until when, and what never is."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from apps.core.capabilities import sign_capability
from apps.core.choices import TenantStatus
from apps.core.ids import new_id
from apps.core.images import AVIF, WEBP
from apps.core.models import Tenant
from apps.core.services.settings import change_settings
from apps.core.tenancy.context import tenant_context
from apps.core.tests.pictures import exif, opened, picture
from apps.files.choices import ScanState, VariantKind
from apps.files.factories import FileFactory
from apps.files.models import Blob, File
from apps.files.pictures import PURPOSE, picture_url, pictures_of
from apps.files.services.files import delete_file
from apps.files.services.variants import draw_variants
from apps.users.models import User
from tests.fixtures import ClientOf

BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


@pytest.fixture
def photo(in_school: Tenant, admin: User) -> File:
    """Return a picture of 800 by 600 pixels, drawn in all sizes."""
    file = FileFactory.create(
        name="photo.jpg", content=picture(), media_type="image/jpeg", stored=True, uploaded_by=admin
    )
    draw_variants(blob_id=file.blob_id)
    return file


def address(file: File, kind: VariantKind = VariantKind.CARD) -> str:
    return picture_url(file_id=file.id, kind=kind)


def asked(url: str, accept: str = "*/*", **headers: str) -> Any:
    """Ask as a browser does for `<img>`: without login."""
    return APIClient().get(url, headers={"Accept": accept, **headers})


def followed(answer: Any) -> tuple[str, bytes]:
    """Return the type and the bytes at which the answer leads."""
    found: Any = APIClient().get(urlsplit(answer["Location"]).path)
    content = b"".join(found)
    assert found["Content-Disposition"].startswith("inline")
    return found["Content-Type"], content


@pytest.mark.parametrize(
    ("kind", "size"),
    [(VariantKind.THUMBNAIL, (160, 120)), (VariantKind.CARD, (640, 480)), (VariantKind.FULL, (800, 600))],
)
@pytest.mark.parametrize(
    ("accept", "media_type"), [(BROWSER, AVIF), ("image/avif", AVIF), ("image/*", WEBP), ("*/*", WEBP), ("", WEBP)]
)
def test_browsers_get_the_size_that_was_asked_for_in_the_best_format_they_know(
    photo: File, kind: VariantKind, size: tuple[int, int], accept: str, media_type: str
) -> None:
    answer = asked(address(photo, kind), accept)

    found, content = followed(answer)
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert answer["Vary"].startswith("Accept")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (found, opened(content).size) == (media_type, size)


def test_it_takes_few_statements(photo: File) -> None:
    url = address(photo)

    with CaptureQueriesContext(connection) as queries:
        asked(url)

    assert len(queries) <= 3  # the tenant told to the database, the file, its variants


def test_until_it_is_drawn_the_original_is_shown_for_a_moment(in_school: Tenant) -> None:
    content = picture((300, 200), "PNG")
    file = FileFactory.create(content=content, media_type="image/png", stored=True)

    answer = asked(address(file))

    assert answer["Cache-Control"] == "private, max-age=60"
    assert followed(answer) == ("image/png", content)


def test_what_cannot_be_drawn_smaller_is_shown_as_it_is(in_school: Tenant) -> None:
    content = picture((300, 200), "AVIF")
    file = FileFactory.create(content=content, media_type="image/avif", stored=True)
    draw_variants(blob_id=file.blob_id)

    assert followed(asked(address(file))) == ("image/avif", content)


@pytest.mark.parametrize("media_type", ["text/plain", "image/svg+xml", "text/html", "application/pdf", "image/x-icon"])
def test_what_is_no_picture_is_never_shown(in_school: Tenant, media_type: str) -> None:
    file = FileFactory.create(content=b"<svg/>", media_type=media_type, stored=True)

    answer = asked(address(file), BROWSER)

    assert (answer.status_code, answer.json()["code"]) == (404, "no_picture")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ScanState.PENDING, "scan_pending"), (ScanState.INFECTED, "file_infected"), (ScanState.ERROR, "scan_failed"),
    ],
)  # fmt: skip
def test_what_the_scanner_has_not_cleared_is_not_shown(photo: File, state: str, code: str, settings: Settings) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:3310"
    Blob.objects.filter(id=photo.blob_id).update(scan_state=state)

    answer = asked(address(photo))

    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.parametrize("state", [ScanState.NOT_SCANNED, ScanState.PENDING])
@pytest.mark.parametrize(("setting", "status"), [("accept", 302), ("hold", 409)])
def test_without_a_scanner_the_school_decides(photo: File, admin: User, state: str, setting: str, status: int) -> None:
    Blob.objects.filter(id=photo.blob_id).update(scan_state=state)
    change_settings(changes={"files.without_scanner": setting}, locks={}, by=admin)

    assert asked(address(photo)).status_code == status


def test_in_the_trash_it_is_not_shown(photo: File, admin: User) -> None:
    url = address(photo)

    delete_file(file=photo, by=admin)

    assert asked(url).status_code == 404


def test_a_new_version_is_shown_at_the_same_address(photo: File) -> None:
    url = address(photo)
    other = FileFactory.create(content=picture((200, 100), "PNG"), media_type="image/png", stored=True)
    draw_variants(blob_id=other.blob_id)

    File.objects.filter(id=photo.id).update(blob=other.blob, version_number=2)

    _, content = followed(asked(url))
    assert opened(content).size == (200, 100)


def test_altered_by_one_letter_it_is_refused(photo: File) -> None:
    url = address(photo)
    for at in range(len(url) - 69, len(url) - 1, 7):
        letter = "A" if url[at] != "A" else "B"

        answer = asked(url[:at] + letter + url[at + 1 :], BROWSER)

        assert (answer.status_code, answer.json()["code"]) == (403, "signature_invalid")


def test_it_stays_the_same_all_day_and_ends_with_the_next(photo: File) -> None:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    urls = set()
    for hours in (0, 12, 23):
        with time_machine.travel(midnight + timedelta(hours=hours), tick=False):
            urls.add(address(photo))
    (url,) = urls

    with time_machine.travel(midnight + timedelta(days=2, seconds=-1), tick=False):
        assert asked(url).status_code == 302
    with time_machine.travel(midnight + timedelta(days=2), tick=False):
        late = asked(url)

    assert (late.status_code, late.json()["code"]) == (403, "signature_expired")


def test_in_another_school_it_opens_nothing(
    photo: File, stranger: User, learner: User, platform_staff: User, as_user: ClientOf
) -> None:
    url = address(photo)

    assert as_user(stranger).get(url).status_code == 404
    assert asked(url, **{"X-Tenant-Slug": "birch"}).status_code == 404
    assert asked(url, **{"X-Tenant-Slug": "maple"}).status_code == 302
    assert as_user(learner).get(url).status_code == 302


def test_nobody_signs_another_schools_file_for_their_own(photo: File, other_school: Tenant) -> None:
    with tenant_context(other_school):
        url = address(photo)

    assert asked(url).status_code == 404


@pytest.mark.parametrize("status", [TenantStatus.SUSPENDED, TenantStatus.ARCHIVED])
def test_the_pictures_of_a_closed_school_are_closed(photo: File, school: Tenant, status: str) -> None:
    Tenant.objects.filter(id=school.id).update(status=status)

    answer = asked(address(photo))

    assert (answer.status_code, answer.json()["code"]) == (403, "tenant_suspended")


def test_a_school_that_only_reads_shows_its_pictures(photo: File, school: Tenant) -> None:
    Tenant.objects.filter(id=school.id).update(status=TenantStatus.READ_ONLY)

    assert asked(address(photo)).status_code == 302


@pytest.mark.parametrize("kind", [0, 4, 255])
def test_a_size_that_does_not_exist_is_not_found(photo: File, kind: int) -> None:
    token = sign_capability(PURPOSE, tenant_id=photo.tenant_id, subject_id=photo.id, kind=kind)

    assert asked(f"/api/files/images/{token}/").status_code == 404


def test_nothing_of_the_platforms_own_is_a_file(db: None) -> None:
    token = sign_capability(PURPOSE, tenant_id=None, subject_id=new_id(), kind=1)

    assert asked(f"/api/files/images/{token}/").status_code == 404


def test_only_pictures_have_addresses(photo: File) -> None:
    assert pictures_of(file_id=photo.id, media_type="text/plain", version_number=1) is None


def test_addresses_are_made_without_statements(photo: File) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = pictures_of(file_id=photo.id, media_type="image/png", version_number=3)

    assert len(queries) == 0
    assert found is not None
    assert found.keys() == {"thumbnail", "card", "full"}
    assert all(url.endswith("/?v=3") and asked(url).status_code == 302 for url in found.values())


def test_from_the_upload_to_the_page(
    instructor: User, as_user: ClientOf, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = as_user(instructor)
    upload = SimpleUploadedFile("photo.jpg", picture(exif=exif(6)), "image/jpeg")

    with django_capture_on_commit_callbacks(execute=True):
        created = client.post("/api/files/", {"file": upload}, format="multipart").json()

    (listed,) = client.get("/api/files/").json()["results"]
    detail = client.get(f"/api/files/{created['id']}/").json()
    assert created["variants"] == listed["variants"] == detail["variants"]
    answers = {name: asked(url, BROWSER) for name, url in created["variants"].items()}
    assert {name: opened(followed(answer)[1]).size for name, answer in answers.items()} == {
        "thumbnail": (120, 160), "card": (480, 640), "full": (600, 800),
    }  # fmt: skip
    assert b"SecretCamera" not in b"".join(followed(answer)[1] for answer in answers.values())


def test_files_that_are_no_pictures_have_none_in_the_answers(in_school: Tenant, admin: User, as_user: ClientOf) -> None:
    file = FileFactory.create(uploaded_by=admin)

    assert as_user(admin).get("/api/files/").json()["results"][0]["variants"] is None
    assert as_user(admin).get(f"/api/files/{file.id}/").json()["variants"] is None


def test_pictures_cost_the_list_no_statement(in_school: Tenant, admin: User, as_user: ClientOf) -> None:
    counts = []

    for number in (3, 27):
        FileFactory.create_batch(number, media_type="image/png", uploaded_by=admin)
        with CaptureQueriesContext(connection) as queries:
            rows = as_user(admin).get("/api/files/", {"page_size": "50"}).json()["results"]
        counts.append((len({row["variants"]["card"] for row in rows}), len(queries)))

    assert [count for count, _ in counts] == [3, 30]
    assert counts[0][1] == counts[1][1]
