"""What a paper needs to be graded and shown: the keys that it names, and the answers that it has, by one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

import orjson
from django.db import connection

from apps.assessments.models import Attempt
from apps.core.tenancy.context import current_tenant_id

_READ: Final = """
    SELECT slot.version_id::text, slot.question_id::text,
        key.question_type, key.type_specific_data, key.feedback, key.worked_solution, key.hints,
        given.sequence, given.answer, given.points, given.feedback
    FROM unnest(%(versions)s::uuid[], %(questions)s::uuid[]) AS slot(version_id, question_id)
    LEFT JOIN assessments_questionversion key
        ON %(with_keys)s::boolean AND key.tenant_id = %(tenant)s::uuid AND key.id = slot.version_id
    LEFT JOIN assessments_attemptanswer given
        ON given.tenant_id = %(tenant)s::uuid AND given.attempt_id = %(attempt)s::uuid
        AND given.question_id = slot.question_id
"""


class Key(NamedTuple):
    """What the grading and the showing of a question ask of its version."""

    question_type: str
    type_specific_data: dict[str, Any]
    feedback: str
    worked_solution: str
    hints: list[str]


class Given(NamedTuple):
    """An answer. `answer` None: it was taken back; `points` None: not graded; `said` by the key, where it was asked."""

    answer: Any
    sequence: int
    points: Decimal | None = None
    feedback: str = ""
    said: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The keys of a paper by id of the version, and its answers by id of the question."""

    keys: Mapping[str, Key]
    answers: Mapping[str, Given]


EMPTY: Final = Sheet({}, {})


def sheet_of(attempt: Attempt, *, with_keys: bool = True) -> Sheet:
    """Return the sheet of an attempt; without keys where nothing of them is to be seen."""
    values: dict[str, Any] = {
        "tenant": current_tenant_id(), "attempt": attempt.id, "with_keys": with_keys,
        "versions": [slot["version"] for slot in attempt.paper],
        "questions": [slot["question"] for slot in attempt.paper],
    }  # fmt: skip
    keys: dict[str, Key] = {}
    answers: dict[str, Given] = {}
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        for version, question, kind, data, feedback, worked, hints, sequence, answer, points, said in cursor:
            if kind is not None:
                keys[version] = Key(kind, orjson.loads(data), feedback, worked, hints)
            if sequence is not None:
                answers[question] = Given(orjson.loads(answer), sequence, points, said)
    return Sheet(keys, answers)
