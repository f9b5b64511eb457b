"""Avatars: drawn anew, shown to whoever has their address, and gone when they are replaced."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from apps.core.capabilities import sign_capability
from apps.core.choices import TenantStatus
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.storage import StorageUnavailable, object_store
from apps.core.storage.local import LocalStore
from apps.core.tenancy.context import platform_context, tenant_context
from apps.users.avatars import PICTURE, PURPOSE, THUMBNAIL, avatar_key
from apps.users.models import User
from apps.users.scopes import account_scope
from apps.users.services import avatars
from apps.users.services.avatars import purge_avatars
from apps.users.tasks import purge
from tests.fixtures import ClientOf

ME = "/api/users/me/"


def fresh(user: User) -> User:
    with account_scope(user.tenant_id):
        return User.objects.get(id=user.id)


def picture(size: tuple[int, int] = (800, 600), kind: str = "JPEG") -> bytes:
    target = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6
    Image.new("RGB", size, "red").save(target, format=kind, exif=exif)
    return target.getvalue()


def put(client: Any, content: bytes, name: str = "me.jpg") -> Any:
    return client.patch(ME, {"avatar": SimpleUploadedFile(name, content, "image/jpeg")}, format="multipart")


def shown(address: str) -> bytes:
    """Do what a browser does: ask without login, follow to the store, and read the picture."""
    answer = APIClient().get(address)
    assert answer.status_code == 302
    found: Any = APIClient().get(urlsplit(answer["Location"]).path)
    assert (found.status_code, found["Content-Type"]) == (200, "image/webp")
    assert found["Content-Disposition"].startswith("inline")
    return b"".join(found)


def stored() -> list[str]:
    return sorted(entry.key for entry in object_store().objects(""))


def test_it_is_drawn_anew_in_two_sizes_without_metadata(learner: User, as_user: ClientOf) -> None:
    response = put(as_user(learner), picture())

    body = response.json()
    large, small = (shown(body[name]) for name in ("avatar", "avatar_thumbnail"))
    drawn = [Image.open(BytesIO(content)) for content in (large, small)]
    assert response.status_code == 200
    assert [(image.format, image.size, dict(image.getexif())) for image in drawn] == [
        ("WEBP", (384, 512), {}), ("WEBP", (72, 96), {}),
    ]  # fmt: skip
    assert b"SecretCamera" not in large + small
    assert all(key.startswith(f"{learner.tenant_id}/avatars/") for key in stored())


def test_the_schools_staff_get_its_address_too(learner: User, admin: User, stranger: User, as_user: ClientOf) -> None:
    put(as_user(learner), picture())

    seen = as_user(admin).get(f"/api/users/{learner.id}/").json()

    assert len(shown(seen["avatar"])) > len(shown(seen["avatar_thumbnail"])) > 0
    assert as_user(stranger).get(f"/api/users/{learner.id}/").status_code == 404


def test_the_platforms_staff_have_avatars_too(platform_staff: User, as_user: ClientOf) -> None:
    body = put(as_user(platform_staff), picture()).json()

    assert shown(body["avatar"])
    assert all(key.startswith("platform/avatars/") for key in stored())


def test_browsers_keep_it_and_pages_of_front_ends_show_it(learner: User, as_user: ClientOf) -> None:
    address = put(as_user(learner), picture()).json()["avatar"]

    answer = APIClient().get(address, headers={"Accept": "image/avif,image/webp"})

    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert as_user(learner).get(ME).json()["avatar"] == address


def test_a_new_one_replaces_the_pictures_and_null_takes_them_away(
    learner: User, as_user: ClientOf, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = as_user(learner)
    first = put(client, picture()).json()["avatar"]
    with django_capture_on_commit_callbacks(execute=True):
        second = put(client, picture(kind="PNG"), "me.png").json()["avatar"]
    kept = stored()
    with django_capture_on_commit_callbacks(execute=True):
        response = client.patch(ME, {"avatar": None})

    assert first != second
    assert len(kept) == 2
    assert response.json()["avatar"] is None
    assert stored() == []
    assert APIClient().get(urlsplit(APIClient().get(second)["Location"]).path).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:500],
        picture(kind="TIFF"), picture() + b"x" * avatars.MAX_BYTES, picture((6000, 6000), "PNG"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(learner: User, as_user: ClientOf, content: bytes) -> None:
    response = put(as_user(learner), content)

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["avatar"]
    assert not fresh(learner).avatar
    assert stored() == []


@pytest.mark.parametrize(
    ("kind", "size", "status"),
    [
        ("JPEG", (5000, 4000), 200), ("PNG", (2800, 2800), 200), ("PNG", (3500, 3500), 400),
        ("WEBP", (3000, 3000), 400), ("GIF", (3500, 3500), 400),
    ],
)  # fmt: skip
def test_what_is_decoded_in_full_must_be_smaller_than_what_is_not(
    learner: User, as_user: ClientOf, kind: str, size: tuple[int, int], status: int
) -> None:
    response = put(as_user(learner), picture(size, kind))

    assert response.status_code == status
    assert bool(fresh(learner).avatar) == (status == 200)


def test_a_file_name_leads_nowhere_else(learner: User, as_user: ClientOf) -> None:
    put(as_user(learner), picture(), "../../../etc/passwd.jpg")

    assert "passwd" not in (fresh(learner).avatar.name or "")


def test_a_store_that_fails_halfway_leaves_nothing(learner: User, as_user: ClientOf) -> None:
    write = LocalStore.write

    def fail_on_small(store: LocalStore, key: str, chunks: Any, *, media_type: str) -> int:
        if key.endswith("-96.webp"):
            raise StorageUnavailable
        return write(store, key, chunks, media_type=media_type)

    with patch.object(LocalStore, "write", fail_on_small):
        response = put(as_user(learner), picture())

    assert (response.status_code, response.json()["code"]) == (503, "storage_unavailable")
    assert stored() == []
    assert not fresh(learner).avatar


class TestAddress:
    @pytest.fixture
    def address(self, learner: User, as_user: ClientOf) -> str:
        address: str = put(as_user(learner), picture()).json()["avatar"]
        return address

    def test_altered_by_one_letter_it_is_refused(self, address: str) -> None:
        for at in (-2, -20, -60):
            letter = "A" if address[at] != "A" else "B"
            answer = APIClient().get(address[:at] + letter + address[at:][1:])

            assert (answer.status_code, answer.json()["code"]) == (403, "signature_invalid")

    def test_it_ends_with_the_next_day(self, address: str) -> None:
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)

        with time_machine.travel(midnight + timedelta(days=2, seconds=-1), tick=False):
            last = APIClient().get(address)
        with time_machine.travel(midnight + timedelta(days=2), tick=False):
            late = APIClient().get(address)

        assert (last.status_code, late.status_code) == (302, 403)
        assert late.json()["code"] == "signature_expired"

    def test_in_another_school_it_opens_nothing(self, address: str, stranger: User, as_user: ClientOf) -> None:
        assert as_user(stranger).get(address).status_code == 404
        assert APIClient().get(address, headers={"X-Tenant-Slug": "birch"}).status_code == 404
        assert APIClient().get(address, headers={"X-Tenant-Slug": "maple"}).status_code == 302

    @pytest.mark.parametrize("status", [TenantStatus.SUSPENDED, TenantStatus.ARCHIVED])
    def test_the_pictures_of_a_closed_school_are_closed(self, address: str, school: Tenant, status: str) -> None:
        with tenant_context(school):
            Tenant.objects.filter(id=school.id).update(status=status)

        answer = APIClient().get(address)

        assert (answer.status_code, answer.json()["code"]) == (403, "tenant_suspended")

    @pytest.mark.parametrize(("kind", "purpose"), [(9, PURPOSE), (PICTURE, "another")])
    def test_it_is_good_for_what_it_was_made_for(self, school: Tenant, kind: int, purpose: str) -> None:
        token = sign_capability(purpose, tenant_id=school.id, subject_id=new_id(), kind=kind)

        assert APIClient().get(f"/api/users/avatars/{token}/").status_code == (404 if purpose == PURPOSE else 403)

    def test_a_school_that_is_gone_has_none(self, db: None) -> None:
        token = sign_capability(PURPOSE, tenant_id=new_id(), subject_id=new_id(), kind=THUMBNAIL)

        assert APIClient().get(f"/api/users/avatars/{token}/").status_code == 404

    def test_an_avatar_of_a_release_that_could_not_show_them_has_no_address(
        self, learner: User, as_user: ClientOf
    ) -> None:
        assert learner.tenant_id is not None
        with tenant_context(learner.tenant_id):
            User.objects.filter(id=learner.id).update(avatar="avatars/old.webp")

        assert as_user(learner).get(ME).json()["avatar"] is None


class TestPurge:
    def test_pictures_that_no_account_names_go(self, learner: User, school: Tenant, as_user: ClientOf) -> None:
        put(as_user(learner), picture())
        named = stored()
        for owner in (school.id, "platform"):
            place = f"{owner}/avatars/{new_id()}"
            object_store().write(avatar_key(place, 96), [b"x"], media_type="image/webp")

        purge()
        young = len(stored())
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            purge()

        assert young == 4
        assert stored() == named

    def test_many_are_asked_about_in_batches(self, in_school: Tenant) -> None:
        for _ in range(3):
            place = f"{in_school.id}/avatars/{new_id()}"
            object_store().write(avatar_key(place, 96), [b"x"], media_type="image/webp")

        with patch.object(avatars, "_BATCH", 2):
            gone = purge_avatars(now=timezone.now() + timedelta(days=2))

        assert gone == 3

    def test_pictures_that_could_not_be_deleted_go_later(
        self, learner: User, as_user: ClientOf, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        put(as_user(learner), picture())
        with (
            patch.object(LocalStore, "delete", side_effect=StorageUnavailable),
            django_capture_on_commit_callbacks(execute=True),
        ):
            response = as_user(learner).patch(ME, {"avatar": None})
        left = len(stored())

        with tenant_context(learner.tenant_id or new_id()):
            purge_avatars(now=timezone.now() + timedelta(days=2))

        assert response.status_code == 200
        assert left == 2
        assert stored() == []

    def test_the_platforms_own_go_as_well(self, platform_staff: User, as_user: ClientOf) -> None:
        put(as_user(platform_staff), picture())

        with platform_context(reason="test"):
            gone = purge_avatars(now=timezone.now() + timedelta(days=2))

        assert gone == 0
