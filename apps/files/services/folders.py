"""The tree of folders: made, renamed, moved, shown to others, put into the trash.

One lock per school (`lock_tree`) lets one writer at a time change the shape of the tree: no two moves make a circle
together, and no folder slips into a subtree that somebody is showing to others at that moment.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone

from apps.core.errors import Conflict, InvalidInput, NotFound
from apps.core.models import TrashEntry
from apps.core.tenancy.context import current_tenant_id, trash_context
from apps.core.trash.services import move_to_trash
from apps.files.choices import Visibility
from apps.files.models import Folder
from apps.files.selectors.tree import BELOW, MOST_LEVELS, height_of, path_of, walk_parameters
from apps.files.services.names import NameTaken, folder_name, refusing_taken_names
from apps.users.models import User

UNCHANGED: Final = object()


class FolderCycle(Conflict):
    """A folder would lie in itself."""

    code = "folder_cycle"
    default_detail = "A folder cannot be moved into itself or into what lies in it. Choose another place."
    default_field = "parent"


class FolderTooDeep(Conflict):
    """There would be more levels than anybody finds their way in."""

    code = "folder_too_deep"
    default_detail = f"Folders can be nested {MOST_LEVELS} levels deep; this would be deeper. Choose a higher place."
    default_field = "parent"


class PrivateInShared(InvalidInput):
    """A folder in a shared one would be private."""

    code = "private_in_shared"
    default_detail = "In a folder that others share nothing is private. Move it to the top, then make it private."
    default_field = "visibility"


def lock_tree() -> None:
    """Let one writer at a time change the school's tree of folders: until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"files-tree:{current_tenant_id()}"])


def hold_folder(*, folder_id: UUID) -> Folder:
    """Return the folder, which until the transaction ends nobody renames, moves or puts into the trash.

    For who puts a file into it.

    Raises:
        NotFound: it is in the trash, or gone.
    """
    folder = Folder.objects.select_for_update(no_key=True).filter(id=folder_id).first()
    if folder is None:
        raise NotFound
    return folder


@transaction.atomic
def create_folder(*, name: str, by: User, parent: Folder | None = None, visibility: str | None = None) -> Folder:
    """Make a folder: at the top a private one of the actor, below a parent one as visible as that, unless said else.

    Raises:
        InvalidName: the name cannot be shown as it is.
        NameTaken: the parent has such a folder already.
        FolderTooDeep: it would lie deeper than `MOST_LEVELS`.
        PrivateInShared: it would be private in a folder that is not.
        NotFound: the parent is gone.
    """
    lock_tree()
    folder = Folder(name=folder_name(name), created_by_id=by.id, visibility=Visibility.PRIVATE, owner_id=by.id)
    if parent is not None:
        _place(folder, hold_folder(folder_id=parent.id), height=1)
    if visibility is not None:
        _show(folder, visibility, by=by)
    _require_free_name(folder)
    with refusing_taken_names():
        folder.save(force_insert=True)
    return folder


@transaction.atomic
def change_folder(
    *, folder: Folder, by: User, name: str | None = None, parent: Any = UNCHANGED, visibility: str | None = None
) -> Folder:
    """Rename a folder, move it with all that lies in it, or show it and all below it to other people.

    Args:
        folder: the folder.
        by: who does; the owner of what becomes private.
        name: a new name.
        parent: a Folder to move it into, whose visibility it takes; None: the top, where it keeps its own.
        visibility: who finds it from now on.

    Raises:
        InvalidName: the name cannot be shown as it is.
        NameTaken: there is such a folder already.
        FolderCycle: the new parent lies in it.
        FolderTooDeep: it would lie deeper than `MOST_LEVELS`.
        PrivateInShared: it would be private in a folder that is not.
        NotFound: it, or the parent, is gone.
    """
    lock_tree()
    folder = hold_folder(folder_id=folder.id)
    before = (folder.visibility, folder.owner_id)
    if name is not None:
        folder.name = folder_name(name)
    if parent is None:
        folder.parent = None
    elif parent is not UNCHANGED:
        _move(folder, hold_folder(folder_id=parent.id))
    if visibility is not None and visibility != folder.visibility:
        _show(folder, visibility, by=by)
    _require_free_name(folder)
    folder.version += 1
    with refusing_taken_names():
        if (folder.visibility, folder.owner_id) != before:
            _show_all_below(folder)
        folder.save(update_fields=["name", "parent", "visibility", "owner_id", "version", "updated_at"])
    return folder


def _move(folder: Folder, parent: Folder) -> None:
    if folder.id in path_of(parent.id):
        raise FolderCycle
    with trash_context():  # what lies in the trash comes back to its place
        height = height_of(folder.id)
    _place(folder, parent, height=height)


def _place(folder: Folder, parent: Folder, *, height: int) -> None:
    if len(path_of(parent.id)) + height > MOST_LEVELS:
        raise FolderTooDeep
    folder.parent = parent
    folder.visibility, folder.owner_id = parent.visibility, parent.owner_id


def _show(folder: Folder, visibility: str, *, by: User) -> None:
    is_private = visibility == Visibility.PRIVATE
    parent = folder.parent
    if is_private and parent is not None and parent.visibility != Visibility.PRIVATE:
        raise PrivateInShared
    folder.visibility = visibility
    folder.owner_id = (parent.owner_id if parent else by.id) if is_private else None


def _show_all_below(folder: Folder) -> None:
    """Give the folder and all below it its visibility in one statement, what lies in the trash included."""
    values = {"visibility": folder.visibility, "owner": folder.owner_id, **walk_parameters(folder.id)}
    with trash_context(), connection.cursor() as cursor:
        cursor.execute(
            f"{BELOW} UPDATE files_folder SET visibility = %(visibility)s, owner_id = %(owner)s, "  # noqa: S608  constants
            f"version = version + 1, updated_at = now() "
            f"WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM below)",
            values,
        )


def _require_free_name(folder: Folder) -> None:
    """Refuse a name that its place has already: at the top once per owner, below whoever owns it."""
    siblings = Folder.objects.filter(parent_id=folder.parent_id).exclude(id=folder.id)
    if folder.parent_id is None:
        siblings = siblings.filter(owner_id=folder.owner_id)
    if siblings.annotate(key=Lower("name")).filter(key=Lower(Value(folder.name))).exists():
        raise NameTaken


@transaction.atomic
def delete_folder(*, folder: Folder, by: User, now: datetime | None = None) -> TrashEntry:
    """Put a folder with all that lies in it into the trash.

    Raises:
        FileInUse: a file in it is used somewhere.
        NotFound: it is gone already.
    """
    lock_tree()
    return move_to_trash(obj=folder, name=folder.name, by=by, now=now or timezone.now())
