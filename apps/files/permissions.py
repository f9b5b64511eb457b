"""Who may see and change folders and files.

A file follows its folder; without one it is private to who uploaded it. Whoever holds `files:read` or `files:write`
sees everything, `files:write` changes it; `files:staff` works in the folders of staff and school; everybody else
reads the school's folders and keeps files in folders of their own. What is used in a course is open to its
learners besides (`file_open_to`).
"""

from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from apps.core.policies import Policy, anyone, authenticated, has, on_object
from apps.files.choices import Visibility
from apps.files.models import File, FileVersion, Folder
from apps.files.uses import opens_by_use

M = TypeVar("M", bound=Model)

READ_ALL: Final = "files:read"
WRITE_ALL: Final = "files:write"
STAFF: Final = "files:staff"
UPLOAD: Final = "files:upload"
PURGE_ALL: Final = "trash:write"


def reads_all(actor: Any) -> bool:
    """Whether the actor sees every folder and file of the school, the private ones of others too."""
    return not {READ_ALL, WRITE_ALL}.isdisjoint(actor.permissions)


def _open_visibilities(actor: Any) -> list[str]:
    """Return which folders the actor sees although they belong to nobody."""
    return [Visibility.STAFF, Visibility.SCHOOL] if STAFF in actor.permissions else [Visibility.SCHOOL]


def may_write_in(actor: Any, folder: Folder | None) -> bool:
    """Whether the actor may put something into the folder and change it; None: outside of any folder."""
    if WRITE_ALL in actor.permissions:
        return True
    if folder is None or folder.visibility == Visibility.PRIVATE:
        is_own = folder is None or folder.owner_id == actor.id
        return is_own and UPLOAD in actor.permissions
    return STAFF in actor.permissions


def may_show(actor: Any, visibility: str, folder: Folder | None = None) -> bool:
    """Whether the actor may give a folder (None: a new one) this visibility.

    As staff, that of staff or school; private only what is their own work, for it vanishes for the others.
    """
    if WRITE_ALL in actor.permissions or (folder is not None and folder.visibility == visibility):
        return True
    if visibility == Visibility.PRIVATE:
        return folder is None or folder.created_by_id == actor.id
    return STAFF in actor.permissions


def may_take_out(actor: Any, file: File) -> bool:
    """Whether the actor may take the file out of shared folders, to where one person alone finds it."""
    return WRITE_ALL in actor.permissions or file.uploaded_by_id == actor.id


def may_purge(actor: Any, files: "QuerySet[File]") -> bool:
    """Whether the actor may delete these files for good: who deleted them may, as far as they are their own work."""
    if not {WRITE_ALL, PURGE_ALL}.isdisjoint(actor.permissions):
        return True
    return not FileVersion.objects.filter(file__in=files).exclude(uploaded_by_id=actor.id).exists()


def _changes_file(actor: Any, file: File) -> bool:
    if WRITE_ALL in actor.permissions or file.folder is not None:
        return may_write_in(actor, file.folder)
    return file.uploaded_by_id == actor.id and UPLOAD in actor.permissions


uploads: Final = has(UPLOAD) | has(WRITE_ALL)
writes_in_folder: Final = uploads & on_object(may_write_in)
changes_file: Final = uploads & on_object(_changes_file)


class FolderPolicy(Policy):
    """Folders."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "contents": authenticated,
        "create": uploads,
        "partial_update": writes_in_folder,
        "destroy": writes_in_folder,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        return queryset.filter(Q(visibility__in=_open_visibilities(actor)) | Q(owner_id=actor.id))

    @classmethod
    def variant(cls, actor: Any) -> str | None:
        return "all" if reads_all(actor) else None


class FilePolicy(Policy):
    """Files, as far as their folders are open; a file must come with its folder (`select_related`) to be changed."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "download": authenticated,
        "uses": has(READ_ALL) | changes_file,
        "create": uploads,
        "partial_update": changes_file,
        "destroy": changes_file,
        "rescan": changes_file,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        in_folders = Q(folder__visibility__in=_open_visibilities(actor)) | Q(folder__owner_id=actor.id)
        return queryset.filter(in_folders | Q(folder__isnull=True, uploaded_by_id=actor.id))

    @classmethod
    def variant(cls, actor: Any) -> str | None:
        return "all" if reads_all(actor) else None


class PicturePolicy(Policy):
    """Whoever has the address of a picture may see it."""

    rules: ClassVar = {"retrieve": anyone}


class UploadPolicy(Policy):
    """Uploads, for who made the reservation alone; where they go is asked of the folder's and the file's policy."""

    rules: ClassVar = {
        "create": uploads,
        "retrieve": authenticated,
        "complete": uploads,
        "destroy": authenticated,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        return queryset.filter(uploaded_by_id=actor.id)


class VersionPolicy(FilePolicy):
    """The history of a file: what was replaced is for those who may change the file, and who reads everything."""

    rules: ClassVar = {
        "list": has(READ_ALL) | changes_file,
        "create": changes_file,
        "restore": changes_file,
    }


class UsagePolicy(Policy):
    """How much room is taken: everybody sees their own; who reads everything also the school's and everybody's."""

    rules: ClassVar = {"retrieve": authenticated, "list": has(READ_ALL) | has(WRITE_ALL)}

    @classmethod
    def variant(cls, actor: Any) -> str | None:
        del actor
        return "all"


def file_open_to(actor: Any, file_id: UUID) -> File | None:
    """Return the file, with its blob, if `actor` may read it: by its folder, or by where it is used; else None.

    Asks where it is used only when its folder is closed.
    """
    files = File.objects.filter(id=file_id).select_related("blob")
    found: File | None = FilePolicy.visible(actor, files).first()
    if found is None and opens_by_use(actor, file_id):
        return files.first()
    return found
