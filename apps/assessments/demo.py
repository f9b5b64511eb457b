"""Demo data: an assessment for each course, a bank in categories, attempts with scores, and one that still runs."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any, Final

from apps.assessments.demo_content import DEMO_ASSESSMENTS, DEMO_RUBRIC, DemoAssessment, DemoQuestion
from apps.assessments.models import Accommodation, Assessment, Attempt, QuestionCategory, QuestionVersion, Rubric
from apps.assessments.services import (
    add_section,
    create_accommodation,
    create_assessment,
    create_category,
    put_new_question,
    start_attempt,
    take_attempt,
)
from apps.assessments.services.rubrics import create_rubric
from apps.core.demo import DemoSchool
from apps.courses.models import ContentItem, Course, CourseInstructor, Module
from apps.courses.services import create_item
from apps.enrollments.models import Enrollment
from apps.enrollments.state_machine import OPEN_THE_CONTENT
from apps.users.models import User

DEMO_STEPS: Final = len(DEMO_ASSESSMENTS)
LETTERS: Final = "abcd"
POINTS: Final = Decimal(10)
SEED_BITS: Final = 62
QUARTER_MORE: Final = 25


def seed_demo(school: DemoSchool) -> None:
    """Add the assessments that are missing, and let the demo's learners take them; nothing to those that are there."""
    demo = DemoSchoolAssessments(school)
    demo.grant()
    for definition in DEMO_ASSESSMENTS:
        course = demo.courses.get(definition.course)
        if course is not None and not Assessment.objects.filter(course=course, title=definition.title).exists():
            demo.add(definition, course)
        school.advance()
    demo.leave_one_running()
    demo.leave_a_rubric()


