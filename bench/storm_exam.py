"""The exam of the storm: its rows before, and the judgement after. Import after Django is set up."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.assessments.models import Assessment, Attempt, AttemptAnswer, GradeChange, JournalEntry
from apps.assessments.services import check_journal, create_assessment, put_new_question
from apps.core.events.outbox import retry_due_deliveries
from apps.core.ids import new_id
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.courses.models import Course
from apps.enrollments.models import Enrollment
from apps.users.models import Session, User
from apps.users.tokens import sign_access_token
from bench.requests import Request
from bench.statements import answer, count, handler
from bench.storm_learners import Learner

RIGHT = "a"
POINTS = Decimal(5)


@dataclass(frozen=True, slots=True)
class Exam:
    """What was prepared. The last token is nobody's in the storm: its statements are counted."""

    tenant_id: UUID
    assessment_id: UUID
    tokens: list[str]
    spare: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the storm has left."""

    attempts: int
    acknowledged: int
    lost: int
    twice: int
    wrong_scores: int
    broken_journals: int
    again: int
    milliseconds: Sequence[float]

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.twice or self.wrong_scores or self.broken_journals) and self.acknowledged > 0

    def table(self, *, kills: int, stops: int, statements: int) -> str:
        """Return the figures as text."""
        rows = [
            ("server killed (-9)", kills), ("PostgreSQL stopped at once", stops), ("attempts", self.attempts),
            ("requests sent again", self.again), ("acknowledged saves", self.acknowledged), ("lost", self.lost),
            ("attempts counted twice", self.twice), ("wrong scores", self.wrong_scores),
            ("journals that do not verify", self.broken_journals),
            ("autosave p50 / p95 / p99 (ms)", " / ".join(f"{self._quantile(q):.1f}" for q in (0.5, 0.95, 0.99))),
            ("SQL statements of an autosave", statements),
        ]  # fmt: skip
        return "\n".join(f"{name:32} {value}" for name, value in rows)

    def _quantile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def prepare(learners: int, questions: int) -> Exam:
    """Make a school with an exam and its learners, each with a session."""
    with platform_context(reason="school of the storm"):
        tenant = Tenant.objects.create(name="Storm", slug="storm")
    with tenant_context(tenant):
        course = Course.objects.create(title="Storm", slug="storm", status="published", published_at=timezone.now())
        assessment = create_assessment(
            course=course, by=None, title="Exam", assessment_type="exam", time_limit_minutes=180, max_attempts=1,
            shuffle_questions=True, shuffle_options=True,
        )  # fmt: skip
        for number in range(questions):
            options = [{"id": each, "text": f"Option {each}", "is_correct": each == RIGHT} for each in "abcd"]
            put_new_question(
                assessment=assessment, by=None, question_type="multiple_choice", question_text=f"Question {number}",
                points=POINTS, type_specific_data={"options": options},
            )  # fmt: skip
        people = User.objects.bulk_create(
            User(id=new_id(), email=f"learner-{number}@storm.test", password="!", roles=["learner"])
            for number in range(learners + 1)
        )
        now = timezone.now()
        Enrollment.objects.bulk_create(Enrollment(course=course, user=person, enrolled_at=now) for person in people)
        tokens = [_token(tenant.id, person) for person in people]
    return Exam(tenant.id, assessment.id, tokens[:-1], tokens[-1])


def _token(tenant_id: UUID, person: User) -> str:
    now = timezone.now()
    session = Session.objects.create(
        user=person, refresh_jti=new_id(), created_at=now, last_used_at=now, expires_at=now + timedelta(days=1)
    )
    return sign_access_token(user_id=person.id, tenant_id=tenant_id, session_id=session.id, roles=person.roles, now=now)


def statements_of_a_save(exam: Exam) -> int:
    """Return how many SQL statements an autosave costs, entry, BEGIN and COMMIT included."""
    connection.close()  # the database was stopped since
    made = handler()
    headers = {"Authorization": f"Bearer {exam.spare}"}
    started = json.loads(
        answer(made, Request("POST", f"/api/assessments/{exam.assessment_id}/attempts/", headers, b"{}"))
    )
    answers = {slot["question"]: {"selected_option_id": "b"} for slot in started["questions"]}
    body = json.dumps({"sequence": 1, "answers": answers}).encode()
    statements = len(count(made, Request("PATCH", f"/api/attempts/{started['id']}/", headers, body)))
    with tenant_context(exam.tenant_id):
        Attempt.objects.filter(id=started["id"]).delete()
    return statements


def judge(exam: Exam, learners: Sequence[Learner]) -> Verdict:
    """Compare what the learners were told with what is there."""
    retry_due_deliveries(now=timezone.now() + timedelta(days=1))
    with tenant_context(exam.tenant_id):
        attempts = {str(each.id): each for each in Attempt.objects.filter(assessment_id=exam.assessment_id)}
        lost = sum(_lost(learner) for learner in learners)
        broken = sum(check_journal(attempt) is not None for attempt in attempts.values())
        twice = len(attempts) - len(learners) + _counted_twice(attempts)
        wrong = sum(_is_wrong(attempts.get(learner.attempt), learner) for learner in learners)
        Assessment.objects.get(id=exam.assessment_id)
    return Verdict(
        attempts=len(attempts),
        acknowledged=sum(len(learner.acknowledged) for learner in learners),
        lost=lost,
        twice=twice,
        wrong_scores=wrong,
        broken_journals=broken,
        again=sum(learner.again for learner in learners),
        milliseconds=[1000 * seconds for learner in learners for seconds in learner.seconds],
    )


def _lost(learner: Learner) -> int:
    """Return how many acknowledged saves are not in the journal, or not on the paper unless by a newer one."""
    entries = dict(JournalEntry.objects.filter(attempt_id=learner.attempt).values_list("index", "hash"))
    rows = AttemptAnswer.objects.filter(attempt_id=learner.attempt)
    stored = {str(row.question_id): (row.sequence, _option(row.answer)) for row in rows}
    lost = 0
    for save in learner.acknowledged:
        is_kept = entries.get(save.entry_index) == save.entry_hash
        for question, option in save.answers.items():
            sequence, now_there = stored.get(question, (0, ""))
            newer = learner.sent.get(sequence, {}).get(question)
            is_kept &= (sequence == save.sequence and now_there == option) or (
                sequence > save.sequence and now_there == newer
            )
        lost += not is_kept
    return lost


def _option(stored: Any) -> str:
    return str(stored["selected_option_ids"][0])


def _counted_twice(attempts: dict[str, Attempt]) -> int:
    """Return how many attempts were handed in, graded, or told of other than once."""
    ids = list(attempts)
    kinds = Counter(JournalEntry.objects.filter(attempt_id__in=ids).values_list("attempt_id", "kind"))
    grades = Counter(GradeChange.objects.filter(attempt_id__in=ids).values_list("attempt_id", flat=True))
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for payload, name in Delivery.objects.filter(event="attempt.graded.v1").values_list("payload", "handler"):
        told[payload["attempt_id"]][name] += 1
    return sum(
        kinds[(attempt.id, "submitted")] != 1
        or kinds[(attempt.id, "graded")] != 1
        or grades[attempt.id] != 1
        or set(told[str(attempt.id)].values()) - {1} != set()
        for attempt in attempts.values()
    )


def _is_wrong(attempt: Attempt | None, learner: Learner) -> bool:
    if attempt is None:
        return True
    right = AttemptAnswer.objects.filter(attempt_id=attempt.id, answer={"selected_option_ids": [RIGHT]}).count()
    return not (attempt.score == right * POINTS == Decimal(learner.score or -1))
