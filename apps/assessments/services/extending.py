"""Accommodations in running attempts: who is granted more time while they sit there has it at once.

A bound only ever moves later: what a learner was told is never taken back, whatever is changed or taken away. An
attempt whose time was up before the grant is handed in, not revived, whether a worker has got to it or not.

What counts is the assessment as it was when the attempt began, with what the learner is granted now, the groups of
this moment included. Joining a group moves nothing by itself; the next grant that concerns the learner counts it in.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.assessments.choices import AttemptStatus, JournalKind
from apps.assessments.events import AttemptDeadlineChanged
from apps.assessments.models import Accommodation, Assessment, Attempt, JournalEntry
from apps.assessments.services.journal import next_entry
from apps.assessments.services.saving import end_if_past
from apps.assessments.services.terms import bounded, terms_of
from apps.core.events.outbox import emit_all
from apps.core.policies import Actor, actor_id_of
from apps.enrollments.models import Enrollment
from apps.users.models import GroupMembership

BATCH: Final = 100
_WRITTEN: Final = ("deadline_at", "due_at", "journal_length", "journal_head")


def extend_running_attempts(
    *, user_id: UUID | None, group_id: UUID | None, assessment_id: UUID | None, by: Actor | None, now: datetime
) -> int:
    """Give the open attempts that an accommodation concerns the bounds that now hold; return how many moved.

    Call it in the transaction that has changed the accommodation. Attempts that are starting meanwhile are waited for,
    and those that start later find the grant.

    Args:
        user_id: whose; or
        group_id: whose members'.
        assessment_id: in which; None: in all.
        by: who grants.
        now: the moment.
    """
    people: Any = [user_id]
    if group_id is not None:
        people = GroupMembership.objects.filter(group_id=group_id).values("user_id")
    wanted = Assessment.objects.filter(id=assessment_id) if assessment_id else Assessment.objects.all()
    _wait_for_starts(people, wanted)
    running = Attempt.objects.filter(status=AttemptStatus.IN_PROGRESS, user_id__in=people)
    if assessment_id is not None:
        running = running.filter(assessment_id=assessment_id)
    ids = list(running.order_by("id").values_list("id", flat=True))
    return sum(_extend(ids[start : start + BATCH], by=by, now=now) for start in range(0, len(ids), BATCH))


def _wait_for_starts(people: Any, assessments: QuerySet[Assessment]) -> None:
    """Whoever starts holds their enrolment until their attempt is there to be found."""
    enrollments = Enrollment.objects.filter(user_id__in=people, course_id__in=assessments.values("course_id"))
    list(enrollments.select_for_update(no_key=True).order_by("id").values_list("id"))


def _extend(ids: Sequence[UUID], *, by: Actor | None, now: datetime) -> int:
    attempts = Attempt.objects.select_related("assessment").defer("paper", "feedback").order_by("id")
    locked = attempts.select_for_update(of=("self",)).filter(id__in=ids, status=AttemptStatus.IN_PROGRESS)
    running = [attempt for attempt in locked if not end_if_past(attempt=attempt, now=now)]
    then, granted = _assessments_at_start(running), _grants_of(running)
    moved, entries = [], []
    for attempt in running:
        before = (attempt.deadline_at, attempt.due_at)
        terms = terms_of(then[attempt.id], granted(attempt))
        attempt.deadline_at = _later(attempt.deadline_at, terms.deadline_of(attempt.started_at))
        attempt.due_at = _later(attempt.due_at, terms.due_at)
        if before != (attempt.deadline_at, attempt.due_at):
            moved.append(attempt)
            entries.append(_entry(attempt, *before, by=actor_id_of(by), now=now))
    Attempt.objects.bulk_update(moved, _WRITTEN)
    JournalEntry.objects.bulk_create(entries)
    emit_all(*(_event(attempt) for attempt in moved))
    return len(moved)


def _later(held: datetime | None, granted: datetime | None) -> datetime | None:
    """Return the later of two bounds; None is no bound."""
    return None if held is None or granted is None else max(held, granted)


def _assessments_at_start(attempts: Iterable[Attempt]) -> dict[UUID, Assessment]:
    """Return the assessment of each attempt with the bounds that the first entry of its journal has noted."""
    found = {attempt.id: attempt.assessment for attempt in attempts}
    first = JournalEntry.objects.filter(attempt_id__in=found, index=0).values_list("attempt_id", "content")
    return found | {
        attempt_id: bounded(found[attempt_id], json.loads(content).get("bounds", {})) for attempt_id, content in first
    }


def _grants_of(attempts: Iterable[Attempt]) -> Callable[[Attempt], list[Accommodation]]:
    """Return a function from an attempt to what its learner is granted: two statements for all of them."""
    rows = list(attempts)
    people = {attempt.user_id for attempt in rows}
    members = set(GroupMembership.objects.filter(user_id__in=people).values_list("user_id", "group_id"))
    grants = list(
        Accommodation.objects.filter(
            Q(user_id__in=people) | Q(group_id__in={group_id for _, group_id in members}),
            Q(assessment_id__in={attempt.assessment_id for attempt in rows}) | Q(assessment_id__isnull=True),
        )
    )
    return lambda attempt: [
        grant
        for grant in grants
        if grant.assessment_id in {None, attempt.assessment_id}
        and (grant.user_id == attempt.user_id or (attempt.user_id, grant.group_id) in members)
    ]


def _entry(
    attempt: Attempt, deadline_at: datetime | None, due_at: datetime | None, *, by: UUID | None, now: datetime
) -> JournalEntry:
    content = {
        "deadline_at": {"from": deadline_at, "to": attempt.deadline_at},
        "due_at": {"from": due_at, "to": attempt.due_at},
        "by": by,
    }
    return next_entry(attempt, JournalKind.DEADLINE_CHANGED, content, now=now)


def _event(attempt: Attempt) -> AttemptDeadlineChanged:
    return AttemptDeadlineChanged(
        attempt_id=attempt.id,
        assessment_id=attempt.assessment_id,
        course_id=attempt.assessment.course_id,
        user_id=attempt.user_id,
        deadline_at=attempt.deadline_at,
        due_at=attempt.due_at,
    )
