"""When an assessment is open to one learner, and for how long: its own dates with what the learner is granted.

All times are the server's, in UTC; a client's clock is never asked, and daylight-saving changes move nothing.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from django.db.models import Q

from apps.assessments.choices import LatePer
from apps.assessments.models import Accommodation, Assessment
from apps.users.models import GroupMembership, User

# What of an assessment bounds an attempt; noted in the first entry of its journal.
BOUNDS: Final = ("time_limit_minutes", "due_at", "closes_at")
_HUNDRED: Final = Decimal(100)
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MINUTE: Final = 60_000  # milliseconds
_LONGEST: Final = timedelta.max // _MILLISECOND
_UNITS: Final = {LatePer.HOUR: timedelta(hours=1), LatePer.DAY: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one learner. Empty times: no bound."""

    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    time_limit: timedelta | None
    max_attempts: int | None

    def deadline_of(self, started_at: datetime) -> datetime | None:
        """Return when an attempt that starts then ends at the latest; a limit beyond the calendar is none."""
        ends = [self.closes_at] if self.closes_at else []
        if self.time_limit is not None and self.time_limit <= _END_OF_TIME - started_at:
            ends.append(started_at + self.time_limit)
        return min(ends, default=None)


def terms_of(assessment: Assessment, granted: Iterable[Accommodation]) -> Terms:
    """Return the terms of an assessment under what a learner is granted; of several grants the most generous counts.

    Extra time is a share of the time limit. A granted date replaces the assessment's own, even where it is earlier
    for `opens_at` and later for the others.
    """
    grants = list(granted)
    limit = None
    if assessment.time_limit_minutes is not None:
        extra = max((grant.extra_time_percentage for grant in grants), default=0)
        limit = min(assessment.time_limit_minutes * (100 + extra) * _MINUTE // 100, _LONGEST) * _MILLISECOND
    attempts = assessment.max_attempts
    if attempts is not None:
        attempts += max((grant.extra_attempts for grant in grants), default=0)
    return Terms(
        opens_at=min((grant.opens_at for grant in grants if grant.opens_at), default=assessment.opens_at),
        due_at=max((grant.due_at for grant in grants if grant.due_at), default=assessment.due_at),
        closes_at=max((grant.closes_at for grant in grants if grant.closes_at), default=assessment.closes_at),
        time_limit=limit,
        max_attempts=attempts,
    )


def granted_to(user: User, assessment: Assessment) -> list[Accommodation]:
    """Return what `user` is granted in `assessment`: themselves or through a group, there or everywhere."""
    groups = GroupMembership.objects.filter(user_id=user.id).values("group_id")
    return list(
        Accommodation.objects.filter(
            Q(user_id=user.id) | Q(group_id__in=groups),
            Q(assessment_id=assessment.id) | Q(assessment_id__isnull=True),
        )
    )


def bounds_of(assessment: Assessment) -> dict[str, Any]:
    """Return the bounds of an assessment, for a journal."""
    return {name: getattr(assessment, name) for name in BOUNDS}


def bounded(assessment: Assessment, bounds: Mapping[str, Any]) -> Assessment:
    """Return a copy of the assessment with other bounds: those that a journal has noted, times as text."""
    other = copy(assessment)
    for name, value in bounds.items():
        setattr(other, name, datetime.fromisoformat(value) if isinstance(value, str) else value)
    return other


def late_penalty(assessment: Assessment, *, due_at: datetime | None, submitted_at: datetime) -> Decimal:
    """Return the per cent of the score that lateness takes away.

    Args:
        assessment: whose policy counts: per cent per begun hour or day after the grace, down to the floor.
        due_at: the learner's own, accommodations included; None: never late.
        submitted_at: when the attempt was handed in.
    """
    if due_at is None or not assessment.late_penalty_percentage:
        return Decimal(0)
    late = submitted_at - due_at
    if late <= timedelta(minutes=assessment.late_grace_minutes):
        return Decimal(0)
    unit = _UNITS[LatePer(assessment.late_penalty_per)]
    begun = (Decimal(late // timedelta(microseconds=1)) / Decimal(unit // timedelta(microseconds=1))).to_integral_value(
        ROUND_CEILING
    )
    most = _HUNDRED - assessment.late_floor_percentage
    return min(most, begun * assessment.late_penalty_percentage)
