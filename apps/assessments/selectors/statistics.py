"""The statistics of an assessment, from its graded attempts: five statements, however many attempts there are."""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection, transaction

from apps.assessments import statistics
from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Assessment, Attempt, QuestionVersion
from apps.assessments.question_types import question_type
from apps.core.tenancy.context import current_tenant_id

FIRST: Final = "first"
LAST: Final = "last"
ALL: Final = "all"
_ROWS_AT_A_TIME: Final = 2_000
_REMEMBERED: Final = 1000
_SHORT: Final = 200
_HUNDRED: Final = 100

_ASKED: Final = """
SELECT DISTINCT slot.version FROM assessments_attempt attempt
CROSS JOIN LATERAL jsonb_to_recordset(attempt.paper) AS slot(version uuid)
WHERE attempt.tenant_id = %(tenant)s::uuid AND attempt.id = ANY(%(attempts)s::uuid[])
"""

# What everybody was asked, and got for it in hundredths of a point.
_ANSWERS: Final = """
SELECT attempt.id, slot.version, round(slot.points * 100)::bigint, coalesce(round(answer.points * 100), 0)::bigint,
    answer.answer::text
FROM assessments_attempt attempt
CROSS JOIN LATERAL jsonb_to_recordset(attempt.paper) AS slot(version uuid, question uuid, points numeric)
LEFT JOIN assessments_attemptanswer answer ON answer.tenant_id = attempt.tenant_id
    AND answer.attempt_id = attempt.id AND answer.question_id = slot.question
WHERE attempt.tenant_id = %(tenant)s::uuid AND attempt.id = ANY(%(attempts)s::uuid[])
"""

# The time before each save since whatever was noted last is the question's, where the save holds no other question;
# an attempt that has ever saved the question together with others does not tell.
_TIMES: Final = """
WITH entry AS (
    SELECT attempt_id, CASE WHEN kind = 'saved' THEN content::jsonb -> 'answers' END AS answers,
        occurred_at - lag(occurred_at) OVER (PARTITION BY attempt_id ORDER BY index) AS took
    FROM assessments_journalentry
    WHERE tenant_id = %(tenant)s::uuid AND attempt_id = ANY(%(attempts)s::uuid[])
), named AS (
    SELECT entry.attempt_id, entry.took, saved.question,
        (SELECT count(*) FROM jsonb_object_keys(entry.answers)) AS together
    FROM entry CROSS JOIN LATERAL jsonb_object_keys(entry.answers) AS saved(question)
), spent AS (
    SELECT attempt_id, question, sum(took) AS took FROM named GROUP BY attempt_id, question HAVING max(together) = 1
)
SELECT question::uuid, extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY took))::float8
FROM spent GROUP BY question
"""


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """What is to be said about one version of a question."""

    version: QuestionVersion
    item: statistics.ItemStatistics
    median_seconds: float | None


@dataclass(frozen=True, slots=True)
class AssessmentStatistics:
    """What is to be said about an assessment; scores are points before late penalties."""

    scores: statistics.ScoreStatistics
    median_seconds: float | None
    questions: list[QuestionStatistics]


@dataclass(slots=True)
class _Column:
    """One version of a question: parallel arrays, one entry for each attempt that asked it."""

    version: QuestionVersion
    who: "array[int]" = field(default_factory=lambda: array("q"))
    most: "array[int]" = field(default_factory=lambda: array("q"))
    points: "array[int]" = field(default_factory=lambda: array("q"))
    responses: list[tuple[str, ...]] = field(default_factory=list)
    right: dict[str, bool | None] = field(default_factory=dict)
    # Many learners give the same short answer: it is read once.
    read: dict[str | None, tuple[str, ...]] = field(default_factory=dict)

    def add(self, who: int, most: int, points: int, answer: str | None) -> None:
        """Add an attempt; `answer` as the database writes it."""
        self.who.append(who)
        self.most.append(most)
        self.points.append(points)
        chosen = self.read.get(answer)
        if chosen is None:
            chosen = self._chosen(answer)
            if len(self.read) < _REMEMBERED and len(answer or "") <= _SHORT:
                self.read[answer] = chosen
        self.responses.append(chosen)

    def _chosen(self, written: str | None) -> tuple[str, ...]:
        """Return under which keys an answer counts, and learn whether the key is right."""
        kind, data = question_type(self.version.question_type), self.version.type_specific_data
        answer = orjson.loads(written) if written else None
        chosen = tuple(kind.responses(data, answer))
        if len(chosen) == 1 and chosen[0] not in self.right:
            grade = kind.grade(data, answer)
            is_between = grade is None or 0 < grade.fraction < 1
            self.right[chosen[0]] = None if grade is None or is_between else grade.fraction > 0
        return chosen


