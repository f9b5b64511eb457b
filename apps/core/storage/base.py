"""The object store as the product sees it: one interface, whichever store an installation is set up with.

Keys are paths of ours, `<tenant id>/…`, never a name that a person chose. Clients send and fetch heavy bytes by
signed requests; what the server itself reads or writes, it streams.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from apps.core.errors import DomainError

CHUNK_BYTES: Final = 1024 * 1024


class StorageUnavailable(DomainError):
    """The object store cannot be reached, or refuses us: nothing was changed, the client may try again."""

    status = 503
    code = "storage_unavailable"
    default_detail = "The file storage does not answer. Nothing was lost; try again in a moment."


class ObjectMissing(Exception):
    """There is no object with this key. Callers turn it into an error of their own."""


class BrowserRulesUnsupported(Exception):
    """The store takes no CORS rules from us; `rules` says, for a person, what to set by its own means."""

    def __init__(self, rules: str) -> None:
        self.rules = rules
        super().__init__(rules)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request that whoever holds it may send, until it expires: with this method, and exactly these headers."""

    method: str
    url: str
    expires_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the store knows it."""

    key: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part of a multipart upload that has arrived; `etag` is the store's own."""

    number: int
    size_bytes: int
    etag: str


@dataclass(frozen=True, slots=True)
class OpenMultipart:
    """A multipart upload that was started and neither completed nor aborted."""

    key: str
    multipart_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a signed download is to be answered.

    `file_name` goes into Content-Disposition. `is_inline` lets a browser show the object; whoever asks has made sure
    that its type cannot run as a page of ours.
    """

    file_name: str
    media_type: str
    is_inline: bool = False


class ObjectStore(Protocol):
    """What a storage backend does. Every method raises `StorageUnavailable` when the store fails.

    Sizes in bytes, times to live in seconds.
    """

    name: str
    # How large a part must at least be (but for the last), and how many there may be.
    smallest_part: int
    most_parts: int

    def sign_get(self, key: str, delivered: Delivered, *, seconds: int) -> SignedRequest:
        """Return a request that downloads the object; range requests work."""
        ...

    def sign_put(self, key: str, *, size: int, media_type: str, seconds: int) -> SignedRequest:
        """Return a request that uploads the whole object, once: what lies there already is never replaced by it.

        A second try answers 409 or 412, which to a client means that its bytes have arrived. The store refuses another
        length where it can.
        """
        ...

    def start_multipart(self, key: str, *, media_type: str) -> str:
        """Begin an upload in parts; return its id."""
        ...

    def sign_part(self, key: str, multipart_id: str, number: int, *, size: int, seconds: int) -> SignedRequest:
        """Return a request that uploads part `number` (from 1)."""
        ...

    def parts(self, key: str, multipart_id: str) -> Sequence[StoredPart]:
        """Return the parts that have arrived, by number. Raises ObjectMissing when there is no such upload."""
        ...

    def complete_multipart(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> None:
        """Make one object of the parts, which stand as `parts` lists them.

        Raises ObjectMissing when there is no such upload, or a part has changed since.
        """
        ...

    def seal(self, key: str, into: str) -> str:
        """Put what came in parts where no address of a part reaches it; return its key from now on.

        That is `key` where the store takes no late parts; elsewhere the store itself copies the object to `into`,
        and the caller deletes the first one. Raises ObjectMissing.
        """
        ...

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        """Forget the upload and its parts; one that is not there is fine."""
        ...

    def open_multiparts(self, prefix: str) -> Iterator[OpenMultipart]:
        """Yield the uploads under way below `prefix`, those too that the server began and died over."""
        ...

    def write(self, key: str, chunks: Iterable[bytes], *, media_type: str) -> int:
        """Store what `chunks` yield, in bounded memory; return how many bytes. A failure leaves no object."""
        ...

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` (exclusive) in chunks. Raises ObjectMissing."""
        ...

    def stat(self, key: str) -> StoredObject | None:
        """Return what the store knows of the object; None when it is not there."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Remove the objects; those that are not there are fine."""
        ...

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects below `prefix`, page by page, in no promised order."""
        ...

    def check(self) -> None:
        """Ask the store for something small: the health check."""
        ...

    def allow_browsers(self, origins: Sequence[str]) -> None:
        """Let pages of these origins send the signed requests (the store's CORS rules).

        Raises BrowserRulesUnsupported when the rules have to be set by other means.
        """
        ...
