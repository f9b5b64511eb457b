"""What learners and groups are granted in assessments: kept once, applied wherever an attempt starts."""

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from apps.assessments.models import Accommodation, Assessment
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
    **granted: Any,
) -> Accommodation:
    """Grant a learner, or every member of a group, other terms in one assessment, or in all of them.

    Attempts under way keep the deadline that they started with.

    Args:
        by: who grants it.
        user: the learner; or
        group: whose members, now and later.
        assessment: where; None: everywhere.
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
    return accommodation


@transaction.atomic
def change_accommodation(*, accommodation: Accommodation, by: Actor | None, **granted: Any) -> Accommodation:
    """Grant something else (any of `GRANTED`) to the same people in the same place.

    Raises:
        InvalidWindow: nothing was changed.
    """
    del by
    accommodation = Accommodation.objects.select_for_update(of=("self",)).get(id=accommodation.id)
    for name, value in granted.items():
        setattr(accommodation, name, value)
    _require_window(accommodation.opens_at, accommodation.closes_at)
    accommodation.version += 1
    accommodation.save()
    return accommodation


@transaction.atomic
def delete_accommodation(*, accommodation: Accommodation, by: Actor | None) -> None:
    """Take back what was granted; attempts that began under it keep their deadline."""
    del by
    accommodation.delete()


def _require_window(opens_at: datetime | None, closes_at: datetime | None) -> None:
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise InvalidWindow
