"""A course with a few items and learners: what tests of changing grades begin with."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook.choices import ChangeKind
from apps.gradebook.factories import GradeFactory, GradeItemFactory
from apps.gradebook.models import Grade, GradebookChange, GradeItem
from apps.users.factories import UserFactory
from apps.users.models import User


@dataclass(frozen=True, slots=True)
class Book:
    """A course of the school with items of 10 points each, and learners without a grade."""

    school: Tenant
    course: Course
    items: list[GradeItem]
    learners: list[User]

    def cell_url(self, item: int = 0, learner: int = 0) -> str:
        return f"/api/grade-items/{self.items[item].id}/grades/{self.learners[learner].id}/"

    def url(self, rest: str) -> str:
        return f"/api/courses/{self.course.id}/{rest}"

    def scored(self, score: Any, *, item: int = 0, learner: int = 0, **fields: Any) -> Grade:
        """Let the assessment have given this score, as it is done there."""
        with tenant_context(self.school):
            GradebookChange.objects.create(
                course=self.course, item=self.items[item], user=self.learners[learner], kind=ChangeKind.ATTEMPT,
                to_score=Decimal(score),
            )  # fmt: skip
            grade: Grade = GradeFactory.create(
                item=self.items[item], user=self.learners[learner], score=Decimal(score), **fields
            )
        return grade

    def cell(self, item: int = 0, learner: int = 0) -> Grade | None:
        with tenant_context(self.school):
            return Grade.objects.filter(item=self.items[item], user=self.learners[learner]).first()

    def change(self, item: int = 0, learner: int = 0, **wanted: Any) -> dict[str, Any]:
        """Return a change of a cell, as it is on the wire."""
        return {"item": str(self.items[item].id), "user": str(self.learners[learner].id), **wanted}

    def history(self, **about: Any) -> list[Any]:
        """Return what people did, oldest first."""
        with tenant_context(self.school):
            changes = GradebookChange.objects.filter(course=self.course, **about).order_by("occurred_at", "id")
            return list(
                changes.exclude(kind=ChangeKind.ATTEMPT).values_list("kind", "from_score", "to_score")
            )  # fmt: skip

    def enrol(self, count: int, **fields: Any) -> list[User]:
        """Let more learners in; return them."""
        with tenant_context(self.school):
            added = UserFactory.create_batch(count)
            for user in added:
                EnrollmentFactory.create(course=self.course, user=user, **fields)
        self.learners.extend(added)
        return added

    def everything(self) -> tuple[Any, ...]:
        """Return what must not change when something is refused."""
        with tenant_context(self.school):
            cells = Grade.objects.order_by("id").values_list("id", "override", "is_excused", "feedback", "version")
            return (list(cells), GradebookChange.objects.count(), Job.objects.count())


def book_of(school: Tenant, instructor: User, *learners: User, items: int = 2) -> Book:
    """Return the gradebook of a new course which `instructor` teaches and `learners` take."""
    with tenant_context(school):
        course: Course = CourseFactory.create(instructors=[instructor])
        for user in learners:
            EnrollmentFactory.create(course=course, user=user)
        made = [GradeItemFactory.create(course=course, max_points=10) for _ in range(items)]
    return Book(school, course, made, list(learners))