class DemoSchoolAssessments:
    """The assessments of one school, as they come to be."""

    def __init__(self, school: DemoSchool) -> None:
        self.school = school
        self.chance: Random = school.random
        self.courses: dict[str, Course] = {course.slug: course for course in school.shared["courses"]}
        self.learners: list[User] = sorted(school.shared["learners"], key=lambda user: user.email)
        self.added: list[Assessment] = []

    def add(self, definition: DemoAssessment, course: Course) -> None:
        """Make an assessment with its questions, its place in the course, and the attempts at it."""
        author = self._author_of(course)
        assessment = create_assessment(course=course, by=author, title=definition.title, **definition.settings)
        category = self._category(definition.category, author)
        for place, question in enumerate(definition.questions):
            put_new_question(
                assessment=assessment,
                by=author,
                question_type="multiple_choice",
                category=category,
                tags=[definition.tag],
                difficulty=("easy", "medium", "hard")[place % 3],
                is_shared=definition.is_shared,
                **asked(question, place),
            )
        if definition.draws_tag:
            add_section(assessment=assessment, by=author, draw_count=1, draw_tags=[definition.draws_tag], points=POINTS)
        if definition.settings.get("max_attempts") == 1:
            self._grant_another_attempt(assessment, author)
        assessment.refresh_from_db()
        self._put_into_course(assessment, author)
        for enrollment in self._enrolled(course):
            self._take(assessment, enrollment)
        self.added.append(assessment)

    def grant(self) -> None:
        """Give one learner a quarter more time, in everything."""
        learner = self.learners[-1]
        if not Accommodation.objects.filter(user=learner, assessment=None).exists():
            create_accommodation(
                by=self.school.shared["admin"],
                user=learner,
                extra_time_percentage=QUARTER_MORE,
                reason="Reads with a screen reader.",
            )

    def leave_one_running(self) -> None:
        """Let one learner begin an attempt that no clock ends, answer two questions, and go away."""
        for assessment in self.added:
            if assessment.time_limit_minutes is not None:
                continue
            for enrollment in self._enrolled(assessment.course):
                started = self.school.now - timedelta(hours=2)
                if enrollment.enrolled_at < started:
                    attempt = start_attempt(
                        assessment=assessment, by=enrollment.user, now=started, seed=self.chance.getrandbits(SEED_BITS)
                    ).attempt
                    answers = dict(list(self._answers(attempt, 0.5).items())[:2])
                    take_attempt(attempt_id=attempt.id, answers=answers, sequence=1, now=started + timedelta(minutes=4))
                    return

    def leave_a_rubric(self) -> None:
        """Put a rubric for short essays beside the bank, for everybody to use."""
        if not Rubric.objects.filter(title=DEMO_RUBRIC["title"]).exists():
            create_rubric(by=self.school.shared["admin"], is_shared=True, **DEMO_RUBRIC)

    def _take(self, assessment: Assessment, enrollment: Enrollment) -> None:
        """Take it once or, where that went badly, twice; each attempt at its own time."""
        skill = self.chance.uniform(0.35, 1.0)
        moment = self._moment(enrollment.enrolled_at, self.chance.uniform(0.3, 0.7))
        for _ in range(min(2, assessment.max_attempts or 2)):
            attempt = start_attempt(
                assessment=assessment, by=enrollment.user, now=moment, seed=self.chance.getrandbits(SEED_BITS)
            ).attempt
            minutes = self.chance.randint(6, 18)
            taken = take_attempt(
                attempt_id=attempt.id,
                answers=self._answers(attempt, skill),
                sequence=1,
                submit=True,
                now=moment + timedelta(minutes=minutes),
            )
            if taken.attempt.is_passed:
                return
            skill = min(1.0, skill + 0.3)
            moment = self._moment(moment, 0.5)

    def _moment(self, after: datetime, share: float) -> datetime:
        """Return a moment between `after` and a day before now, to the minute."""
        span = self.school.now - timedelta(days=1) - after
        return (after + max(span, timedelta(hours=2)) * share).replace(second=0, microsecond=0)

    def _answers(self, attempt: Attempt, skill: float) -> dict[str, Any]:
        keys = QuestionVersion.objects.in_bulk([slot["version"] for slot in attempt.paper])
        right = {str(row_id): _right_option(version.type_specific_data) for row_id, version in keys.items()}
        return {
            slot["question"]: {
                "selected_option_id": right[slot["version"]]
                if self.chance.random() < skill
                else self.chance.choice(LETTERS)
            }
            for slot in attempt.paper
        }

    def _enrolled(self, course: Course) -> Iterable[Enrollment]:
        enrolled = Enrollment.objects.filter(course=course, user__in=self.learners, status__in=OPEN_THE_CONTENT)
        return enrolled.select_related("user").order_by("user__email")

    def _author_of(self, course: Course) -> User:
        link = CourseInstructor.objects.filter(course=course).select_related("user").order_by("order", "id").first()
        author: User = link.user if link else self.school.shared["admin"]
        return author

    def _category(self, name: str, author: User) -> QuestionCategory:
        return QuestionCategory.objects.filter(name=name).first() or create_category(name=name, by=author)

    def _grant_another_attempt(self, assessment: Assessment, author: User) -> None:
        group = self.school.shared["groups"][0]
        create_accommodation(
            by=author, group=group, assessment=assessment, extra_attempts=1, reason="The room had to be cleared."
        )

    def _put_into_course(self, assessment: Assessment, author: User) -> None:
        """Add an optional quiz at the end of the course, unless one stands for the assessment already."""
        payload = {"assessment_id": str(assessment.id)}
        if ContentItem.objects.filter(course_id=assessment.course_id, payload__contains=payload).exists():
            return
        module = Module.objects.filter(course_id=assessment.course_id).order_by("-order", "-id").first()
        if module is not None:
            create_item(
                module=module,
                by=author,
                title=assessment.title,
                content_type="quiz",
                payload=payload,
                is_required=False,
                duration_minutes=assessment.time_limit_minutes or 15,
            )


def asked(question: DemoQuestion, place: int) -> dict[str, Any]:
    """Return what a question asks; the right option moves from place to place."""
    turned = [*question.options[-place % 4 :], *question.options[: -place % 4]]
    options = [
        {"id": letter, "text": text, "is_correct": text == question.options[0]}
        for letter, text in zip(cycle(LETTERS), turned, strict=False)
    ]
    return {
        "question_text": question.text,
        "points": POINTS,
        "type_specific_data": {"options": options},
        "worked_solution": question.solution,
        "hints": list(question.hints),
    }


def _right_option(data: Mapping[str, Any]) -> str:
    return next(str(option["id"]) for option in data["options"] if option["is_correct"])
