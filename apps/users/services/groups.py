"""Groups and who is in them; `member_count` is kept under the group's lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.core.errors import Conflict, TenantRequired
from apps.core.tenancy.context import current_scope
from apps.users.choices import AdditionOutcome
from apps.users.models import Group, GroupMembership, User

CHANGEABLE: Final = frozenset({"name", "description"})


class GroupNameTaken(Conflict):
    """Another group has this name."""

    code = "group_name_taken"
    default_detail = "A group of this school has this name already."
    default_field = "name"


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of one account in a bulk addition."""

    user: UUID
    outcome: AdditionOutcome


def create_group(*, name: str, by: User, description: str = "") -> Group:
    """Make an empty group in the open tenant.

    Raises:
        TenantRequired: no tenant is open.
        GroupNameTaken: another group has the name, in whatever case.
    """
    del by
    if current_scope().tenant_id is None:
        raise TenantRequired
    group = Group(name=name.strip(), description=description)
    _store(group, force_insert=True)
    return group


@transaction.atomic
def change_group(*, group: Group, changes: Mapping[str, Any], by: User) -> Group:
    """Change name or description.

    Raises:
        GroupNameTaken: another group has the name.
    """
    del by
    row = _lock(group.id)
    for name, value in changes.items():
        if name in CHANGEABLE:
            setattr(row, name, value)
    row.version += 1
    _store(row)
    return row


def delete_group(*, group: Group, by: User) -> None:
    """Delete a group; its members stay in the school."""
    del by
    group.delete()


@transaction.atomic
def add_members(*, group: Group, user_ids: Sequence[UUID], by: User) -> list[Addition]:
    """Add accounts to a group; each that can be added is, whatever becomes of the others.

    Returns:
        One entry for each given id, in their order.
    """
    del by
    row = _lock(group.id)
    known = set(User.objects.filter(id__in=user_ids).values_list("id", flat=True))
    members = set(GroupMembership.objects.filter(group=row, user_id__in=user_ids).values_list("user_id", flat=True))
    additions, new = [], []
    for user_id in user_ids:
        outcome = _outcome(user_id, known, members)
        additions.append(Addition(user_id, outcome))
        if outcome == AdditionOutcome.ADDED:
            members.add(user_id)
            new.append(GroupMembership(group=row, user_id=user_id))
    GroupMembership.objects.bulk_create(new)
    _count(row, len(new))
    return additions


@transaction.atomic
def remove_member(*, group: Group, user_id: UUID, by: User) -> bool:
    """Take an account out of a group; return whether it was in it."""
    del by
    row = _lock(group.id)
    removed, _ = GroupMembership.objects.filter(group=row, user_id=user_id).delete()
    _count(row, -removed)
    return bool(removed)


def _outcome(user_id: UUID, known: set[UUID], members: set[UUID]) -> AdditionOutcome:
    if user_id not in known:
        return AdditionOutcome.NOT_FOUND
    return AdditionOutcome.ALREADY_MEMBER if user_id in members else AdditionOutcome.ADDED


def _count(row: Group, change: int) -> None:
    if change:
        row.member_count += change
        row.save(update_fields=["member_count"])


def _lock(group_id: UUID) -> Group:
    return Group.objects.select_for_update().get(id=group_id)


def _store(group: Group, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            group.save(force_insert=force_insert)
    except IntegrityError as error:
        raise GroupNameTaken from error
