"""Who is let in to an assessment: by its access code, which cannot be tried out, and from its networks."""

import ipaddress
import math
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.crypto import constant_time_compare

from apps.assessments.models import AccessCodeGuess, Assessment
from apps.core.errors import DomainError, PermissionRefused
from apps.core.policies import Actor

MOST_GUESSES: Final = 10
GUESSES_COUNT_FOR: Final = timedelta(hours=1)


class WrongAccessCode(PermissionRefused):
    """The assessment asks for a code."""

    code = "wrong_access_code"
    default_detail = "This assessment starts with an access code, and yours is not it. Ask who supervises it."
    default_field = "access_code"
    keeps_changes = True  # the guess is counted


class TooManyGuesses(DomainError):
    """The learner has tried too many codes; `retry_after` says for how many seconds none is looked at."""

    status = 429
    code = "too_many_guesses"
    default_field = "access_code"

    def __init__(self, seconds: int) -> None:
        detail = (
            f"You have entered {MOST_GUESSES} wrong access codes. For {math.ceil(seconds / 60)} minutes no code is "
            "looked at, not even the right one. Ask who supervises the assessment: a new code of theirs can be tried "
            "at once."
        )
        super().__init__(detail, extra={"retry_after": seconds})


class WrongNetwork(PermissionRefused):
    """The assessment is taken in certain places."""

    code = "wrong_network"
    default_detail = "This assessment can only be started from the networks that its instructor has named."


def require_admission(assessment: Assessment, *, user_id: UUID, access_code: str, address: str, now: datetime) -> None:
    """Let a learner in, or refuse them; under a lock that all starts of this learner wait for.

    A wrong code is counted: whoever catches `WrongAccessCode` lets the transaction commit.

    Args:
        assessment: with its code and networks.
        user_id: whose guesses count.
        access_code: what they typed; an empty one is no guess.
        address: of their network, as the server sees it.
        now: the moment.

    Raises:
        TooManyGuesses: the code was not looked at.
        WrongAccessCode, WrongNetwork.
    """
    if assessment.access_code:
        _require_guesses_left(assessment, user_id, now)
        if not constant_time_compare(assessment.access_code, access_code):
            if access_code:
                AccessCodeGuess.objects.create(assessment=assessment, user_id=user_id, guessed_at=now)
            raise WrongAccessCode
    if assessment.allowed_networks and not _is_within(address, assessment.allowed_networks):
        raise WrongNetwork


def _require_guesses_left(assessment: Assessment, user_id: UUID, now: datetime) -> None:
    counted = AccessCodeGuess.objects.filter(
        assessment_id=assessment.id, user_id=user_id, guessed_at__gt=now - GUESSES_COUNT_FOR
    )
    guesses = list(counted.order_by("-guessed_at").values_list("guessed_at", flat=True)[:MOST_GUESSES])
    if len(guesses) == MOST_GUESSES:
        wait = guesses[-1] + GUESSES_COUNT_FOR - now
        raise TooManyGuesses(math.ceil(wait.total_seconds()))


def forget_guesses(assessment: Assessment) -> None:
    """Let everybody try again: the assessment has another code."""
    AccessCodeGuess.objects.filter(assessment_id=assessment.id).delete()


def forgive_guess(*, guess: AccessCodeGuess, by: Actor | None) -> None:
    """Count one wrong code no more, because whoever supervises says so."""
    del by
    guess.delete()


def purge_guesses(*, now: datetime) -> int:
    """Delete the open tenant's guesses that count no more; return how many."""
    count, _ = AccessCodeGuess.objects.filter(guessed_at__lte=now - GUESSES_COUNT_FOR).delete()
    return count


def _is_within(address: str, networks: list[str]) -> bool:
    """Whether the address lies in one of the networks; `::ffff:192.0.2.1` is 192.0.2.1."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped:
        place = place.ipv4_mapped
    return any(place in ipaddress.ip_network(network, strict=False) for network in networks)
