"""Locking one's own attempt by one statement: what a learner does with a paper begins with it, every few seconds."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Model

from apps.assessments.models import Assessment, Attempt
from apps.assessments.services.statements import on_one_line
from apps.core.tenancy.context import current_tenant_id


def _columns(model: type[Model], names: Sequence[str], alias: str) -> str:
    """Return the columns of some fields, in their order."""
    fields = {field.attname: field.column for field in model._meta.concrete_fields}
    return ", ".join(f'{alias}."{fields[name]}"' for name in names)


_OF_THE_ATTEMPT: Final = tuple(field.attname for field in Attempt._meta.concrete_fields)
# What saving, handing in, grading and showing ask for; the rest of the assessment is read where it is asked for.
_OF_THE_ASSESSMENT: Final = (
    "id", "tenant_id", "course_id", "assessment_type", "grading_mode", "closes_at", "pass_mark_percentage",
    "show_score", "show_answers", "show_feedback", "results_posted_at", "late_penalty_percentage", "late_penalty_per",
    "late_floor_percentage", "late_grace_minutes",
)  # fmt: skip
_PAPER: Final = _OF_THE_ATTEMPT.index("paper")
_LOCK: Final = on_one_line(f"""
SELECT {_columns(Attempt, _OF_THE_ATTEMPT, "t")}, {_columns(Assessment, _OF_THE_ASSESSMENT, "a")}
FROM assessments_attempt t
JOIN assessments_assessment a ON a.tenant_id = t.tenant_id AND a.id = t.assessment_id
WHERE t.tenant_id = %(tenant)s::uuid AND t.id = %(attempt)s::uuid AND t.user_id = %(user)s::uuid
FOR UPDATE OF t
""")  # noqa: S608  names of fields only


def lock_own_attempt(attempt_id: UUID, *, user_id: UUID) -> Attempt | None:
    """Return the attempt with its assessment, locked as `lock_attempt` does; None where it is not this learner's."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"tenant": current_tenant_id(), "attempt": attempt_id, "user": user_id})
        row = cursor.fetchone()
    return None if row is None else _attempt_of(list(row))


def _attempt_of(row: list[Any]) -> Attempt:
    row[_PAPER] = orjson.loads(row[_PAPER])  # the driver leaves JSON to the fields of models
    count = len(_OF_THE_ATTEMPT)
    attempt = Attempt.from_db(connection.alias, _OF_THE_ATTEMPT, row[:count])
    attempt.assessment = Assessment.from_db(connection.alias, _OF_THE_ASSESSMENT, row[count:])
    return attempt
