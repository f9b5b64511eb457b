"""Files and their versions come to be: checked bytes in the store get the rows that people see.

Restoring an older version makes it the current one again: it keeps its number, no new version is made and nothing
more is counted. The next upload gets the number after the highest.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from apps.core.errors import Conflict, NotFound
from apps.core.events import emit
from apps.files.choices import ScanState
from apps.files.events import BlobStored, FileUploaded
from apps.files.models import LONGEST_NAME, Blob, File, FileVersion, Folder
from apps.files.services.contents import Content, discard_on_commit
from apps.files.services.folders import hold_folder
from apps.files.services.names import NameTaken, refusing_taken_names
from apps.files.services.upload_errors import DestinationGone
from apps.users.models import User

_MOST_TRIES: Final = 1000


class KnownMalware(Conflict):
    """The scanner found malware in these very bytes before."""

    code = "file_infected"
    default_detail = "The malware scanner found something in these bytes, so they cannot be kept. Clean your device."


class UnknownVersion(NotFound):
    """The file has no version with this number."""

    default_detail = "The file has no version with this number; GET its versions to see which there are."


def require_free_name(*, name: str, folder: Folder | None) -> None:
    """Refuse a name that a file in the folder has already. Raises NameTaken, with the file's id."""
    if folder is None:
        return
    if taken := File.objects.filter(folder=folder, name__iexact=name).values_list("id", flat=True).first():
        raise NameTaken(extra={"file": str(taken)})


@transaction.atomic
def keep_as_file(
    *,
    content: Content,
    name: str,
    folder: Folder | None,
    uploaded_by_id: UUID | None,
    account: Callable[[], None],
    may_rename: bool = False,
) -> File:
    """Make a file of stored bytes.

    Args:
        content: the bytes.
        name: as people see it.
        folder: where it goes; without one it is private to who uploaded it.
        uploaded_by_id: whose quota it counts towards.
        account: counts the bytes, in this transaction and before anything else.
        may_rename: take the next free name (`report (2).pdf`) where this one was taken meanwhile.

    Raises:
        NameTaken: the folder has such a file already.
        DestinationGone: the folder was deleted.
        KnownMalware: a scanner refused these bytes before.
    """
    account()
    blob, is_new = _blob_of(content)
    held = _held(folder)
    file = File(
        name=_free_name(name, held) if may_rename else name,
        folder=held,
        blob=blob,
        size_bytes=content.size_bytes,
        media_type=content.media_type,
        uploaded_by_id=uploaded_by_id,
    )
    with refusing_taken_names():
        file.save(force_insert=True)
    _add_version(file, content, name=file.name, uploaded_by_id=uploaded_by_id, number=1)
    _tell(file, uploaded_by_id, is_new=is_new)
    return file


@transaction.atomic
def keep_as_version(
    *, content: Content, name: str, file: File, uploaded_by_id: UUID | None, account: Callable[[], None]
) -> File:
    """Make stored bytes the new current version of a file, which keeps its name, its place and its id.

    Args:
        content: the bytes.
        name: what the uploaded file was called.
        file: the file.
        uploaded_by_id: whose quota the version counts towards.
        account: counts the bytes, in this transaction and before anything else.

    Raises:
        DestinationGone: the file was deleted.
        KnownMalware: a scanner refused these bytes before.
    """
    account()
    blob, is_new = _blob_of(content)
    held = File.objects.select_for_update(of=("self",)).filter(id=file.id).first()
    if held is None:
        raise DestinationGone
    newest = FileVersion.objects.filter(file=held).aggregate(newest=Max("number"))["newest"] or 0
    _add_version(held, content, name=name, uploaded_by_id=uploaded_by_id, number=newest + 1, blob=blob)
    held.blob = blob
    held.size_bytes, held.media_type, held.version_number = content.size_bytes, content.media_type, newest + 1
    _save_current(held)
    _tell(held, uploaded_by_id, is_new=is_new)
    return held


@transaction.atomic
def restore_version(*, file: File, number: int, by: User) -> File:
    """Make an older version the current one again. It keeps its number; nothing is copied or counted.

    Raises:
        UnknownVersion: the file has none with this number.
        KnownMalware: the scanner found malware in it.
    """
    del by
    held = File.objects.select_for_update(of=("self",)).filter(id=file.id).first()
    version = FileVersion.objects.filter(file_id=file.id, number=number).select_related("blob").first()
    if held is None or version is None:
        raise UnknownVersion
    if version.blob.scan_state == ScanState.INFECTED:
        raise KnownMalware
    if held.version_number != number:
        held.blob = version.blob
        held.size_bytes, held.media_type, held.version_number = version.size_bytes, version.media_type, number
        _save_current(held)
    return held


def _save_current(file: File) -> None:
    file.version += 1
    file.save(update_fields=["blob", "size_bytes", "media_type", "version_number", "version", "updated_at"])


def _blob_of(content: Content) -> tuple[Blob, bool]:
    """Return the school's one row for these bytes, locked so that no collection takes it, and whether it is new.

    Who uploads what is there already leaves no second copy: theirs is deleted after the commit.
    """
    while True:
        new = Blob(key=content.key, sha256=content.sha256, size_bytes=content.size_bytes, media_type=content.media_type)
        Blob.objects.bulk_create([new], ignore_conflicts=True)
        blob = Blob.objects.select_for_update(no_key=True).filter(sha256=content.sha256).first()
        if blob is not None:  # else the one in the way was collected between the two statements
            break
    if blob.scan_state == ScanState.INFECTED:
        raise KnownMalware
    if blob.key != content.key:
        discard_on_commit(content.key)
    return blob, blob.key == content.key


def _held(folder: Folder | None) -> Folder | None:
    try:
        return hold_folder(folder_id=folder.id) if folder else None
    except NotFound as error:
        raise DestinationGone from error


def _free_name(name: str, folder: Folder | None) -> str:
    """Return `name`, or the first of `name (2)`, `name (3)` … that no file in the folder has."""
    if folder is None:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    names = (name, *(f"{_cut(stem, dot, extension)} ({number}){dot}{extension}" for number in range(2, _MOST_TRIES)))
    taken = Q(name__istartswith=_cut(stem, dot, extension))
    there = {each.lower() for each in File.objects.filter(taken, folder=folder).values_list("name", flat=True)}
    return next((each for each in names if each.lower() not in there), name)


def _cut(stem: str, dot: str, extension: str) -> str:
    room_for_number = len(f" ({_MOST_TRIES})")
    return stem[: LONGEST_NAME - len(dot) - len(extension) - room_for_number]


def _add_version(
    file: File, content: Content, *, name: str, uploaded_by_id: UUID | None, number: int, blob: Blob | None = None
) -> None:
    FileVersion.objects.create(
        file=file,
        number=number,
        blob=blob or file.blob,
        name=name,
        size_bytes=content.size_bytes,
        media_type=content.media_type,
        uploaded_by_id=uploaded_by_id,
    )


def _tell(file: File, uploaded_by_id: UUID | None, *, is_new: bool) -> None:
    if is_new:
        emit(BlobStored(blob_id=file.blob_id))
    emit(
        FileUploaded(
            file_id=file.id,
            blob_id=file.blob_id,
            version_number=file.version_number,
            uploaded_by_id=uploaded_by_id,
        )
    )
