"""The gradebook of a tenant of the benchmark: one course with a hundred items, and a grade in every cell.

5,000 learners of its own in the large tenant, 50 in the small one: those whose requests are measured elsewhere are
enrolled nowhere else than before. A tenth of them has completed the course, so that a filter finds a course of a tenth.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from apps.core.ids import new_id

ITEMS = 100
CATEGORIES = 5
SLUG = "gradebook"
SEED = 11
FIRST_NAMES = ("Ada", "Ben", "Chen", "Dina", "Emil", "Fatima")
LAST_NAMES = ("Abel", "Brandt", "Costa", "Diaz", "Evans", "Fischer", "Gupta", "Haddad", "Ito", "Jensen")


def email_of_teacher(slug: str) -> str:
    """Return the address of who teaches the course."""
    return f"gradebook-teacher@{slug}.test"


@dataclass(slots=True)
class Ledger:
    """The course, its teacher, its learners and their grades, in one tenant."""

    tenant_id: UUID
    slug: str
    learners: int
    now: datetime
    password: str
    course_id: UUID = field(default_factory=new_id)
    scale_id: UUID = field(default_factory=new_id)
    teacher_id: UUID = field(default_factory=new_id)
    learner_ids: list[UUID] = field(default_factory=list)
    item_ids: list[UUID] = field(default_factory=list)
    category_ids: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.learner_ids = [new_id() for _ in range(self.learners)]
        self.item_ids = [new_id() for _ in range(ITEMS)]
        self.category_ids = [new_id() for _ in range(CATEGORIES)]

    def tables(self) -> list[tuple[Any, Iterator[dict[str, Any]]]]:
        """Return what it consists of, parents first."""
        from apps.courses.models import Course, CourseInstructor  # noqa: PLC0415  models need a set-up Django
        from apps.enrollments.models import Enrollment  # noqa: PLC0415
        from apps.gradebook.models import Grade, Gradebook, GradeCategory, GradeItem, GradeScale  # noqa: PLC0415
        from apps.users.models import User  # noqa: PLC0415

        return [
            (User, self.user_rows()), (Course, self.course_rows()), (CourseInstructor, self.instructor_rows()),
            (Enrollment, self.enrollment_rows()), (GradeScale, self.scale_rows()),
            (Gradebook, self.gradebook_rows()), (GradeCategory, self.category_rows()),
            (GradeItem, self.item_rows()), (Grade, self.grade_rows()),
        ]  # fmt: skip

    def user_rows(self) -> Iterator[dict[str, Any]]:
        yield {
            "id": self.teacher_id, "tenant_id": self.tenant_id, "email": email_of_teacher(self.slug),
            "password": self.password, "first_name": "Ida", "last_name": "Teacher", "roles": ["instructor"],
        }  # fmt: skip
        dice = random.Random(SEED)
        for number, learner in enumerate(self.learner_ids):
            yield {
                "id": learner, "tenant_id": self.tenant_id, "email": f"graded-{number:05}@{self.slug}.test",
                "password": self.password, "first_name": dice.choice(FIRST_NAMES),
                "last_name": f"{dice.choice(LAST_NAMES)} {number}", "roles": ["learner"],
            }  # fmt: skip

    def course_rows(self) -> Iterator[dict[str, Any]]:
        created = self.now - timedelta(days=3650)
        yield {
            "id": self.course_id, "tenant_id": self.tenant_id, "title": "A full gradebook", "slug": SLUG,
            "status": "published", "published_at": created, "created_at": created, "seats_taken": self.learners,
        }  # fmt: skip

    def instructor_rows(self) -> Iterator[dict[str, Any]]:
        yield {"id": new_id(), "tenant_id": self.tenant_id, "course_id": self.course_id, "user_id": self.teacher_id}

    def enrollment_rows(self) -> Iterator[dict[str, Any]]:
        for number, learner in enumerate(self.learner_ids):
            is_done = number % 10 == 0
            yield {
                "id": new_id(), "tenant_id": self.tenant_id, "course_id": self.course_id, "user_id": learner,
                "status": "completed" if is_done else "active", "completed_at": self.now if is_done else None,
                "enrolled_at": self.now - timedelta(minutes=number),
            }  # fmt: skip

    def scale_rows(self) -> Iterator[dict[str, Any]]:
        bands = [
            {"label": label, "from_percentage": start, "is_passing": label != "F"}
            for label, start in (("A", "90.00"), ("B", "80.00"), ("C", "70.00"), ("D", "60.00"), ("F", "0.00"))
        ]
        yield {"id": self.scale_id, "tenant_id": self.tenant_id, "name": "Letters", "bands": Jsonb(bands)}

    def gradebook_rows(self) -> Iterator[dict[str, Any]]:
        """Everything that makes a total dear: weights, dropped items, and zeros for what is missing."""
        yield {
            "id": new_id(), "tenant_id": self.tenant_id, "course_id": self.course_id, "scale_id": self.scale_id,
            "calculation": "weighted", "missing_work": "zero_after_due",
        }  # fmt: skip

    def category_rows(self) -> Iterator[dict[str, Any]]:
        for order, category in enumerate(self.category_ids):
            yield {
                "id": category, "tenant_id": self.tenant_id, "course_id": self.course_id, "name": f"Part {order + 1}",
                "weight_percentage": Decimal(20), "drop_lowest": 2, "order": order,
            }  # fmt: skip

    def item_rows(self) -> Iterator[dict[str, Any]]:
        for order, item in enumerate(self.item_ids):
            yield {
                "id": item, "tenant_id": self.tenant_id, "course_id": self.course_id,
                "category_id": self.category_ids[order % CATEGORIES], "title": f"Task {order + 1:03}",
                "max_points": Decimal(5 * (1 + order % 10)), "order": order, "due_at": self.now,
            }  # fmt: skip

    def grade_rows(self) -> Iterator[dict[str, Any]]:
        dice = random.Random(SEED)
        for number, learner in enumerate(self.learner_ids):
            for order, item in enumerate(self.item_ids):
                most = 500 * (1 + order % 10)
                score = Decimal(dice.randint(most // 4, most)).scaleb(-2)
                is_given = (number + order) % 7 == 0
                yield {
                    "id": new_id(), "tenant_id": self.tenant_id, "item_id": item, "user_id": learner,
                    "score": None if is_given else score, "override": score if is_given else None,
                    "is_excused": (number + order) % 50 == 0, "graded_at": self.now,
                    "feedback": "Well argued." if is_given else "",
                }  # fmt: skip
