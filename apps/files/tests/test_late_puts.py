"""Addresses outlive the upload that they were for, and bring nothing into the store afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.core.storage import StorageUnavailable, object_store
from apps.files.models import Blob, Upload
from apps.files.services.collecting import collect_orphans
from apps.files.services.upload_parts import parts_of
from apps.files.services.upload_states import close_due
from apps.files.services.uploads import abort_upload
from apps.files.tests.sending import TEXT, finished, reserved
from apps.users.models import User

Put = Callable[[bytes], Any]


def address_of(upload: Upload) -> Put:
    """Return a function that sends bytes to the address that the upload was given."""
    (part,) = parts_of(upload, now=timezone.now())
    assert part.request is not None
    request = part.request

    def put(body: bytes) -> Any:
        path = urlsplit(request.url).path
        return Client().put(path, body, content_type=request.headers["Content-Type"])

    return put


def kept() -> list[str]:
    """Return the keys of the objects in which there is something."""
    return [found.key for found in object_store().objects("") if found.size_bytes]


def test_what_was_aborted_takes_no_bytes(
    in_school: Tenant, learner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload = reserved(learner, sent=None)
    put = address_of(upload)

    with django_capture_on_commit_callbacks(execute=True):
        abort_upload(upload=upload, by=learner)
    late = put(TEXT)

    assert (late.status_code, late.json()["code"]) == (412, "already_uploaded")
    assert kept() == []


def test_what_was_completed_takes_no_bytes_again(
    in_school: Tenant, learner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload = reserved(learner, sent=None)
    put = address_of(upload)
    put(TEXT)

    with django_capture_on_commit_callbacks(execute=True):
        finished(upload, learner)
    late = put(TEXT[::-1])

    assert late.status_code == 412
    assert kept() == [Blob.objects.get().key]
    assert b"".join(object_store().read(kept()[0])) == TEXT


def test_what_was_refused_takes_no_bytes(
    in_school: Tenant, learner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload = reserved(learner, sent=None)
    put = address_of(upload)
    put(TEXT[::-1])

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(DomainError):
        finished(upload, learner)
    late = put(TEXT)

    assert (late.status_code, kept()) == (412, [])


def test_the_place_is_cleared_when_the_address_is_long_over(
    in_school: Tenant, learner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for end in (abort_upload, finished):
            end(upload=reserved(learner), by=learner)
    places = {found.key for found in object_store().objects("")} - set(kept())

    collected = collect_orphans(now=timezone.now() + timedelta(hours=25))

    assert (len(places), collected.objects, collected.object_bytes) == (2, 2, 0)
    assert [found.key for found in object_store().objects("")] == [Blob.objects.get().key]


def test_an_upload_that_expired_had_its_address_with_it(
    in_school: Tenant, learner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload = reserved(learner)

    with django_capture_on_commit_callbacks(execute=True):
        close_due(now=upload.expires_at, limit=1)

    assert list(object_store().objects("")) == []


def test_a_store_that_fails_then_keeps_nobody_from_aborting(
    in_school: Tenant,
    learner: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise StorageUnavailable

    upload = reserved(learner)
    monkeypatch.setattr(type(object_store()), "write", fail)

    with django_capture_on_commit_callbacks(execute=True):
        abort_upload(upload=upload, by=learner)

    assert Upload.objects.get().state == "aborted"
