"""What happens to a file as people see it: renamed, moved, put into the trash. Its bytes are others' business."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.errors import Conflict, NotFound
from apps.core.models import TrashEntry
from apps.core.policies import Actor
from apps.core.trash.services import move_to_trash
from apps.files.inspection.names import check_extension, extension_of
from apps.files.models import File, Folder
from apps.files.services.file_names import file_name
from apps.files.services.folders import UNCHANGED, hold_folder
from apps.files.services.names import refusing_taken_names
from apps.files.uses import FileUse, uses_of
from apps.users.models import User

MOST_USES_SHOWN: Final = 50


class FileInUse(Conflict):
    """A course, or something else, hangs on the file; `uses` says what."""

    code = "file_in_use"

    def __init__(self, uses: list[FileUse]) -> None:
        titles = ", ".join(sorted({use.title for use in uses})[:3])
        places = "1 place" if len(uses) == 1 else f"{len(uses)} places"
        super().__init__(
            f"This is used in {places} ({titles}). Take it out there first, then delete it.",
            extra={
                "uses": [
                    {"file": str(use.file_id), "kind": use.kind, "id": str(use.id), "title": use.title}
                    for use in uses[:MOST_USES_SHOWN]
                ]
            },
        )


def hold_file(*, file_id: UUID) -> File:
    """Return the file, which until the transaction ends nobody renames, moves or puts into the trash.

    For who makes something hang on it.

    Raises:
        NotFound: it is in the trash, or gone.
    """
    file = File.objects.select_for_update(no_key=True).filter(id=file_id).first()
    if file is None:
        raise NotFound
    return file


@transaction.atomic
def change_file(*, file: File, by: User, name: str | None = None, folder: Any = UNCHANGED) -> File:
    """Rename a file, or move it: into a Folder, or with None out of all, where it is private to who uploaded it.

    Raises:
        InvalidName: the name cannot be shown as it is, or hides what the file is.
        UnsafeFile: `type_mismatch`, the new extension promises another type.
        NameTaken: the folder has such a file already.
        NotFound: it, or the folder, is gone.
    """
    del by
    place: Folder | object | None = hold_folder(folder_id=folder.id) if isinstance(folder, Folder) else folder
    file = hold_file(file_id=file.id)
    if name is not None:
        file.name = _renamed(file, file_name(name))
    if place is not UNCHANGED:
        file.folder = place  # type: ignore[assignment]  # a folder or None
    file.version += 1
    with refusing_taken_names():
        file.save(update_fields=["name", "folder", "version", "updated_at"])
    return file


def _renamed(file: File, name: str) -> str:
    """Return the name. A new extension must fit the content, as on the way in: text does not become a page."""
    if extension_of(name) != extension_of(file.name):
        check_extension(name, media_type=file.media_type, field="name")
    return name


@transaction.atomic
def delete_file(*, file: File, by: User, now: datetime | None = None) -> TrashEntry:
    """Put a file with all its versions into the trash.

    Raises:
        FileInUse: something hangs on it.
        NotFound: it is gone already.
    """
    return move_to_trash(obj=file, name=file.name, by=by, now=now or timezone.now())


def refuse_files_in_use(files: QuerySet[File], by: Actor | None) -> None:
    """Keep files from the trash that something hangs on; asked by the trash, of a folder's files too.

    Raises:
        FileInUse: one of them is used.
    """
    del by
    if uses := uses_of(list(files.values_list("id", flat=True))):
        raise FileInUse(uses)
