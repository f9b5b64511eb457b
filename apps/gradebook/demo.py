"""Demo data: scales, and for each course with assessments a gradebook with weights, scores, and what people graded."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from apps.assessments.models import Assessment
from apps.core.demo import DemoSchool
from apps.courses.models import Course, CourseInstructor
from apps.enrollments.models import Enrollment
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.gradebook.choices import Calculation, ScaleKind
from apps.gradebook.models import GradeCategory, GradeItem, GradeScale
from apps.gradebook.services import (
    change_gradebook,
    change_item,
    create_category,
    create_item,
    create_scale,
    sync_item,
)
from apps.gradebook.services.cell_changes import CellChange
from apps.gradebook.services.cells import change_grades
from apps.users.models import User

DEMO_STEPS: Final = 2
DEMO_SCALES: Final[dict[str, tuple[ScaleKind, list[tuple[str, str, bool]]]]] = {
    "Letters A to F": (
        ScaleKind.LETTER,
        [("A", "90", True), ("B", "80", True), ("C", "70", True), ("D", "60", True), ("F", "0", False)],
    ),
    "Pass or fail": (ScaleKind.PASS_FAIL, [("Pass", "60", True), ("Fail", "0", False)]),
}
HANDED_IN: Final = "Participation"
MOST: Final = Decimal(20)
HALF: Final = Decimal("0.5")


def seed_demo(school: DemoSchool) -> None:
    """Fill the gradebooks from the assessments, and set up those that nobody has set up yet."""
    scales = _ensure_scales(school.shared["admin"])
    assessments = Assessment.objects.filter(course__in=school.shared["courses"])
    for assessment_id in assessments.order_by("course__slug", "title").values_list("id", flat=True):
        sync_item(assessment_id=assessment_id)
    school.advance()
    courses = Course.objects.filter(id__in=assessments.values("course_id")).order_by("slug")
    for place, course in enumerate(courses):
        if not GradeCategory.objects.filter(course=course).exists():
            _set_up(school, course, scales[place % len(scales)])
    school.advance()


def _ensure_scales(admin: User) -> list[GradeScale]:
    """Return the scales of the school, made where they are missing."""
    found = []
    for name, (kind, rows) in DEMO_SCALES.items():
        keys = ("label", "from_percentage", "is_passing")
        bands = [dict(zip(keys, row, strict=True)) for row in rows]
        scale = GradeScale.objects.filter(name=name).first()
        found.append(scale or create_scale(by=admin, name=name, kind=kind, bands=bands))
    return found


def _set_up(school: DemoSchool, course: Course, scale: GradeScale) -> None:
    """Weigh quizzes and participation, and grade the latter."""
    author = _author_of(course, school)
    change_gradebook(course_id=course.id, by=author, calculation=Calculation.WEIGHTED, scale=scale)
    quizzes = create_category(course=course, by=author, name="Quizzes", weight_percentage=Decimal(70))
    work = create_category(course=course, by=author, name="Course work", weight_percentage=Decimal(30))
    for item in GradeItem.objects.filter(course=course).order_by("order", "id"):
        change_item(item=item, by=author, category=quizzes)
    item = create_item(course=course, by=author, title=HANDED_IN, category=work, max_points=MOST)
    learners = Enrollment.objects.filter(course=course, status__in=OPEN_THE_CONTENT).exclude(user=author)
    ids = list(learners.order_by("user__email").values_list("user_id", flat=True))
    change_grades(
        course_id=course.id,
        changes=list(_given(school, item.id, ids)),
        by=author,
        now=school.now - timedelta(hours=20),
    )


def _given(school: DemoSchool, item_id: UUID, users: Iterable[UUID]) -> Iterable[CellChange]:
    """Yield what the author gives: points from half of them on, in halves; the first learner is excused."""
    for place, user_id in enumerate(users):
        points = MOST / 2 + HALF * school.random.randint(0, int(MOST))
        given: dict[str, Any] = {"score": points} if place else {"is_excused": True, "feedback": "Was ill."}
        yield CellChange(item_id=item_id, user_id=user_id, **given)


def _author_of(course: Course, school: DemoSchool) -> User:
    link = CourseInstructor.objects.filter(course=course).select_related("user").order_by("order", "id").first()
    author: User = link.user if link else school.shared["admin"]
    return author
