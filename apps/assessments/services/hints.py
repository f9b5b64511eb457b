"""Hints: one after the other, in practice only, while the attempt runs; the journal knows which were shown."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.assessments.choices import AssessmentType, AttemptStatus, JournalKind
from apps.assessments.models import Attempt, JournalEntry, QuestionVersion
from apps.assessments.services.journal import next_entry
from apps.assessments.services.saving import UnknownQuestion, end_if_past, lock_attempt
from apps.core.errors import Conflict


class HintsClosed(Conflict):
    """No hint is shown here, or none any more."""

    code = "hints_closed"
    default_detail = "Hints are shown in practice only, while the attempt runs."
    keeps_changes = True  # an attempt whose time is up is handed in


@dataclass(frozen=True, slots=True)
class QuestionHints:
    """What has been shown of a question's hints, and how many are left."""

    question: str
    hints: list[str]
    left: int


def reveal_hint(*, attempt_id: UUID, question_id: UUID, now: datetime | None = None) -> QuestionHints:
    """Show the next hint of a question; where none is left, nothing changes.

    Args:
        attempt_id: the learner's, at a practice.
        question_id: on its paper.
        now: the moment.

    Raises:
        HintsClosed: it is no practice, or the attempt is over; one whose time is up is handed in.
        UnknownQuestion: the paper has no such question.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        attempt = lock_attempt(attempt_id)
        require_practice(attempt)
        if attempt.status == AttemptStatus.IN_PROGRESS and not end_if_past(attempt=attempt, now=moment):
            return _reveal(attempt, str(question_id), moment)
    raise HintsClosed


def _reveal(attempt: Attempt, question: str, now: datetime) -> QuestionHints:
    version_id = next((slot["version"] for slot in attempt.paper if slot["question"] == question), None)
    if version_id is None:
        message = "There is no such question on this paper."
        raise UnknownQuestion(message, field="question")
    hints = QuestionVersion.objects.values_list("hints", flat=True).get(id=version_id)
    shown = _shown_in(attempt)[question]
    if shown < len(hints):
        shown += 1
        next_entry(attempt, JournalKind.HINT, {"question": question, "hint": shown}, now=now).save(force_insert=True)
        attempt.save(update_fields=["journal_length", "journal_head"])
    return QuestionHints(question, hints[:shown], len(hints) - shown)


def hints_of(attempt: Attempt) -> list[QuestionHints]:
    """Return what has been shown for each question of a practice's paper, in its order: two statements.

    Raises:
        HintsClosed: it is no practice.
    """
    require_practice(attempt)
    versions = QuestionVersion.objects.filter(id__in=[slot["version"] for slot in attempt.paper])
    hints = {str(version_id): texts for version_id, texts in versions.values_list("id", "hints")}
    shown = _shown_in(attempt)
    return [
        QuestionHints(slot["question"], texts[: (count := shown[slot["question"]])], len(texts) - count)
        for slot in attempt.paper
        for texts in [hints[slot["version"]]]
    ]


def require_practice(attempt: Attempt) -> None:
    """Refuse attempts at anything but a practice: how many hints there are is nobody's business there.

    Raises:
        HintsClosed: it is another type.
    """
    if attempt.assessment.assessment_type != AssessmentType.PRACTICE:
        raise HintsClosed


def _shown_in(attempt: Attempt) -> Counter[str]:
    """Return how many hints of each question the journal says were shown."""
    entries = JournalEntry.objects.filter(attempt_id=attempt.id, kind=JournalKind.HINT)
    return Counter(json.loads(content)["question"] for content in entries.values_list("content", flat=True))
