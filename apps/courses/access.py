"""What a learner may open in a course, and how far they are: asked here, answered by a higher app.

Courses do not know enrolments. The app that does registers one provider at start-up; until then nobody is
enrolled in anything.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, TypedDict
from uuid import UUID

from apps.users.models import User

COMPLETED: Final = "completed"


class ItemProgress(TypedDict):
    """How far the learner is with one content item; `status` is `completed` when nothing is left to do."""

    status: str
    percentage: int
    position_seconds: int
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CourseAccess:
    """A learner's standing in one course.

    `is_enrolled`: the content is open to them now (the enrolment is active or completed, and not expired).
    `progress`: by id of the content item; items that were never opened are absent.
    """

    is_enrolled: bool = False
    progress: Mapping[UUID, ItemProgress] = field(default_factory=dict)


class AccessProvider(Protocol):
    """Answers for one learner and one course with at most one SQL statement."""

    def __call__(self, user: User, course_id: UUID, /) -> CourseAccess: ...


NO_ACCESS: Final = CourseAccess()
_providers: list[AccessProvider] = []


def register_access_provider(provider: AccessProvider) -> None:
    """Make `provider` the one that answers `get_course_access`; call it once, at start-up.

    Raises:
        ValueError: there is another one already.
    """
    if _providers and _providers[0] is not provider:
        message = "Course access has a provider already; there can be only one."
        raise ValueError(message)
    _providers[:] = [provider]


def get_course_access(user: User, course_id: UUID) -> CourseAccess:
    """Return the standing of `user` in the course; `NO_ACCESS` where nobody provides it."""
    return _providers[0](user, course_id) if _providers else NO_ACCESS


def completed_share(required: Collection[UUID], access: CourseAccess) -> int:
    """Return how many of these items the learner has completed, in whole per cent, rounded down; of none: 100."""
    if not required:
        return 100
    done = sum(1 for key in required if (state := access.progress.get(key)) and state["status"] == COMPLETED)
    return done * 100 // len(required)
