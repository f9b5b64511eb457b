"""Pictures in real object stores: their addresses lead browsers there, without login."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from apps.core.storage import ObjectStore, SignedRequest, object_store
from apps.core.tests.pictures import picture
from apps.users.models import User
from lms_backend.settings import stores
from tests.fixtures import ClientOf
from tests.services.addresses import address_of
from tests.storage.conftest import configured
from tests.storage.sending import send_over_http

pytestmark = pytest.mark.services


def s3() -> dict[str, Any]:
    return stores.s3(
        address_of("TEST_S3_BUCKET"),
        access_key=address_of("TEST_S3_ACCESS_KEY"),
        secret_key=address_of("TEST_S3_SECRET_KEY"),
        region="us-east-1",
        endpoint_url=address_of("TEST_S3_ENDPOINT_URL"),
    )


def azure() -> dict[str, Any]:
    return stores.azure(
        address_of("TEST_AZURE_CONTAINER"), connection_string=address_of("TEST_AZURE_CONNECTION_STRING")
    )


@pytest.fixture(params=[s3, pytest.param(azure, marks=pytest.mark.azure)])
def store(request: pytest.FixtureRequest) -> Iterator[ObjectStore]:
    with configured(request.param()) as store:
        yield store


def shown(url: str) -> Image.Image:
    """Follow the address as `<img>` does."""
    answer: Any = APIClient().get(url, headers={"Accept": "image/avif,image/webp,*/*"})
    assert answer.status_code == 302
    found = send_over_http(SignedRequest("GET", answer["Location"], timezone.now()))
    assert found.status == 200
    assert found.headers["content-disposition"].startswith("inline")
    image = Image.open(BytesIO(found.body))
    assert found.headers["content-type"] == Image.MIME[image.format or ""]
    return image


def test_avatars_and_pictures_of_files_are_shown_from_the_store(
    store: ObjectStore,
    learner: User,
    instructor: User,
    as_user: ClientOf,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    upload = SimpleUploadedFile("me.jpg", picture(), "image/jpeg")
    photo = SimpleUploadedFile("photo.jpg", picture(), "image/jpeg")

    profile = as_user(learner).patch("/api/users/me/", {"avatar": upload}, format="multipart").json()
    with django_capture_on_commit_callbacks(execute=True):
        file = as_user(instructor).post("/api/files/", {"file": photo}, format="multipart").json()

    assert (shown(profile["avatar"]).size, shown(profile["avatar_thumbnail"]).size) == ((512, 384), (96, 72))
    assert {name: (shown(url).format, shown(url).size) for name, url in file["variants"].items()} == {
        "thumbnail": ("AVIF", (160, 120)), "card": ("AVIF", (640, 480)), "full": ("AVIF", (800, 600)),
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        as_user(learner).patch("/api/users/me/", {"avatar": None})
    assert list(object_store().objects(f"{learner.tenant_id}/avatars/")) == []
