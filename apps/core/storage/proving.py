"""The proof that a store does what the product needs: each step for real, by the signed requests that clients get."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from apps.core.ids import new_id
from apps.core.storage.base import Delivered, ObjectMissing, ObjectStore, SignedRequest, StorageUnavailable

SECONDS: Final = 30
BODY: Final = b"A line that check_storage wrote; it removes it again.\n" * 20
TYPE: Final = "text/plain"
_UPLOADED: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})


@dataclass(frozen=True, slots=True)
class Proof:
    """How one step went; `problem` is empty if it went well."""

    step: str
    problem: str = ""


class _Failed(Exception):
    """The store answered, but not as it should."""


def prove(store: ObjectStore) -> Iterator[Proof]:
    """Yield how each step went; whatever happens, nothing is left behind."""
    key = f"checks/{new_id()}"
    steps: list[tuple[str, Callable[[ObjectStore, str], None]]] = [
        ("answers", _answers),
        ("writes and reads", _writes),
        ("upload by signed URL", _uploads),
        ("uploaded bytes cannot be exchanged", _uploads_once),
        ("download by signed URL", _downloads),
        ("range of a download", _ranges),
        ("changed signature refused", _refuses),
        ("upload in parts", _parts),
        ("lists and deletes", _deletes),
    ]
    try:
        for name, step in steps:
            yield Proof(name, _problem_of(step, store, key))
    finally:
        _problem_of(lambda store, key: store.delete([key, f"{key}-parts"]), store, key)


def _problem_of(step: Callable[[ObjectStore, str], None], store: ObjectStore, key: str) -> str:
    try:
        step(store, key)
    except StorageUnavailable as error:
        return f"the store fails: {error.__cause__ or error.detail}"
    except ObjectMissing:
        return "what was stored is not there"
    except (_Failed, OSError, HTTPException) as error:
        return f"{error}" or type(error).__name__
    return ""


def _answers(store: ObjectStore, _key: str) -> None:
    store.check()


def _writes(store: ObjectStore, key: str) -> None:
    store.write(key, [BODY], media_type=TYPE)
    _expect("read", b"".join(store.read(key)), BODY)
    _expect("read of a range", b"".join(store.read(key, start=2, end=9)), BODY[2:9])
    store.delete([key])


def _uploads(store: ObjectStore, key: str) -> None:
    status, _ = _send(_put(store, key), BODY)
    _expect("status", status in _UPLOADED or status, wanted=True)
    _expect("content", b"".join(store.read(key)), BODY)


def _uploads_once(store: ObjectStore, key: str) -> None:
    signed = _put(store, key)
    for body in (BODY, BODY.swapcase()):
        _send(signed, body)
    _expect("content", b"".join(store.read(key)), BODY)


def _downloads(store: ObjectStore, key: str) -> None:
    _expect("answer", _send(_get(store, key)), (HTTPStatus.OK, BODY))


def _ranges(store: ObjectStore, key: str) -> None:
    answer = _send(_get(store, key), headers={"Range": "bytes=2-8"})
    _expect("answer", answer, (HTTPStatus.PARTIAL_CONTENT, BODY[2:9]))


def _refuses(store: ObjectStore, key: str) -> None:
    signed = _get(store, key)
    last = "A" if signed.url[-1] != "A" else "B"
    status, _ = _send(replace(signed, url=signed.url[:-1] + last))
    _expect("status", status, HTTPStatus.FORBIDDEN)


def _parts(store: ObjectStore, key: str) -> None:
    key = f"{key}-parts"
    bodies = [b"1" * max(1024, store.smallest_part), b"2" * 1024]
    upload = store.start_multipart(key, media_type=TYPE)
    try:
        for number, body in enumerate(bodies, start=1):
            status, _ = _send(store.sign_part(key, upload, number, size=len(body), seconds=SECONDS), body)
            _expect(f"status of part {number}", status in _UPLOADED or status, wanted=True)
        store.complete_multipart(key, upload, store.parts(key, upload))
    except BaseException:
        store.abort_multipart(key, upload)
        raise
    found = store.stat(key)
    _expect("size", found and found.size_bytes, sum(map(len, bodies)))


def _deletes(store: ObjectStore, key: str) -> None:
    _expect("list", {found.key for found in store.objects(key)}, {key, f"{key}-parts"})
    store.delete([key, f"{key}-parts"])
    _expect("list", list(store.objects(key)), [])


def _put(store: ObjectStore, key: str) -> SignedRequest:
    return store.sign_put(key, size=len(BODY), media_type=TYPE, seconds=SECONDS)


def _get(store: ObjectStore, key: str) -> SignedRequest:
    return store.sign_get(key, Delivered("check.txt", TYPE), seconds=SECONDS)


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        message = f"{what}: {_short(found)} instead of {_short(wanted)}"
        raise _Failed(message)


def _short(value: object) -> str:
    return f"{value!r:.100}"


def _send(
    signed: SignedRequest, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    address = urlsplit(signed.url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.netloc, timeout=SECONDS)
    try:
        path = f"{address.path}?{address.query}" if address.query else address.path
        connection.request(signed.method, path, body, {**signed.headers, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read()
    except OSError as error:
        message = f"{address.netloc} cannot be reached: {error}"
        raise _Failed(message) from error
    finally:
        connection.close()
