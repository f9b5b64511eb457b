"""The floor's exams: saving answers and handing in, with the journal and the grade, and nothing that checks them."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import orjson

LOCK = """
    SELECT t.id::text, t.assessment_id::text AS assessment, t.user_id::text AS "user", t.number, t.sequence,
        t.journal_length, t.journal_head, t.paper::text AS paper, t.started_at, t.deadline_at, t.due_at, t.max_score,
        s.pass_mark_percentage
    FROM assessments_attempt t
    JOIN assessments_assessment s ON s.tenant_id = t.tenant_id AND s.id = t.assessment_id
    WHERE t.tenant_id = $1 AND t.id = $2 AND t.user_id = $3
    FOR UPDATE OF t
"""
KEYS = """
    SELECT id::text, type_specific_data::text AS data FROM assessments_questionversion
    WHERE tenant_id = $1 AND id = ANY($2::uuid[])
"""
WRITE = """
    WITH saved AS (
        INSERT INTO assessments_attemptanswer AS row
            (id, tenant_id, attempt_id, question_id, version_id, answer, sequence, saved_at, points, graded_at,
            is_overridden, feedback)
        SELECT id, $1::uuid, $2::uuid, question_id, version_id, answer, $7::bigint, $8::timestamptz, points,
            CASE WHEN points IS NOT NULL THEN $8::timestamptz END,
            false, ''
        FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::jsonb[], $9::numeric[])
            AS sent(id, question_id, version_id, answer, points)
        ON CONFLICT (tenant_id, attempt_id, question_id) DO UPDATE SET answer = excluded.answer,
            sequence = excluded.sequence, saved_at = excluded.saved_at, points = excluded.points
    ), noted AS (
        INSERT INTO assessments_journalentry
            (id, tenant_id, attempt_id, index, kind, content, occurred_at, previous_hash, hash)
        SELECT id, $1::uuid, $2::uuid, index, kind, content, $8::timestamptz, previous_hash, hash
        FROM unnest($10::uuid[], $11::int[], $12::text[], $13::text[], $14::text[], $15::text[])
            AS entry(id, index, kind, content, previous_hash, hash)
    )
    UPDATE assessments_attempt SET sequence = $7::bigint, journal_length = $16, journal_head = $17,
        status = $18::text, score = $19::numeric, raw_score = $19::numeric,
        percentage = $20::numeric, is_passed = $21::boolean,
        submitted_at = CASE WHEN $18::text = 'graded' THEN $8::timestamptz END,
        submitted_by = CASE WHEN $18::text = 'graded' THEN 'learner' ELSE '' END,
        graded_at = CASE WHEN $18::text = 'graded' THEN $8::timestamptz END
    WHERE tenant_id = $1::uuid AND id = $2::uuid
"""
GRADE = """
    INSERT INTO assessments_gradechange (id, tenant_id, attempt_id, to_points, reason, occurred_at)
    VALUES ($1, $2, $3, $4, '', $5)
"""


class Journal:
    """The entries of one request, chained."""

    def __init__(self, length: int, head: str) -> None:
        self.length, self.head = length, head
        self.rows: list[tuple[Any, ...]] = []

    def add(self, kind: str, content: Any) -> None:
        text = orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS).decode()
        hashed = hashlib.sha256(f"{self.length}{kind}{text}{self.head}".encode()).hexdigest()
        self.rows.append((uuid4(), self.length, kind, text, self.head, hashed))
        self.length, self.head = self.length + 1, hashed

    def columns(self) -> list[list[Any]]:
        return [list(column) for column in zip(*self.rows, strict=True)]


async def take(connection: Any, tenant: str, user: str, attempt_id: str, body: Any, now: datetime) -> dict[str, Any]:
    """Save the answers of `body`, hand in when it says so, and return what the platform answers."""
    attempt = await connection.fetchrow(LOCK, tenant, attempt_id, user)
    paper = orjson.loads(attempt["paper"])
    answers = {
        question: {"selected_option_ids": [answer["selected_option_id"]]}
        for question, answer in body["answers"].items()
    }
    sequence = attempt["sequence"] + 1
    journal = Journal(attempt["journal_length"], attempt["journal_head"])
    journal.add("saved", {"sequence": sequence, "answers": answers})
    receipt = {
        "sequence": sequence, "received_at": now, "saved": list(answers), "superseded": [],
        "entry_index": journal.length - 1, "entry_hash": journal.head,
    }  # fmt: skip
    is_over = body.get("status") == "submitted"
    points: dict[str, Decimal] = {}
    if is_over:
        points = await _points(connection, tenant, paper, answers)
        journal.add("submitted", {"submitted_by": "learner", "submitted_at": now})
        journal.add("graded", {"score": sum(points.values())})
    score = sum(points.values(), start=Decimal(0)) if is_over else None
    percentage = round(score * 100 / attempt["max_score"], 2) if score is not None else None
    is_passed = percentage >= attempt["pass_mark_percentage"] if percentage is not None else None
    versions = {slot["question"]: slot["version"] for slot in paper}
    await connection.execute(
        WRITE, tenant, attempt_id, [uuid4() for _ in answers], list(answers), [versions[each] for each in answers],
        [orjson.dumps(answer).decode() for answer in answers.values()], sequence, now,
        [points.get(each) for each in answers], *journal.columns(), journal.length, journal.head,
        "graded" if is_over else "in_progress", score, percentage, is_passed,
    )  # fmt: skip
    if not is_over:
        return {
            "id": attempt["id"], "status": "in_progress", "deadline_at": attempt["deadline_at"], "receipt": receipt
        }  # fmt: skip
    await connection.execute(GRADE, uuid4(), tenant, attempt_id, score, now)
    return _view(attempt, paper, answers, points, receipt, (score, percentage, is_passed))


async def _points(connection: Any, tenant: str, paper: Any, answers: Any) -> dict[str, Decimal]:
    found = await connection.fetch(KEYS, tenant, [slot["version"] for slot in paper])
    keys = {row["id"]: orjson.loads(row["data"]) for row in found}
    points = {}
    for slot in paper:
        right = {option["id"] for option in keys[slot["version"]]["options"] if option["is_correct"]}
        is_right = set(answers[slot["question"]]["selected_option_ids"]) == right
        points[slot["question"]] = Decimal(slot["points"]) if is_right else Decimal("0.00")
    return points


def _view(attempt: Any, paper: Any, answers: Any, points: Any, receipt: Any, result: tuple[Any, ...]) -> dict[str, Any]:
    score, percentage, is_passed = result
    return {
        "id": attempt["id"], "assessment": attempt["assessment"], "user": attempt["user"],
        "number": attempt["number"], "status": "graded", "started_at": attempt["started_at"],
        "deadline_at": attempt["deadline_at"], "seconds_left": None, "due_at": attempt["due_at"],
        "submitted_at": receipt["received_at"], "submitted_by": "learner", "sequence": receipt["sequence"],
        "max_score": str(attempt["max_score"]), "score": str(score), "percentage": str(percentage),
        "is_passed": is_passed, "late_penalty_percentage": "0.00", "feedback": "",
        "questions": [
            {
                "question": slot["question"], "question_type": slot["question_type"],
                "question_text": slot["question_text"], "points": slot["points"],
                "type_specific_data": slot["type_specific_data"], "points_given": str(points[slot["question"]]),
                "rubric_grade": None,
                "feedback": "", "option_feedback": [], "hints": [],
            }
            for slot in paper
        ],
        "answers": answers,
        "receipt": receipt,
    }  # fmt: skip
