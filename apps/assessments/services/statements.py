"""The SQL of an attempt's life: each text is one statement, all or nothing, with the tenant in every condition.

Rows come in as one JSON document (see `rows_of`): the driver writes an array of texts letter by letter.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson


def on_one_line(sql: str) -> str:
    """Spare the spaces: the driver keeps the parsed form of texts up to 4,096 characters only."""
    return " ".join(sql.split())


def rows_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as a statement takes them; decimals as text, for exactness."""
    return orjson.dumps(list(rows), default=str).decode()


# The attempt, and the first entry of its journal.
BEGIN: Final = on_one_line("""
WITH begun AS (
    INSERT INTO assessments_attempt
        (id, tenant_id, assessment_id, enrollment_id, user_id, number, status, seed, paper, started_at, deadline_at,
        due_at, submitted_by, sequence, journal_length, journal_head, max_score, late_penalty_percentage, feedback,
        version)
    VALUES (%(id)s::uuid, %(tenant)s::uuid, %(assessment_id)s::uuid, %(enrollment_id)s::uuid, %(user_id)s::uuid,
        %(number)s::int, %(status)s::text, %(seed)s::bigint, %(paper)s::jsonb, %(started_at)s::timestamptz,
        %(deadline_at)s::timestamptz, %(due_at)s::timestamptz, '', 0, %(journal_length)s::int,
        %(journal_head)s::text, %(max_score)s::numeric, 0, '', 1)
)
INSERT INTO assessments_journalentry
    (id, tenant_id, attempt_id, index, kind, content, occurred_at, previous_hash, hash)
VALUES (%(entry)s::uuid, %(tenant)s::uuid, %(id)s::uuid, %(index)s::int, %(kind)s::text, %(content)s::text,
    %(started_at)s::timestamptz, %(previous)s::text, %(journal_head)s::text)
""")

# The answers that are newer than what is stored, the journal's entry, and the attempt's head.
SAVE: Final = on_one_line("""
WITH sent AS (
    SELECT id, question_id, version_id, coalesce(answer, 'null') AS answer
    FROM jsonb_to_recordset(%(answers)s::jsonb) AS sent(id uuid, question_id uuid, version_id uuid, answer jsonb)
), saved AS (
    INSERT INTO assessments_attemptanswer AS row
        (id, tenant_id, attempt_id, question_id, version_id, answer, sequence, saved_at, is_overridden, feedback)
    SELECT id, %(tenant)s::uuid, %(attempt)s::uuid, question_id, version_id, answer, %(sequence)s::bigint,
        %(now)s::timestamptz, false, ''
    FROM sent
    ON CONFLICT (tenant_id, attempt_id, question_id) DO UPDATE SET
        answer = excluded.answer, sequence = excluded.sequence, saved_at = excluded.saved_at
    WHERE row.sequence < excluded.sequence
    RETURNING row.question_id
), noted AS (
    INSERT INTO assessments_journalentry
        (id, tenant_id, attempt_id, index, kind, content, occurred_at, previous_hash, hash)
    VALUES (%(entry)s::uuid, %(tenant)s::uuid, %(attempt)s::uuid, %(index)s::int, %(kind)s::text, %(content)s::text,
        %(now)s::timestamptz, %(previous)s::text, %(hash)s::text)
), moved AS (
    UPDATE assessments_attempt SET
        sequence = greatest(sequence, %(sequence)s::bigint), journal_length = %(index)s::int + 1,
        journal_head = %(hash)s::text
    WHERE tenant_id = %(tenant)s::uuid AND id = %(attempt)s::uuid
)
SELECT question_id FROM saved
""")

# The answers that came with it, what all of them are worth, the journal's entries, the grade with its history, and what
# the attempt now is.
FINISH: Final = on_one_line("""
WITH sent AS (
    INSERT INTO assessments_attemptanswer AS row
        (id, tenant_id, attempt_id, question_id, version_id, answer, sequence, saved_at, points, graded_at,
        is_overridden, feedback)
    SELECT id, %(tenant)s::uuid, %(attempt)s::uuid, question_id, version_id, coalesce(answer, 'null'),
        %(sent_sequence)s::bigint, %(now)s::timestamptz, points,
        CASE WHEN points IS NOT NULL THEN %(now)s::timestamptz END, false, ''
    FROM jsonb_to_recordset(%(sent)s::jsonb)
        AS came(id uuid, question_id uuid, version_id uuid, answer jsonb, points numeric)
    ON CONFLICT (tenant_id, attempt_id, question_id) DO UPDATE SET
        answer = excluded.answer, sequence = excluded.sequence, saved_at = excluded.saved_at,
        points = excluded.points, graded_at = excluded.graded_at
    WHERE row.sequence < excluded.sequence
), worth AS (
    UPDATE assessments_attemptanswer answer SET points = graded.points, graded_at = %(now)s::timestamptz
    FROM jsonb_to_recordset(%(graded)s::jsonb) AS graded(question_id uuid, points numeric)
    WHERE answer.tenant_id = %(tenant)s::uuid AND answer.attempt_id = %(attempt)s::uuid
        AND answer.question_id = graded.question_id AND NOT answer.is_overridden
), noted AS (
    INSERT INTO assessments_journalentry
        (id, tenant_id, attempt_id, index, kind, content, occurred_at, previous_hash, hash)
    SELECT entry.id, %(tenant)s::uuid, %(attempt)s::uuid, entry.index, entry.kind, entry.content,
        %(now)s::timestamptz, entry.previous_hash, entry.hash
    FROM jsonb_to_recordset(%(entries)s::jsonb)
        AS entry(id uuid, index int, kind text, content text, previous_hash text, hash text)
), changed AS (
    INSERT INTO assessments_gradechange (id, tenant_id, attempt_id, to_points, reason, occurred_at)
    SELECT %(change)s::uuid, %(tenant)s::uuid, %(attempt)s::uuid, %(score)s::numeric, '', %(now)s::timestamptz
    WHERE %(is_graded)s::boolean
)
UPDATE assessments_attempt SET
    status = %(status)s::text, submitted_at = %(submitted_at)s::timestamptz, submitted_by = %(submitted_by)s::text,
    sequence = %(sequence)s::bigint, journal_length = %(journal_length)s::int, journal_head = %(journal_head)s::text,
    raw_score = %(raw_score)s::numeric, score = %(score)s::numeric, percentage = %(percentage)s::numeric,
    is_passed = %(is_passed)s::boolean, late_penalty_percentage = %(late_penalty_percentage)s::numeric,
    graded_at = %(graded_at)s::timestamptz, version = %(version)s::int
WHERE tenant_id = %(tenant)s::uuid AND id = %(attempt)s::uuid
""")

# In the order of the ids, so that two papers never wait for each other.
MARK_AS_USED: Final = on_one_line("""
WITH fresh AS (
    SELECT id FROM assessments_questionversion
    WHERE tenant_id = %(tenant)s::uuid AND id = ANY(%(ids)s::uuid[]) AND NOT is_used
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE assessments_questionversion version SET is_used = true FROM fresh
WHERE version.tenant_id = %(tenant)s::uuid AND version.id = fresh.id
""")
