"""How much room is taken: by the school, and by each of its people.

What is set aside and what is taken changes with the rows that it counts, in one transaction; the school's row is
always written before a person's. Both together make the counters exact whatever is killed when, and `recount`
proves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum

from apps.core.errors import Conflict
from apps.core.ids import new_id
from apps.core.selectors import get_setting
from apps.core.tenancy.context import current_tenant_id
from apps.files.choices import UploadState
from apps.files.models import FileVersion, StorageUsage, Upload

MEGABYTE: Final = 1024 * 1024
OPEN_STATES: Final = (UploadState.RESERVED, UploadState.PROCESSING)
QUOTA: Final = "files.quota_mb"
USER_QUOTA: Final = "files.user_quota_mb"
# The rows are written in the order of the owners. A check on the row to be made comes before the conflict with the one
# that is there, so the former never holds less than nothing.
_ADD: Final = """
    INSERT INTO files_storageusage AS usage (id, tenant_id, user_id, used_bytes, reserved_bytes)
    SELECT id, %(tenant)s::uuid, owner, greatest(%(used)s::bigint, 0), greatest(%(reserved)s::bigint, 0)
    FROM unnest(%(ids)s::uuid[], %(owners)s::uuid[]) AS one(id, owner)
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET
        used_bytes = usage.used_bytes + %(used)s::bigint, reserved_bytes = usage.reserved_bytes + %(reserved)s::bigint
    RETURNING user_id, used_bytes, reserved_bytes
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much room somebody takes (`user_id`; None: the school), and may take; in bytes."""

    user_id: UUID | None
    used_bytes: int
    reserved_bytes: int
    limit_bytes: int

    @property
    def free_bytes(self) -> int:
        return max(0, self.limit_bytes - self.used_bytes - self.reserved_bytes)


class QuotaExceeded(Conflict):
    """There is not enough room; `quota` says whose: `school` or `user`."""

    code = "quota_exceeded"

    def __init__(self, usage: Usage, needed: int) -> None:
        whose, advice = (
            ("Your own", "Delete files that you no longer need, and empty the trash")
            if usage.user_id
            else ("The school's", "Ask an admin of the school to make room")
        )
        super().__init__(
            f"{whose} storage has {usage.free_bytes} bytes left, and {needed} are needed. {advice}, then try again.",
            extra={
                "quota": "user" if usage.user_id else "school",
                "used_bytes": usage.used_bytes + usage.reserved_bytes,
                "limit_bytes": usage.limit_bytes,
                "needed_bytes": needed,
            },
        )


def usage_of(user_id: UUID | None) -> Usage:
    """Return how much room a person takes and may take; None: the school."""
    found = _row(user_id).values_list("used_bytes", "reserved_bytes").first()
    used, reserved = found or (0, 0)
    return Usage(user_id, used, reserved, limit_of(user_id))


def limit_of(user_id: UUID | None) -> int:
    """Return how many bytes a person may take; None: the school."""
    megabytes: int = get_setting(USER_QUOTA if user_id else QUOTA)
    return megabytes * MEGABYTE


def require_room(*, size: int, user_id: UUID | None) -> None:
    """Refuse early what cannot fit now. It sets nothing aside: `reserve` or `charge` do, exactly.

    Raises:
        QuotaExceeded: the school or the person has less than `size` bytes left.
    """
    for owner in _owners(user_id):
        usage = usage_of(owner)
        if size > usage.free_bytes:
            raise QuotaExceeded(usage, size)


def reserve(*, size: int, user_id: UUID | None) -> None:
    """Set `size` bytes aside, in the transaction that makes the upload they are for.

    Raises:
        QuotaExceeded: the school or the person has less left; nothing was set aside.
    """
    _take(user_id, needed=size, reserved=size)


def charge(*, size: int, user_id: UUID | None) -> None:
    """Count `size` bytes as taken, in the transaction that makes the version they are.

    Raises:
        QuotaExceeded: the school or the person has less left; nothing was counted.
    """
    _take(user_id, needed=size, used=size)


def settle(*, reserved: int, used: int, user_id: UUID | None) -> None:
    """Turn what was set aside into what is taken, which may be less or (a picture drawn anew) a little more.

    Raises:
        QuotaExceeded: it is more, and the school or the person has no room for the rest; nothing was changed.
    """
    _take(user_id, needed=max(0, used - reserved), reserved=-reserved, used=used)


def release(*, size: int, user_id: UUID | None) -> None:
    """Give back what was set aside, in the transaction that closes the upload."""
    _take(user_id, needed=0, reserved=-size)


@transaction.atomic
def give_back(sizes: Mapping[UUID | None, int]) -> None:
    """Give back what versions took that are no more: bytes by who uploaded them."""
    if total := sum(sizes.values()):
        _row(None).update(used_bytes=F("used_bytes") - total)
    for user_id in sorted((owner for owner in sizes if owner), key=str):
        _row(user_id).update(used_bytes=F("used_bytes") - sizes[user_id])


def _owners(user_id: UUID | None) -> list[UUID | None]:
    """Return whose rows count: the school's first, always, so that no two transactions wait for each other."""
    return [None, user_id] if user_id else [None]


