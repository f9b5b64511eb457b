"""What a job did with the rows of its input, and how many there are of each kind."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, QuerySet

from apps.core.models import Job, JobRow

if TYPE_CHECKING:
    from apps.core.jobs.running import RowResult

BATCH: Final = 1000
FIELDS: Final = ("state", "reference", "code", "field", "detail", "data")
LONGEST_DETAIL: Final = 1000


def store_rows(held: "QuerySet[Job]", *, job: Job, rows: "Sequence[RowResult]") -> None:
    """Write the rows, in the place of those with the same index, and count them. The job is locked by the caller."""
    latest = {row.index: row for row in rows}
    before = dict(JobRow.objects.filter(job=job, index__in=latest).values_list("index", "state"))
    JobRow.objects.bulk_create(
        [_row(job, row) for row in latest.values()],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["tenant", "job", "index"],
        update_fields=FIELDS,
    )
    changes = Counter[str](row.state for row in latest.values())
    changes.subtract(before.values())
    counters: dict[str, Any] = {f"rows_{state}": F(f"rows_{state}") + change for state, change in changes.items()}
    if counters:
        held.update(**counters)


def _row(job: Job, row: "RowResult") -> JobRow:
    return JobRow(
        job=job,
        index=row.index,
        state=row.state,
        reference=row.reference,
        code=row.code[:100],
        field=row.field[:200],
        detail=row.detail.replace("\x00", "")[:LONGEST_DETAIL],
        data=row.data,
    )
