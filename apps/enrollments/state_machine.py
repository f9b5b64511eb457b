"""The life of an enrolment: which status may follow which, what that step is called, and who may take it.

Everything that is not in `TRANSITIONS` is refused, whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from apps.core.errors import Conflict, PermissionRefused
from apps.enrollments.choices import EnrollmentStatus

PENDING, ACTIVE, COMPLETED = EnrollmentStatus.PENDING, EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED
DROPPED, EXPIRED, SUSPENDED = EnrollmentStatus.DROPPED, EnrollmentStatus.EXPIRED, EnrollmentStatus.SUSPENDED


class Action(StrEnum):
    """What people and the system do to an enrolment; also the last part of the address."""

    APPROVE = "approve"
    COMPLETE = "complete"
    DROP = "drop"
    EXPIRE = "expire"
    REACTIVATE = "reactivate"
    SUSPEND = "suspend"


class Party(StrEnum):
    """On whose side the actor stands: nobody acts as staff on their own enrolment."""

    LEARNER = "learner"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step: what it is called and who may take it."""

    action: Action
    parties: frozenset[Party]


_STAFF: Final = frozenset({Party.STAFF})
_STAFF_OR_SYSTEM: Final = frozenset({Party.STAFF, Party.SYSTEM})
_STAFF_OR_LEARNER: Final = frozenset({Party.STAFF, Party.LEARNER})

TRANSITIONS: Final[Mapping[tuple[EnrollmentStatus, EnrollmentStatus], Transition]] = {
    (PENDING, ACTIVE): Transition(Action.APPROVE, _STAFF_OR_SYSTEM),
    (PENDING, DROPPED): Transition(Action.DROP, _STAFF_OR_LEARNER),
    (ACTIVE, COMPLETED): Transition(Action.COMPLETE, _STAFF_OR_SYSTEM),
    (ACTIVE, DROPPED): Transition(Action.DROP, _STAFF_OR_LEARNER),
    (ACTIVE, SUSPENDED): Transition(Action.SUSPEND, _STAFF),
    (ACTIVE, EXPIRED): Transition(Action.EXPIRE, _STAFF_OR_SYSTEM),
    (SUSPENDED, ACTIVE): Transition(Action.REACTIVATE, _STAFF),
    (SUSPENDED, DROPPED): Transition(Action.DROP, _STAFF),
    (SUSPENDED, EXPIRED): Transition(Action.EXPIRE, _STAFF_OR_SYSTEM),
    # A learner who left comes back by enrolling again, which asks for everything that a first enrolment asks for.
    (DROPPED, ACTIVE): Transition(Action.REACTIVATE, _STAFF_OR_LEARNER),
    (EXPIRED, ACTIVE): Transition(Action.REACTIVATE, _STAFF),
}

TARGETS: Final[Mapping[Action, EnrollmentStatus]] = {step.action: to for (_, to), step in TRANSITIONS.items()}
HOLD_A_SEAT: Final = frozenset({PENDING, ACTIVE, COMPLETED, SUSPENDED})
OPEN_THE_CONTENT: Final = frozenset({ACTIVE, COMPLETED})


class TransitionNotAllowed(Conflict):
    """The state machine has no such step from where the enrolment stands."""

    code = "transition_not_allowed"

    def __init__(self, action: Action, from_status: str) -> None:
        allowed = allowed_actions(from_status)
        hint = f"Possible now: {', '.join(allowed)}." if allowed else "This status is final."
        super().__init__(
            f"An enrolment that is {from_status} cannot become {TARGETS[action].value} by “{action.value}”. {hint}",
            extra={"from": str(from_status), "to": TARGETS[action].value, "allowed": allowed},
        )


class TransitionRefused(PermissionRefused):
    """The step exists, but it is not the actor's to take."""

    code = "transition_refused"

    def __init__(self, action: Action, party: Party) -> None:
        super().__init__(
            f"“{action.value}” is not for the {party.value} of this enrolment to do; ask the course's staff.",
            extra={"action": action.value},
        )


def allowed_actions(status: str) -> list[str]:
    """Return the names of what may be done to an enrolment with this status, by whomever."""
    return sorted({step.action.value for (start, _), step in TRANSITIONS.items() if start == status})


def next_status(status: str, action: Action, party: Party) -> EnrollmentStatus:
    """Return the status that `action` leads to.

    Raises:
        TransitionNotAllowed: the table has no such step from `status`.
        TransitionRefused: it has, but not for `party`.
    """
    for (start, target), step in TRANSITIONS.items():
        if start == status and step.action == action:
            if party not in step.parties:
                raise TransitionRefused(action, party)
            return target
    raise TransitionNotAllowed(action, status)
