"""The exams of the benchmark: assessments of 20 questions, and attempts to save in and to hand in.

Made once per tenant in the run's copy of the database, for the learners whose requests are measured. Import after
Django is set up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.assessments.choices import JournalKind
from apps.assessments.models import Assessment, AssessmentItem, Attempt, JournalEntry
from apps.assessments.services import create_assessment, create_question
from apps.assessments.services.journal import next_entry
from apps.assessments.services.lines import count_questions
from apps.assessments.services.papers import Paper, make_paper
from apps.core.tenancy.context import tenant_context
from apps.courses.models import Course
from apps.enrollments.models import Enrollment
from apps.users.models import User
from bench.people import Audience, Person

QUESTIONS = 20
TO_START = 20
TO_HAND_IN = 48
SEED = 7


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt of a person, and the ids of its questions in order."""

    attempt: UUID
    person: Person
    questions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Exams:
    """`to_start`: assessments that nobody has begun. `to_save`: one attempt each. `to_hand_in`: many each."""

    to_start: Sequence[UUID]
    to_save: Sequence[Sitting]
    to_hand_in: Sequence[Sitting]


def exams_of(audience: Audience) -> Exams:
    """Return the exams of a tenant; make them when they are asked for the first time."""
    return _made(audience.tenant_id, audience.writers)


@cache
def _made(tenant_id: UUID, people: tuple[Person, ...]) -> Exams:
    with tenant_context(tenant_id):
        course = Course.objects.create(title="Exams", slug="exams", status="published", published_at=timezone.now())
        now = timezone.now()
        Enrollment.objects.bulk_create(Enrollment(course=course, user_id=each.id, enrolled_at=now) for each in people)
        enrollments = dict(Enrollment.objects.filter(course=course).values_list("user_id", "id"))
        questions = [_question(number) for number in range(QUESTIONS)]
        assessments = [_assessment(course, questions, number) for number in range(TO_START + TO_HAND_IN + 1)]
        paper = make_paper(assessments[0], seed=SEED, freeze=True)
        sittings = [_sit(assessment, people, enrollments, paper) for assessment in assessments[TO_START:]]
    return Exams(
        to_start=[each.id for each in assessments[:TO_START]],
        to_save=sittings[0],
        to_hand_in=[sitting for sat in sittings[1:] for sitting in sat],
    )


def exam_for(users: Sequence[User]) -> tuple[Assessment, dict[UUID, UUID]]:
    """Return an exam that nobody has begun, in a course of its own, and the enrolments of its people by user."""
    now = timezone.now()
    course = Course.objects.create(title="One exam", slug="one-exam", status="published", published_at=now)
    Enrollment.objects.bulk_create(Enrollment(course=course, user_id=each.id, enrolled_at=now) for each in users)
    enrollments = dict(Enrollment.objects.filter(course=course).values_list("user_id", "id"))
    assessment = _assessment(course, [_question(number) for number in range(QUESTIONS)], 0)
    assessment.refresh_from_db()
    return assessment, enrollments


def _question(number: int) -> UUID:
    options = [
        {"id": each, "text": f"Answer {each} to question {number}", "is_correct": each == "a"} for each in "abcd"
    ]
    version = create_question(
        by=None, question_type="multiple_choice", question_text=f"What is {number}?", points=5,
        type_specific_data={"options": options},
    )  # fmt: skip
    return version.question_id


@transaction.atomic
def _assessment(course: Course, questions: Sequence[UUID], number: int) -> Assessment:
    assessment = create_assessment(course=course, by=None, title=f"Exam {number}", time_limit_minutes=600)
    AssessmentItem.objects.bulk_create(
        AssessmentItem(assessment=assessment, question_id=question, order=order)
        for order, question in enumerate(questions)
    )
    count_questions(assessment)
    return assessment


def _sit(
    assessment: Assessment, people: Sequence[Person], enrollments: dict[UUID, UUID], paper: Paper
) -> list[Sitting]:
    now = timezone.now()
    attempts, entries = [], []
    for person in people:
        attempt = Attempt(
            assessment=assessment, enrollment_id=enrollments[person.id], user_id=person.id, number=1, seed=SEED,
            paper=paper.slots, started_at=now, max_score=paper.max_score,
        )  # fmt: skip
        entries.append(next_entry(attempt, JournalKind.STARTED, {"number": 1, "paper": paper.slots}, now=now))
        attempts.append(attempt)
    Attempt.objects.bulk_create(attempts)
    JournalEntry.objects.bulk_create(entries)
    questions = [slot["question"] for slot in paper.slots]
    return [Sitting(attempt.id, person, questions) for attempt, person in zip(attempts, people, strict=True)]
