"""What learners and groups are granted in assessments: kept once, applied wherever an attempt starts or runs."""

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.assessments.models import Accommodation, Assessment
from apps.assessments.services.extending import extend_running_attempts
from apps.core.errors import Conflict, InvalidInput
from apps.core.policies import Actor, actor_id_of
from apps.users.models import Group, User

GRANTED: Final = frozenset({"extra_time_percentage", "extra_attempts", "opens_at", "due_at", "closes_at", "reason"})


class AccommodationTwice(Conflict):
    """The learner or the group has one there already."""

    code = "accommodation_exists"
    default_detail = "They have an accommodation there already. Change that one instead."


class NotForOne(InvalidInput):
    """It is for nobody, or for two."""

    code = "user_or_group"
    default_field = "user"
    default_detail = "Name either a user or a group."


class InvalidWindow(InvalidInput):
    """It would close before it opens."""

    code = "invalid_dates"
    default_field = "closes_at"
    default_detail = "What is granted must close after it opens."


@transaction.atomic
def create_accommodation(
    *,
    by: Actor | None,
    user: User | None = None,
    group: Group | None = None,
    assessment: Assessment | None = None,
    now: datetime | None = None,
    **granted: Any,
) -> Accommodation:
    """Grant a learner, or every member of a group, other terms in one assessment, or in all of them.

    Attempts under way get the time at once (see `extending`).

    Args:
        by: who grants it.
        user: the learner; or
        group: whose members, now and later.
        assessment: where; None: everywhere.
        now: the moment.
        granted: any of `GRANTED`; `extra_time_percentage` is of the time limit, the dates replace the assessment's.

    Raises:
        NotForOne, InvalidWindow, AccommodationTwice: nothing was granted.
    """
    if (user is None) == (group is None):
        raise NotForOne
    accommodation = Accommodation(
        user=user, group=group, assessment=assessment, created_by_id=actor_id_of(by), **granted
    )
    _require_window(accommodation.opens_at, accommodation.closes_at)
    try:
        with transaction.atomic():
            accommodation.save(force_insert=True)
    except IntegrityError as error:
        raise AccommodationTwice from error
    _extend(accommodation, by=by, now=now)
    return accommodation


@transaction.atomic
def change_accommodation(
    *, accommodation: Accommodation, by: Actor | None, now: datetime | None = None, **granted: Any
) -> Accommodation:
    """Grant something else (any of `GRANTED`) to the same people in the same place.

    Attempts under way get more time at once; less counts from the next attempt on.

    Raises:
        InvalidWindow: nothing was changed.
    """
    accommodation = Accommodation.objects.select_for_update(of=("self",)).get(id=accommodation.id)
    for name, value in granted.items():
        setattr(accommodation, name, value)
    _require_window(accommodation.opens_at, accommodation.closes_at)
    accommodation.version += 1
    accommodation.save()
    _extend(accommodation, by=by, now=now)
    return accommodation


@transaction.atomic
def delete_accommodation(*, accommodation: Accommodation, by: Actor | None, now: datetime | None = None) -> None:
    """Take back what was granted. No attempt under way gets less time; a date that kept it short goes."""
    accommodation.delete()
    _extend(accommodation, by=by, now=now)


def _extend(accommodation: Accommodation, *, by: Actor | None, now: datetime | None) -> None:
    extend_running_attempts(
        user_id=accommodation.user_id,
        group_id=accommodation.group_id,
        assessment_id=accommodation.assessment_id,
        by=by,
        now=now or timezone.now(),
    )


def _require_window(opens_at: datetime | None, closes_at: datetime | None) -> None:
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise InvalidWindow
