"""Delete softly, take it back, delete for good.

One deletion is one `TrashEntry`: the row that was deleted, and everything below it by CASCADE foreign keys between
trashable models, bears its id and is hidden by row-level security. A child that was in the trash before keeps its
own entry, and comes back on its own.
"""

import logging
import sys
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet, RestrictedError

from apps.core.errors import Conflict, DomainError, NotFound
from apps.core.events import emit
from apps.core.models import TrashEntry
from apps.core.policies import Actor, actor_id_of
from apps.core.selectors import get_setting
from apps.core.tenancy.context import current_tenant_id, trash_context
from apps.core.trash.events import TrashMoved, TrashPurged, TrashRestored
from apps.core.trash.models import TrashableModel
from apps.core.trash.registry import Hook, kind_of, model_of, trashable_of
from apps.core.trash.tree import Model, Reference, carry_along, models_below, references, rows_of

logger = logging.getLogger(__name__)

BATCH: Final = 500


class ParentInTrash(Conflict):
    """What the row belongs to, or refers to, lies in the trash itself."""

    code = "parent_in_trash"


class NameTaken(Conflict):
    """Something else has taken its place meanwhile."""

    code = "name_taken"
    default_detail = (
        "Something else has the name of what you restore by now, and nothing was restored. Rename or delete that, "
        "and restore again."
    )


class StillInUse(Conflict):
    """Rows outside of the trash refer to it and may not lose it."""

    code = "still_in_use"
    default_detail = "Something outside of the trash still refers to this, so it can't be deleted for good yet."


@transaction.atomic
def move_to_trash(*, obj: TrashableModel, name: str, by: Actor | None, now: datetime) -> TrashEntry:
    """Put `obj` and everything below it in the trash, and return the entry under which it lies there.

    Args:
        obj: the row; afterwards no query finds it, nor what went along.
        name: what people call it, for the list of the trash; shortened to 255 characters.
        by: who deletes; None for the clock.
        now: when.

    Raises:
        NotFound: it is not there (any more), or in the trash already.
        TooDeep: there are too many levels below it.
        DomainError: whatever an `after_trash` hook raises; then nothing went.
    """
    model = type(obj)
    rows = model._default_manager.filter(pk=obj.pk)
    if not rows.select_for_update().exists():
        raise NotFound
    entry = TrashEntry(
        kind=kind_of(model), object_id=obj.pk, name=name[:255], deleted_by_id=actor_id_of(by), deleted_at=now
    )
    with trash_context():
        rows.update(trash_entry_id=entry.id)
        count, touched = carry_along(model, entry.id)
        entry.row_count = 1 + count
        entry.save(force_insert=True)  # behind its rows, whose references are checked at the commit
        _after_trash(touched, entry, by)
    emit(TrashMoved(**_facts(entry), actor_id=actor_id_of(by)))
    obj.trash_entry = entry
    return entry


def _after_trash(touched: list[Model], entry: TrashEntry, by: Actor | None) -> None:
    for model in touched:
        if hook := trashable_of(model).after_trash:
            hook(rows_of(model, entry.id), by)


@transaction.atomic
def restore_from_trash(*, entry: TrashEntry, by: Actor | None) -> TrashableModel:
    """Take back one deletion, with everything that went along; return the row that had been deleted.

    Raises:
        NotFound: the entry is not there any more: restored or purged meanwhile.
        ParentInTrash: what it belongs or refers to lies in the trash.
        NameTaken: a unique key is taken by now.
    """
    model = model_of(entry.kind)
    with trash_context():
        if model is None or not _lock(entry):
            raise NotFound
        below = models_below(model)
        for reference in references():
            if reference.child in below:
                _refuse_without_parent(reference, entry)
        for hook, rows in _unmark(below, entry):
            hook(rows, by)
        TrashEntry.objects.filter(id=entry.id).delete()
        obj: TrashableModel = model._default_manager.get(pk=entry.object_id)
    emit(TrashRestored(**_facts(entry), actor_id=actor_id_of(by)))
    return obj


def _lock(entry: TrashEntry) -> bool:
    return TrashEntry.objects.select_for_update().filter(id=entry.id).exists()


def _facts(entry: TrashEntry) -> dict[str, Any]:
    return {
        "entry_id": entry.id,
        "kind": entry.kind,
        "object_id": entry.object_id,
        "row_count": entry.row_count,
    }


