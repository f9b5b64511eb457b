"""What stores do alike whose signed addresses hold the key: those that are not our own."""

from dataclasses import replace

from apps.core.storage import ObjectStore
from apps.core.storage.proving import prove
from apps.core.tests.storage.contract import BODY, PLAIN, Send, StoreContract, put


class SignedPathContract(StoreContract):
    """What holds besides where the key stands in the address."""

    def test_a_signature_is_good_for_its_key_only(self, store: ObjectStore, send: Send, key: str) -> None:
        other = f"{key}-other"
        store.write(other, [BODY], media_type="text/plain")
        upload, download = put(store, key), store.sign_get(key, PLAIN, seconds=60)

        uploaded = send(replace(upload, url=upload.url.replace(key, f"{key}-new")), BODY)
        downloaded = send(replace(download, url=download.url.replace(key, other)))

        assert (uploaded.status, downloaded.status) == (403, 403)
        assert BODY not in downloaded.body
        assert [found.key for found in store.objects(key)] == [other]

    def test_a_longer_life_than_signed_is_refused(self, store: ObjectStore, send: Send, key: str) -> None:
        store.write(key, [BODY], media_type="text/plain")
        signed = store.sign_get(key, PLAIN, seconds=60)

        later = signed.url.replace("X-Amz-Expires=60", "X-Amz-Expires=600").replace("se=2", "se=3")

        assert later != signed.url
        assert send(replace(signed, url=later)).status == 403

    def test_the_command_proves_it(self, store: ObjectStore) -> None:
        assert [proof for proof in prove(store) if proof.problem] == []
        assert list(store.objects("checks/")) == []
        assert list(store.open_multiparts("checks/")) == []