def _row(owner: UUID | None) -> QuerySet[StorageUsage]:
    return StorageUsage.objects.filter(Q(user_id=owner) if owner else Q(user_id__isnull=True))


def _take(user_id: UUID | None, *, needed: int, reserved: int = 0, used: int = 0) -> None:
    """Count for the school and for the person, by one statement; by a second one take it back where it does not fit.

    Between the two nobody sees the counters: their rows are locked until the transaction ends.
    """
    with transaction.atomic(savepoint=False):
        after = _add(user_id, used=used, reserved=reserved)
        before = (Usage(owner, now[0] - used, now[1] - reserved, limit_of(owner)) for owner, now in after.items())
        # Who takes no more than before is let through, also where the limit has been lowered meanwhile.
        full = next((usage for usage in before if needed > usage.free_bytes), None) if needed else None
        if full is not None:
            _add(user_id, used=-used, reserved=-reserved)
    if full is not None:
        raise QuotaExceeded(full, needed)


def _add(user_id: UUID | None, *, used: int, reserved: int) -> dict[UUID | None, tuple[int, int]]:
    """Change the counters, which are made where there are none; return what they are now, by owner."""
    owners = _owners(user_id)
    values: dict[str, Any] = {
        "tenant": current_tenant_id(), "used": used, "reserved": reserved,
        "ids": [new_id() for _ in owners], "owners": owners,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)
        return {owner: (used_now, reserved_now) for owner, used_now, reserved_now in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Recount:
    """What was counted and what there is, where the two differ; bytes."""

    user_id: UUID | None
    counted: tuple[int, int]
    found: tuple[int, int]


@transaction.atomic
def recount(*, repair: bool = False) -> list[Recount]:
    """Compare the counters of the open school with the rows they count; return those that differ.

    Used is the sum of all versions, reserved the sum of all open uploads. The school's row is locked meanwhile, so
    that nothing changes between the two looks.

    Args:
        repair: also set the counters right.
    """
    StorageUsage.objects.bulk_create([StorageUsage(user_id=None)], ignore_conflicts=True)
    list(_row(None).select_for_update())
    counted = {
        row.user_id: (row.used_bytes, row.reserved_bytes) for row in StorageUsage.objects.select_for_update().all()
    }
    found = _found()
    wrong = [
        Recount(owner, counted.get(owner, (0, 0)), found.get(owner, (0, 0)))
        for owner in sorted(counted.keys() | found.keys(), key=str)
        if counted.get(owner, (0, 0)) != found.get(owner, (0, 0))
    ]
    if repair:
        for entry in wrong:
            used, reserved = entry.found
            StorageUsage.objects.update_or_create(
                user_id=entry.user_id, defaults={"used_bytes": used, "reserved_bytes": reserved}
            )
    return wrong


def _found() -> dict[UUID | None, tuple[int, int]]:
    """Return what the rows say: used and reserved bytes by person, and in all (None)."""
    used = _sums(FileVersion.objects.all())
    reserved = _sums(Upload.objects.filter(state__in=OPEN_STATES))
    people = {owner for owner in used.keys() | reserved.keys() if owner}
    found: dict[UUID | None, tuple[int, int]] = {
        owner: (used.get(owner, 0), reserved.get(owner, 0)) for owner in people
    }
    found[None] = (sum(used.values()), sum(reserved.values()))
    return found


def _sums(rows: "QuerySet[FileVersion] | QuerySet[Upload]") -> dict[UUID | None, int]:
    totals = rows.order_by().values_list("uploaded_by_id").annotate(total=Sum("size_bytes"))
    return {owner: int(total) for owner, total in totals}
