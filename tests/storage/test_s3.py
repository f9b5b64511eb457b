"""The store on a real server of the S3 API."""

from collections.abc import Iterator

import pytest

from apps.core.storage import BrowserRulesUnsupported, ObjectStore, StorageUnavailable
from apps.core.tests.storage.contract import Answer, Send, content, key
from apps.core.tests.storage.contract_by_path import SignedPathContract
from lms_backend.settings import stores
from tests.services.addresses import address_of
from tests.storage.conftest import configured
from tests.storage.sending import send_over_http

__all__ = ["key"]
pytestmark = pytest.mark.services


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    storage = stores.s3(
        address_of("TEST_S3_BUCKET"),
        access_key=address_of("TEST_S3_ACCESS_KEY"),
        secret_key=address_of("TEST_S3_SECRET_KEY"),
        region="us-east-1",
        endpoint_url=address_of("TEST_S3_ENDPOINT_URL"),
    )
    with configured(storage) as store:
        yield store


@pytest.fixture
def send() -> Send:
    return send_over_http


class TestS3Store(SignedPathContract):
    """The contract, but that Swift takes a late part of a completed upload, and then refuses to read the object."""

    def check_late_parts(self, answers: list[Answer]) -> None:
        given_up, completed = answers
        assert given_up.status == 404
        assert completed.status in {200, 404}

    def check_still_good(self, store: ObjectStore, key: str) -> None:
        """Swift compares each part's checksum when it reads: what was completed is never exchanged for other bytes."""
        try:
            found = content(store, key)
        except StorageUnavailable as error:
            found = str(error.__cause__).encode()

        assert found == b"good" or b"BrokenMPU" in found

    def test_browsers_are_let_in_or_the_rules_are_told(self, store: ObjectStore) -> None:
        """Swift's S3 API has no PutBucketCors."""
        with pytest.raises(BrowserRulesUnsupported, match=r"https://app\.example\.com"):
            store.allow_browsers(["https://app.example.com"])
