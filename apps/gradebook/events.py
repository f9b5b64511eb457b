"""What happens to grades. Payloads carry ids and facts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class GradeChanged(Event):
    """What counts in one cell has changed, by an assessment or by a person."""

    name: ClassVar[str] = "grade.changed.v1"
    course_id: UUID
    item_id: UUID
    user_id: UUID
    score: Decimal | None
    is_excused: bool


@dataclass(frozen=True, kw_only=True)
class FinalGradesFrozen(Event):
    """The final grades of a course stand."""

    name: ClassVar[str] = "final_grades.frozen.v1"
    course_id: UUID
    frozen_at: datetime


@dataclass(frozen=True, kw_only=True)
class FinalGradesUnfrozen(Event):
    """The final grades of a course are open again."""

    name: ClassVar[str] = "final_grades.unfrozen.v1"
    course_id: UUID
