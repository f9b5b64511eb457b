"""`/storage/<token>`: the signed requests of the local store, streamed both ways. The signature is all the proof.

Nothing here touches the database, the session or the tenant: whoever made the token has decided.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from http import HTTPStatus
from typing import BinaryIO, Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from apps.core.errors import DomainError
from apps.core.http.problems import problem_response
from apps.core.storage import CHUNK_BYTES, ObjectMissing, object_store
from apps.core.storage.local import AlreadyStored, LocalStore, chunks_of
from apps.core.storage.ranges import RangeNotSatisfiable, range_of
from apps.core.storage.staging import tag_of
from apps.core.storage.tokens import Permit, SignatureInvalid, permit_of

METHODS: Final = ("GET", "HEAD", "OPTIONS", "PUT")
DELIVERY_HEADERS: Final = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=0, must-revalidate",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    # The address itself is the permission: pages of a front end elsewhere show the image, as from any object store.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


class MethodNotSigned(DomainError):
    """The token is for another method."""

    status = 403
    code = "method_not_signed"
    default_detail = "This address is for another method. Send the request exactly as the API described it."


class LengthRequired(DomainError):
    """The body comes without its length."""

    status = 411
    code = "length_required"
    default_detail = "The upload does not say how long it is. Send Content-Length, and no chunked encoding."


class LengthMismatch(DomainError):
    """The body is longer or shorter than what was signed."""

    code = "length_mismatch"
    default_detail = "The upload has another length than was announced. Send exactly the announced bytes."


class MediaTypeMismatch(DomainError):
    """The body is announced as something else than what was signed."""

    code = "media_type_mismatch"
    default_detail = "The upload has another Content-Type than was announced. Send the headers that the API gave."


class UploadAlreadyStored(DomainError):
    """The bytes are here; whoever holds the address cannot exchange them."""

    status = 412
    code = "already_uploaded"
    default_detail = "These bytes have arrived already. Complete the upload."


class UploadMissing(DomainError):
    """The upload of this part was completed or given up."""

    status = 404
    code = "upload_missing"
    default_detail = "This upload is completed, given up or expired. Begin a new one."


class FileMissing(DomainError):
    """The object was deleted."""

    status = 404
    code = "object_missing"
    default_detail = "This file is no longer there."


@csrf_exempt
def signed_request(request: HttpRequest, token: str) -> HttpResponseBase:
    """Carry out what the token permits, or answer a problem document."""
    if request.method not in METHODS:
        detail = "Only GET, HEAD and PUT work here."
        headers = {"Allow": ", ".join(METHODS)}
        return problem_response(status=405, code="method_not_allowed", detail=detail, headers=headers)
    if request.method == "OPTIONS":  # a preflight of an allowed origin never gets this far
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": ", ".join(METHODS)})
    try:
        return _carry_out(request, permit_of(token, now=timezone.now()))
    except DomainError as error:
        headers = {"Cache-Control": "no-store"}
        if isinstance(error, RangeNotSatisfiable):
            headers["Content-Range"] = f"bytes */{error.extra['size_bytes']}"
        return problem_response(status=error.status, code=error.code, detail=error.detail, headers=headers)


def _carry_out(request: HttpRequest, permit: Permit) -> HttpResponseBase:
    store = object_store()
    if not isinstance(store, LocalStore):
        raise SignatureInvalid  # signed while the files lay here
    if ("GET" if request.method == "HEAD" else request.method) != permit.method:
        raise MethodNotSigned
    return _receive(request, permit, store) if permit.method == "PUT" else _deliver(request, permit, store)


def _receive(request: HttpRequest, permit: Permit, store: LocalStore) -> HttpResponse:
    """Store the body. Refused before a byte is read: another length or type than was signed, what is there already."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced.isascii() or not announced.isdigit() or request.headers.get("Transfer-Encoding"):
        raise LengthRequired
    if int(announced) != permit.size:
        raise LengthMismatch
    if permit.media_type and request.headers.get("Content-Type", "") != permit.media_type:
        raise MediaTypeMismatch
    body = _body(request, permit.size)
    if not permit.multipart_id:
        if store.stat(permit.key):
            raise UploadAlreadyStored
        try:
            store.receive(permit.key, body)
        except AlreadyStored as error:
            raise UploadAlreadyStored from error
        return HttpResponse()
    try:
        part = store.receive_part(permit.key, permit.multipart_id, permit.number, body)
    except ObjectMissing as error:
        raise UploadMissing from error
    return HttpResponse(headers={"ETag": part.etag})


def _body(request: HttpRequest, size: int) -> Iterator[bytes]:
    """Yield the body as it comes; never more than `size` bytes, and LengthMismatch for fewer."""
    left = size
    while left:
        try:
            chunk = request.read(min(left, CHUNK_BYTES))
        except OSError as error:  # the client is gone
            raise LengthMismatch from error
        if not chunk:
            raise LengthMismatch
        left -= len(chunk)
        yield chunk


def _deliver(request: HttpRequest, permit: Permit, store: LocalStore) -> HttpResponseBase:
    """Answer the object, the range that was asked for, or that the client has it already."""
    with ExitStack() as opened:
        try:
            file = opened.enter_context(store.open(permit.key))
        except ObjectMissing as error:
            raise FileMissing from error
        found = os.fstat(file.fileno())
        modified = int(found.st_mtime)
        unchanged = get_conditional_response(request, etag=tag_of(found), last_modified=modified)
        if unchanged is not None:
            return unchanged
        headers = {
            **DELIVERY_HEADERS,
            "Content-Disposition": permit.disposition,
            "Content-Type": permit.media_type,
            "ETag": tag_of(found),
            "Last-Modified": http_date(modified),
        }
        size = found.st_size
        part = range_of(_wanted_range(request, headers), size)
        start, end = part or (0, size)
        headers["Content-Length"] = str(end - start)
        if part:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
        if request.method == "HEAD":
            return HttpResponse(status=status, headers=headers)
        opened.pop_all()  # from now on the response closes it
        return StreamingHttpResponse(Window(file, start, end), status=status, headers=headers)


def _wanted_range(request: HttpRequest, headers: Mapping[str, str]) -> str:
    """Return the Range header, unless its `If-Range` speaks of another file than this."""
    condition = request.headers.get("If-Range")
    is_same = condition in {None, headers["ETag"], headers["Last-Modified"]}
    return request.headers.get("Range", "") if is_same else ""


class Window:
    """A stretch of an open file, as the body of a response, which closes it."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._chunks = chunks_of(file, start, end)
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks
