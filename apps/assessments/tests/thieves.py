"""An exam full of secrets, and the learners who would like to know them."""

from dataclasses import dataclass
from typing import Any

from apps.assessments.choices import ShownWhen
from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment, Attempt, AttemptAnswer, GradeChange, QuestionVersion
from apps.assessments.services import put_new_question, start_attempt, take_attempt
from apps.assessments.services.rubrics import create_rubric
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.factories import UserFactory
from apps.users.models import User

MARK = "Xyzzy"
NUMBER = "31415.926"
SCORE = "13.37"
PERCENTAGE = "11.82"  # of 113.11 points
# What only a key has: none of these names may stand in an answer to a learner.
NAMES_IN_KEYS = ("is_correct", "accepted", "expected_output", "absolute_tolerance", "worked_solution", '"weight"')
KEYS: dict[str, dict[str, Any]] = {
    "multiple_choice": {
        "options": [
            {"id": "a", "text": "One", "is_correct": True, "feedback": f"{MARK} right"},
            {"id": "b", "text": "Two", "weight": "-25", "feedback": f"{MARK} wrong"},
        ]
    },
    "true_false": {"correct": True, "feedback": {"true": f"{MARK} yes", "false": f"{MARK} no"}},
    "short_answer": {"accepted": [{"text": f"{MARK} Paris", "feedback": f"{MARK} indeed"}]},
    "fill_in_the_blanks": {
        "text": "{{x}} and {{y}}",
        "gaps": [
            {"id": "x", "accepted": [{"text": f"{MARK} gap"}]},
            {
                "id": "y",
                "options": [
                    {"id": "p", "text": "P", "is_correct": True},
                    {"id": "q", "text": "Q", "feedback": MARK},
                ],
            },
        ],
    },
    "matching": {
        "pairs": [{"id": "l", "left": "L", "right": "R", "feedback": MARK}, {"id": "m", "left": "M", "right": "S"}]
    },
    "ordering": {"items": ["first", "second", "third", "fourth"]},
    "numeric": {
        "correct": NUMBER, "absolute_tolerance": "0.271", "feedback": {"missing_unit": MARK},
        "units": [{"unit": "m", "factor": "1"}],
    },
    "code": {
        "language": "python",
        "cases": [{"id": "s", "input": "1", "expected_output": f"{MARK} 6", "feedback": MARK}],
    },
    "essay": {"max_words": 5},
}  # fmt: skip
CRITERIA: list[dict[str, Any]] = [
    {
        "id": "plot", "title": f"{MARK} plot", "description": f"{MARK} criterion", "note": f"{MARK} rubric note",
        "levels": [
            {"id": "low", "title": f"{MARK} low", "description": f"{MARK} level", "points": 0},
            {"id": "high", "title": f"{MARK} high", "points": 3},
        ],
    }
]  # fmt: skip


@dataclass
class Exam:
    """One exam with a question of every type, and what a learner of it could know."""

    school: Tenant
    assessment: Assessment
    known: dict[str, list[str]]

    @property
    def one_of_each(self) -> list[str]:
        return [ids[0] for ids in self.known.values() if ids]


def make_exam(school: Tenant, instructor: User) -> Exam:
    """Return an exam that shows nothing of its results, in a course that the instructor teaches."""
    with tenant_context(school):
        course = CourseFactory.create(instructors=[instructor])
        assessment = AssessmentFactory.create(
            course=course, access_code="", show_score=ShownWhen.NEVER, show_answers=ShownWhen.NEVER,
            show_feedback=ShownWhen.NEVER, late_penalty_percentage=0,
        )  # fmt: skip
        rubric = create_rubric(by=instructor, title=f"{MARK} rubric", criteria=CRITERIA, is_shared=True).rubric
        points = ["6.01", "7.36", *["14.25"] * (len(KEYS) - 1)]
        for (kind, data), worth in zip(
            [("multiple_choice", KEYS["multiple_choice"]), *KEYS.items()], points, strict=True
        ):
            put_new_question(
                assessment=assessment, by=instructor, question_type=kind, question_text=f"A {kind}", points=worth,
                type_specific_data=data, feedback=f"{MARK} feedback", worked_solution=f"{MARK} worked",
                hints=[f"{MARK} hint"], is_shared=True, rubric=rubric if kind == "essay" else None,
            )  # fmt: skip
        module = ModuleFactory.create(course=course)
        item = ContentItemFactory.create(
            module=module, content_type="quiz", payload={"assessment_id": str(assessment.id)}
        )
        assessment.refresh_from_db()
        versions = list(QuestionVersion.objects.values_list("id", "question_id"))
    known = {
        "tenants": [str(school.id)],
        "courses": [str(course.id)],
        "modules": [str(module.id)],
        "content": [str(item.id)],
        "assessments": [str(assessment.id)],
        "questions": [str(question_id) for _, question_id in versions[:3]],
        "versions": [str(version_id) for version_id, _ in versions[:2]],
        "rubrics": [str(rubric.id)],
        "attempts": [],
    }
    return Exam(school, assessment, known)


def enrolled(exam: Exam) -> User:
    with tenant_context(exam.school):
        person = UserFactory.create()
        enrollment = EnrollmentFactory.create(course=exam.assessment.course, user=person)
    exam.known["users"] = [str(person.id)]
    exam.known["enrollments"] = [str(enrollment.id)]
    return person


def in_the_middle(exam: Exam) -> tuple[User, Attempt]:
    person = enrolled(exam)
    with tenant_context(exam.school):
        attempt = start_attempt(assessment=exam.assessment, by=person).attempt
        right = {slot["question"]: {"selected_option_id": "a"} for slot in attempt.paper[:2]}
        take_attempt(attempt_id=attempt.id, answers=right)
    exam.known["attempts"] = [str(attempt.id)]
    return person, attempt


def outsider(exam: Exam) -> User:
    """Return a learner of the school who has heard of every id."""
    in_the_middle(exam)
    with tenant_context(exam.school):
        return UserFactory.create()


def halfway(exam: Exam) -> User:
    return in_the_middle(exam)[0]


def done(exam: Exam) -> User:
    person, attempt = in_the_middle(exam)
    with tenant_context(exam.school):
        take_attempt(attempt_id=attempt.id, submit=True)
        Attempt.objects.filter(id=attempt.id).update(
            score=SCORE, raw_score=SCORE, percentage=PERCENTAGE, status="graded", is_passed=False
        )
        judged = {"plot": {"level": "high", "points": "3.00", "comment": f"{MARK} comment"}}
        essay = next(slot for slot in attempt.paper if "rubric" in slot)
        AttemptAnswer.objects.create(
            attempt=attempt, question_id=essay["question"], version_id=essay["version"], answer={"text": "So."},
            sequence=1, saved_at=attempt.started_at, points=3, rubric=judged, feedback=MARK,
        )  # fmt: skip
        GradeChange.objects.create(attempt=attempt, question_id=essay["question"], rubric=judged, reason=MARK)
    return person
