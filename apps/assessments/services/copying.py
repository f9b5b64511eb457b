"""Copies of assessments: everything that makes one, so that a new field is copied without being named here."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from apps.assessments.choices import AssessmentStatus
from apps.assessments.models import Assessment, AssessmentItem, Question, QuestionVersion, Rubric, RubricVersion
from apps.assessments.services.lines import count_questions
from apps.assessments.services.papers import drawn_from
from apps.core.policies import Actor, actor_id_of
from apps.courses.models import Course

M = TypeVar("M", bound=Model)

LONGEST_TITLE: Final = 200
# What a copy has of its own. Whatever is not named here is copied.
_OF_THE_ROW: Final = frozenset({"id", "tenant", "version", "created_by_id", "created_at", "updated_at"})
OWN_FIELDS: Final = {
    Assessment: _OF_THE_ROW | {"course", "title", "status", "question_count", "max_score", "results_posted_at"},
    AssessmentItem: _OF_THE_ROW | {"assessment", "question"},
    Question: _OF_THE_ROW | {"is_shared", "is_archived", "version_number"},
    QuestionVersion: _OF_THE_ROW | {"question", "number", "is_used", "rubric"},
    Rubric: _OF_THE_ROW | {"is_shared", "is_archived", "version_number"},
    RubricVersion: _OF_THE_ROW | {"rubric", "number"},
}
# Which rows below an assessment stay with the original, and why.
LEFT_BEHIND: Final = {
    "attempts": "what learners did there",
    "accommodations": "granted to people, for the dates of the original",
    "guesses": "who typed which wrong access code there",
}


@transaction.atomic
def copy_assessment(
    *,
    assessment: Assessment,
    by: Actor | None,
    course: Course | None = None,
    title: str = "",
    usable: Iterable[UUID] | None = None,
) -> Assessment:
    """Return a copy with all settings, lines and questions, as a draft.

    The copy refers to the same questions of the bank where its author may use them; the others are copied into the
    author's part of the bank, those that only a random section draws included: it draws from as many as before.
    A question that is copied takes its rubric with it, likewise: the same one, or a copy of its current version.

    Args:
        assessment: what is copied; it stays as it is.
        by: the author of the copy.
        course: where the copy goes; None: into the same course.
        title: of the copy; by default the original's, in the same course with "(copy)" behind it.
        usable: ids of the questions that the author may use; None: the shared ones and their own.
    """
    copy = _twin(
        assessment,
        course=course or assessment.course,
        title=title or _title_of(assessment, course),
        status=AssessmentStatus.DRAFT,
        created_by_id=actor_id_of(by),
    )
    copy.save(force_insert=True)
    items = list(AssessmentItem.objects.filter(assessment=assessment).order_by("order", "id"))
    questions = _Questions(by, items, usable)
    for item in items:
        question_id = questions.for_copy(item.question_id) if item.question_id else None
        _twin(item, assessment=copy, question_id=question_id).save(force_insert=True)
        if item.question_id is None:
            allowed = set(drawn_from(item, copy))
            for drawn in drawn_from(item, assessment):
                if drawn not in allowed:
                    questions.copied(drawn)
    count_questions(copy)
    copy.refresh_from_db()
    return copy


def _title_of(assessment: Assessment, course: Course | None) -> str:
    if course is not None and course.id != assessment.course_id:
        return assessment.title
    ending = " (copy)"
    return assessment.title[: LONGEST_TITLE - len(ending)] + ending


class _Questions:
    """The questions of a copy: the same ones, or copies, each made once."""

    def __init__(self, by: Actor | None, items: Iterable[AssessmentItem], usable: Iterable[UUID] | None) -> None:
        self.by = by
        wanted = [item.question_id for item in items if item.question_id]
        if usable is None:
            questions = Question.objects.filter(id__in=wanted)
            self.usable = {row.id for row in questions if row.is_shared or row.created_by_id == actor_id_of(by)}
        else:
            self.usable = set(usable) & set(wanted)
        self.made: dict[UUID, UUID] = {}
        self.rubrics: dict[UUID, UUID] = {}

    def for_copy(self, question_id: UUID) -> UUID:
        """Return the question that the copy asks where the original asks this one."""
        return question_id if question_id in self.usable else self.copied(question_id)

    def copied(self, question_id: UUID) -> UUID:
        """Return the copy of a question, in the author's part of the bank, with its current version."""
        if question_id not in self.made:
            question = Question.objects.get(id=question_id)
            version = QuestionVersion.objects.get(question=question, number=question.version_number)
            twin = _twin(question, created_by_id=actor_id_of(self.by))
            twin.save(force_insert=True)
            rubric_id = self._rubric_of(version)
            _twin(
                version, question=twin, number=1, rubric_id=rubric_id, created_by_id=actor_id_of(self.by)
            ).save(force_insert=True)  # fmt: skip
            self.made[question_id] = twin.id
        return self.made[question_id]

    def _rubric_of(self, version: QuestionVersion) -> UUID | None:
        """Return the rubric that the copy of a version names: the same one where the author may use it."""
        rubric = version.rubric
        if rubric is None or rubric.is_shared or rubric.created_by_id == actor_id_of(self.by):
            return version.rubric_id
        if rubric.id not in self.rubrics:
            current = RubricVersion.objects.get(rubric=rubric, number=rubric.version_number)
            twin = _twin(rubric, created_by_id=actor_id_of(self.by))
            twin.save(force_insert=True)
            _twin(current, rubric=twin, number=1, created_by_id=actor_id_of(self.by)).save(force_insert=True)
            self.rubrics[rubric.id] = twin.id
        return self.rubrics[rubric.id]


def _twin(row: M, **own: Any) -> M:
    """Return an unsaved copy of a row: every field but those that a copy has of its own."""
    model: Any = type(row)
    kept = OWN_FIELDS[model]
    fields = {
        field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if field.name not in kept
    }
    twin: M = model(**fields, **own)
    return twin
