"""The store on a real server of the Azure Blob API."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from apps.core.storage import ObjectStore
from apps.core.tests.storage.contract import BODY, Answer, Send, content, key, put
from apps.core.tests.storage.contract_by_path import SignedPathContract
from lms_backend.settings import stores
from tests.services.addresses import address_of
from tests.storage.conftest import configured
from tests.storage.sending import send_over_http

__all__ = ["key"]
pytestmark = [pytest.mark.services, pytest.mark.azure]


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    storage = stores.azure(
        address_of("TEST_AZURE_CONTAINER"), connection_string=address_of("TEST_AZURE_CONNECTION_STRING")
    )
    with configured(storage) as store:
        yield store


@pytest.fixture
def send() -> Send:
    return send_over_http


class TestAzureStore(SignedPathContract):
    """The contract, but for what Azure cannot sign: a length, and the end of an upload before the signature's."""

    def test_another_length_than_announced_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        send(put(store, key), BODY + b"more")

        found = store.stat(key)
        assert found is not None
        assert found.size_bytes == len(BODY) + 4

    def test_a_part_of_another_length_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        upload = store.start_multipart(key, media_type="text/plain")

        send(store.sign_part(key, upload, 1, size=10, seconds=60), b"eleven byte")

        assert [part.size_bytes for part in store.parts(key, upload)] == [11]

    def check_late_parts(self, answers: list[Answer]) -> None:
        """Late parts lie uncommitted below `staging/`, where nothing reads them, until Azure drops them."""
        assert [answer.status for answer in answers] == [201, 201]

    def test_a_late_part_cannot_reach_the_object(self, store: ObjectStore, send: Send, key: str) -> None:
        upload = store.start_multipart(key, media_type="text/plain")
        signed = store.sign_part(key, upload, 1, size=4, seconds=60)
        send(signed, b"good")
        store.complete_multipart(key, upload, store.parts(key, upload))
        whole = signed.url.replace("comp=block&", "")

        at_staging = send(replace(signed, url=whole, headers={"x-ms-blob-type": "BlockBlob"}), b"evil")
        at_object = send(
            replace(signed, url=whole.replace("/staging/", "/"), headers={"x-ms-blob-type": "BlockBlob"}), b"evil"
        )

        assert at_staging.status == 201  # `write` allows it there, and there only
        assert at_object.status == 403
        assert content(store, key) == b"good"
        (left,) = store.open_multiparts(key)
        store.abort_multipart(left.key, left.multipart_id)
        assert list(store.open_multiparts(key)) == []
        assert content(store, key) == b"good"

    def test_browsers_are_let_in(self, store: ObjectStore, send: Send, key: str) -> None:
        store.allow_browsers(["https://app.example.com"])

        preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
        answer = send(replace(put(store, key), method="OPTIONS", headers=preflight))

        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
