"""The way of a file's bytes from whoever sent them to a file that people see.

Size, then content (`apps.files.inspection`), then metadata out of pictures, then the store, and only then the rows,
in one transaction with the quota. What fails on the way leaves no object; what dies on the way leaves one that the
collection of orphans finds.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import BinaryIO

from django.db import transaction

from apps.core.policies import Actor, actor_id_of
from apps.core.storage import ObjectMissing, object_store
from apps.files.models import File, Folder, Upload
from apps.files.services import quota
from apps.files.services.contents import (
    Content,
    discard,
    discard_on_commit,
    fetched,
    new_key,
    occupy,
    require_bearable,
    take_in,
)
from apps.files.services.file_names import file_name
from apps.files.services.upload_errors import DestinationGone, UploadIncomplete
from apps.files.services.upload_states import finish
from apps.files.services.versions import keep_as_file, keep_as_version, require_free_name


def receive_file(*, source: BinaryIO, name: str, size: int, by: Actor | None, folder: Folder | None = None) -> File:
    """Make a file of bytes that are here already.

    Args:
        source: a local file, seekable.
        name: as the person gave it.
        size: how many bytes `source` has.
        by: who uploads, and whose quota it counts towards; None: the school's alone.
        folder: where it goes, for somebody who may put something there; without one it is private to them.

    Raises:
        InvalidName, NameTaken: the name cannot be kept here.
        FileTooLarge, QuotaExceeded: there is no room for it.
        UnsafeFile, KnownMalware: the content is not what may be kept.
        DestinationGone: the folder was deleted meanwhile.
        StorageUnavailable: the store failed; nothing was kept.
    """
    kept_name = file_name(name)
    owner = actor_id_of(by)
    require_bearable(size)
    require_free_name(name=kept_name, folder=folder)
    quota.require_room(size=size, user_id=owner)
    content = take_in(source, name=kept_name, size=size)
    with _discarded_on_failure(content):
        return keep_as_file(
            content=content,
            name=kept_name,
            folder=folder,
            uploaded_by_id=owner,
            account=partial(quota.charge, size=content.size_bytes, user_id=owner),
        )


def receive_version(*, source: BinaryIO, name: str, size: int, by: Actor | None, file: File) -> File:
    """Make bytes that are here the new current version of `file`, which keeps its name, its place and its id.

    The content must fit the file's name. Arguments and errors are those of `receive_file`.
    """
    uploaded_name = file_name(name)
    owner = actor_id_of(by)
    require_bearable(size)
    quota.require_room(size=size, user_id=owner)
    content = take_in(source, name=file.name, size=size)
    with _discarded_on_failure(content):
        return keep_as_version(
            content=content,
            name=uploaded_name,
            file=file,
            uploaded_by_id=owner,
            account=partial(quota.charge, size=content.size_bytes, user_id=owner),
        )


def receive_upload(*, upload: Upload) -> File:
    """Make a file, or a new version of one, of an upload whose bytes are in the store, and complete it.

    What is checked and kept lies where no address leads that was given away. Bytes that came in one PUT are copied,
    for theirs may be good for another PUT; what was put together from parts is sealed before it is looked at.

    Raises:
        UploadIncomplete, SizeMismatch, ChecksumMismatch: the bytes are not those that were announced.
        UnsafeFile, KnownMalware, QuotaExceeded, DestinationGone: they cannot be kept.
        UploadExpired and the like: somebody else closed the upload meanwhile.
        StorageUnavailable: the store failed; nothing was changed.
    """
    place = _place_of(upload)
    with _sealed(upload) as key:
        with fetched(key, size=upload.size_bytes, sha256=upload.sha256) as source:
            is_final = bool(upload.multipart_id)
            stored = Content(key, upload.sha256, upload.size_bytes, upload.media_type) if is_final else None
            shown_name = place.name if isinstance(place, File) else upload.name
            content = take_in(source, name=shown_name, size=upload.size_bytes, stored_as=stored)
        is_copy = content.key != key
        with _discarded_on_failure(content) if is_copy else nullcontext(), transaction.atomic():
            file = _keep(upload, content, place)
            Upload.objects.filter(id=upload.id).update(file=file)
            if upload.multipart_id:
                discard_on_commit(*{key, upload.key} - {content.key})
            else:
                transaction.on_commit(partial(occupy, upload.key), robust=True)
    return file


@contextmanager
def _sealed(upload: Upload) -> Iterator[str]:
    """Yield where the bytes lie that are to be checked; a copy made for that goes if the block fails."""
    if not upload.multipart_id:
        yield upload.key
        return
    try:
        key = object_store().seal(upload.key, new_key())
    except ObjectMissing as error:
        raise UploadIncomplete([1]) from error
    try:
        yield key
    except BaseException:
        if key != upload.key:
            discard(key)
        raise


def _place_of(upload: Upload) -> File | Folder | None:
    """Return the file that gets a new version, or the folder that gets a new file. Raises DestinationGone."""
    if upload.replaces_id:
        place: File | Folder | None = File.objects.filter(id=upload.replaces_id).first()
    elif upload.folder_id:
        place = Folder.objects.filter(id=upload.folder_id).first()
    else:
        return None
    if place is None:
        raise DestinationGone
    return place


def _keep(upload: Upload, content: Content, place: File | Folder | None) -> File:
    owner = upload.uploaded_by_id

    def account() -> None:
        finish(upload)
        quota.settle(reserved=upload.size_bytes, used=content.size_bytes, user_id=owner)

    if isinstance(place, File):
        return keep_as_version(content=content, name=upload.name, file=place, uploaded_by_id=owner, account=account)
    return keep_as_file(
        content=content, name=upload.name, folder=place, uploaded_by_id=owner, account=account, may_rename=True
    )


@contextmanager
def _discarded_on_failure(content: Content) -> Iterator[None]:
    try:
        yield
    except BaseException:
        discard(content.key)
        raise