def assessment_statistics(assessment: Assessment, *, attempts: str = FIRST) -> AssessmentStatistics:
    """Return the statistics of an assessment's graded attempts.

    Args:
        assessment: whose.
        attempts: of each learner the `first` or the `last` one, which are independent of each other; or `all`.
    """
    chosen = _chosen(assessment, attempts)
    ids = [attempt_id for attempt_id, _ in chosen]
    columns = _columns(ids)
    totals = array("q", bytes(8 * len(ids)))
    for column in columns:
        for who, points in zip(column.who, column.points, strict=True):
            totals[who] += points
    is_same_paper = all(len(column.who) == len(ids) for column in columns)
    times = _times(ids)
    return AssessmentStatistics(
        scores=statistics.score_statistics(
            [total / _HUNDRED for total in totals], [_in_order(column) for column in columns] if is_same_paper else None
        ),
        median_seconds=statistics.median([seconds for _, seconds in chosen]),
        questions=[
            QuestionStatistics(column.version, _item(column, totals), times.get(column.version.question_id))
            for column in columns
        ],
    )


def _chosen(assessment: Assessment, attempts: str) -> list[tuple[UUID, float]]:
    """Return the attempts that count, with their durations in seconds."""
    graded = Attempt.objects.filter(assessment_id=assessment.id, status=AttemptStatus.GRADED)
    if attempts != ALL:
        graded = graded.order_by("user_id", "number" if attempts == FIRST else "-number").distinct("user_id")
    rows = graded.values_list("id", "started_at", "submitted_at")
    return [(row_id, (ended - started).total_seconds() if ended else 0.0) for row_id, started, ended in rows]


def _columns(ids: Sequence[UUID]) -> list[_Column]:
    """Return one column for each version that was asked, in the order in which the questions were made."""
    asked_ids = [version_id for (version_id,) in _stream(_ASKED, ids)]
    asked = QuestionVersion.objects.filter(id__in=asked_ids).order_by("question_id", "number")
    columns = {version.id: _Column(version) for version in asked}
    for column in columns.values():
        for option in column.version.type_specific_data.get("options", ()):
            is_between = not option["is_correct"] and Decimal(option.get("weight", 0)) > 0
            column.right[option["id"]] = None if is_between else option["is_correct"]
    who = {attempt_id: index for index, attempt_id in enumerate(ids)}
    for attempt_id, version_id, most, points, answer in _stream(_ANSWERS, ids):
        columns[version_id].add(who[attempt_id], most, points, answer)
    return list(columns.values())


def _in_order(column: _Column) -> list[int]:
    """Return the points of a version in the order of the attempts."""
    return [points for _, points in sorted(zip(column.who, column.points, strict=True))]


def _item(column: _Column, totals: Sequence[int]) -> statistics.ItemStatistics:
    return statistics.item_statistics(
        points=column.points,
        most=column.most,
        totals=[totals[who] for who in column.who],
        responses=column.responses,
        right=column.right,
    )


def _times(ids: Sequence[UUID]) -> dict[UUID, float]:
    """Return the median of the seconds that people spent on each question, as far as their saves tell."""
    return dict(_stream(_TIMES, ids))


def _stream(sql: str, ids: Sequence[UUID]) -> Iterator[Any]:
    """Yield rows about the attempts, some at a time: what the database found does not lie in memory all at once."""
    values: dict[str, Any] = {"tenant": current_tenant_id(), "attempts": list(ids)}
    with transaction.atomic(), closing(connection.chunked_cursor()) as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(_ROWS_AT_A_TIME):
            yield from rows