def _refuse_without_parent(reference: Reference, entry: TrashEntry) -> None:
    """Hold the rows that the entry's rows refer to where they are, and see that they are not in the trash."""
    parent, child = reference.parent._meta.db_table, reference.child._meta.db_table
    values = {"tenant": current_tenant_id(), "entry": entry.id}
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT held.trash_entry_id FROM (SELECT p.trash_entry_id FROM "{parent}" p '  # noqa: S608  names of our models
            f'WHERE p.tenant_id = %(tenant)s AND p.id = ANY(ARRAY(SELECT DISTINCT c."{reference.column}" '
            f'FROM "{child}" c WHERE c.tenant_id = %(tenant)s AND c.trash_entry_id = %(entry)s)) '
            f"AND p.trash_entry_id IS DISTINCT FROM %(entry)s ORDER BY p.id FOR KEY SHARE) held "
            f"ORDER BY held.trash_entry_id NULLS LAST LIMIT 1",
            values,
        )
        found = cursor.fetchone()
    if found and found[0]:
        other = TrashEntry.objects.filter(id=found[0]).first()  # None: it is being taken back at this moment
        message = (
            f"This belongs to {other.name if other else 'something'}, which is in the trash too. Restore that first."
        )
        raise ParentInTrash(message, extra={"trash_entry": str(found[0])})


def _unmark(below: list[Model], entry: TrashEntry) -> list[tuple[Hook, QuerySet[Any]]]:
    """Bring the rows of all these models back; return who wants to know, and of which rows."""
    back: list[tuple[Hook, QuerySet[Any]]] = []
    try:
        with transaction.atomic():
            for model in below:
                rows = rows_of(model, entry.id)
                if hook := trashable_of(model).after_restore:
                    ids = list(rows.values_list("pk", flat=True))
                    back.append((hook, model._default_manager.filter(pk__in=ids)))
                rows.update(trash_entry_id=None)
    except IntegrityError as error:  # of a key that holds outside of the trash only; nothing else changes
        raise NameTaken from error
    return back


@transaction.atomic
def purge_entry(*, entry: TrashEntry, by: Actor | None = None) -> int:
    """Delete for good what one deletion took, with everything below it; return how many rows of the trash went.

    A child that was deleted on its own before its parent goes too: nothing is left for it to come back to.

    Raises:
        NotFound: the entry is not there any more: restored or purged meanwhile.
        StillInUse: rows outside of the trash refer to it and may not lose it.
    """
    with trash_context():
        if not _lock(entry):
            raise NotFound
        purged = [entry]
        count = 0
        if model := model_of(entry.kind):
            below = _take_all_below(model, entry)
            purged += _entries_below(below, entry)
            count = _delete_rows(below, entry, by)
        TrashEntry.objects.filter(id__in=[each.id for each in purged]).delete()
    for each in purged:
        emit(TrashPurged(**_facts(each), actor_id=actor_id_of(by)))
    return count


def _take_all_below(model: Model, entry: TrashEntry) -> list[Model]:
    """Give what other deletions took from below the entry's rows to the entry; return the models that have any."""
    carry_along(model, entry.id, from_trash=True, max_levels=sys.maxsize - 1)
    return [each for each in models_below(model) if rows_of(each, entry.id).exists()]


def _entries_below(below: list[Model], entry: TrashEntry) -> list[TrashEntry]:
    """Return the entries of rows that now belong to `entry`."""
    return [
        found
        for model in below
        for found in TrashEntry.objects.filter(
            kind=kind_of(model), object_id__in=rows_of(model, entry.id).values("pk")
        ).exclude(id=entry.id)
    ]


def _delete_rows(below: list[Model], entry: TrashEntry, by: Actor | None) -> int:
    for model in reversed(below):
        if hook := trashable_of(model).before_purge:
            hook(rows_of(model, entry.id), by)
    try:
        return sum(_delete_in_batches(model, entry.id) for model in reversed(below))
    except (ProtectedError, RestrictedError) as error:
        raise StillInUse from error


def _delete_in_batches(model: Model, entry_id: UUID) -> int:
    """Delete the leaves first, so that no batch takes a whole tree along."""
    rows = rows_of(model, entry_id)
    leaves = rows
    for reference in references():
        if reference.is_cascade and reference.parent is model and reference.child is model:
            leaves = leaves.filter(~Exists(rows.filter(**{reference.column: OuterRef("pk")})))
    count = 0
    while ids := list(leaves.values_list("pk", flat=True)[:BATCH]):
        model._default_manager.filter(pk__in=ids).delete()
        count += len(ids)
    return count


def purge_due_entries(*, now: datetime) -> int:
    """Purge what has been in the open tenant's trash for longer than its setting `trash.days`.

    One transaction per entry; an entry that can't be purged is logged, and the others are.

    Returns:
        How many entries were purged.
    """
    limit = now - timedelta(days=get_setting("trash.days"))
    refused: list[UUID] = []
    count = 0
    while True:
        due = TrashEntry.objects.filter(deleted_at__lt=limit).exclude(id__in=refused).order_by("deleted_at", "id")
        batch = list(due[:BATCH])
        if not batch:
            return count
        for entry in batch:
            try:
                purge_entry(entry=entry)
            except NotFound:
                continue  # purged with what it lay in, or by somebody else, meanwhile
            except DomainError as error:
                refused.append(entry.id)
                logger.warning("purge_refused", extra={"trash_entry": str(entry.id), "code": error.code})
            else:
                count += 1
