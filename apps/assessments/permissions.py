"""Who may make, take and grade assessments.

Whoever teaches a course makes and grades its assessments; `assessments:read` and `assessments:write` reach all of the
school. Learners know of the published assessments of the courses that they are in, and of their own attempts.
"""

from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from apps.assessments.choices import AssessmentStatus
from apps.core.policies import Policy, authenticated, has, on_object
from apps.courses.models import CourseInstructor
from apps.enrollments.models import Enrollment
from apps.enrollments.state_machine import OPEN_THE_CONTENT

M = TypeVar("M", bound=Model)

READ_ALL: Final = "assessments:read"
WRITE_ALL: Final = "assessments:write"
AUTHOR: Final = "courses:author"
TAKE: Final = "enrollments:self"


def reads_all(actor: Any) -> bool:
    """Whether the actor sees every assessment of the school."""
    return not {READ_ALL, WRITE_ALL}.isdisjoint(actor.permissions)


def teaches_course(actor: Any, course_id: Any) -> bool:
    """Whether the actor teaches the course."""
    return (
        AUTHOR in actor.permissions and CourseInstructor.objects.filter(course_id=course_id, user_id=actor.id).exists()
    )


def _course_of(obj: Any) -> Any:
    if hasattr(obj, "course_id"):
        return obj.course_id
    return obj.assessment.course_id if hasattr(obj, "assessment") else obj.id


def taught_by(actor: Any) -> QuerySet[Any, Any]:
    """Return the ids of the courses that the actor teaches; of none for who may not."""
    taught = CourseInstructor.objects.filter(user_id=actor.id).values("course_id")
    return taught if AUTHOR in actor.permissions else taught.none()


teaches: Final = on_object(lambda actor, obj: teaches_course(actor, _course_of(obj)))
manages: Final = has(WRITE_ALL) | (has(AUTHOR) & teaches)
grades: Final = has(READ_ALL) | manages
owns: Final = on_object(lambda actor, attempt: attempt.user_id == actor.id)
is_anothers: Final = on_object(lambda actor, attempt: attempt.user_id != actor.id)


class AssessmentPolicy(Policy):
    """Assessments and what is on them."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "create": has(AUTHOR) | has(WRITE_ALL),
        "update": manages,
        "partial_update": manages,
        "destroy": manages,
        "copy": grades,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        enrolled = Enrollment.objects.filter(
            course_id=OuterRef("course_id"), user_id=actor.id, status__in=OPEN_THE_CONTENT
        )
        shown = Q(Exists(enrolled), status=AssessmentStatus.PUBLISHED)
        if AUTHOR not in actor.permissions:
            return queryset.filter(shown)
        taught = CourseInstructor.objects.filter(course_id=OuterRef("course_id"), user_id=actor.id)
        return queryset.filter(shown | Q(Exists(taught)))


class QuestionsOfAssessmentPolicy(Policy):
    """The questions of one assessment, keys included: nothing for learners."""

    rules: ClassVar = {"list": grades, "create": manages, "destroy": manages}


class AssessmentItemPolicy(Policy):
    """The lines of assessments, for those who make and grade them; learners know of none."""

    rules: ClassVar = {
        "list": grades,
        "create": manages,
        "reorder": manages,
        "retrieve": grades,
        "partial_update": manages,
        "destroy": manages,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        return queryset.filter(assessment__course_id__in=taught_by(actor))


class CategoryPolicy(Policy):
    """The categories of the bank: for all authors; renamed and deleted by who made them, or an admin."""

    _own: ClassVar = has(AUTHOR) & on_object(lambda actor, category: category.created_by_id == actor.id)
    rules: ClassVar = {
        "list": has(AUTHOR) | has(READ_ALL),
        "retrieve": has(AUTHOR) | has(READ_ALL),
        "create": has(AUTHOR) | has(WRITE_ALL),
        "partial_update": has(WRITE_ALL) | _own,
        "destroy": has(WRITE_ALL) | _own,
    }


class QuestionPolicy(Policy):
    """The bank: authors see their own questions and the shared ones, and change their own."""

    _own: ClassVar = has(AUTHOR) & on_object(lambda actor, question: question.created_by_id == actor.id)
    rules: ClassVar = {
        "list": has(AUTHOR) | has(READ_ALL),
        "retrieve": has(AUTHOR) | has(READ_ALL),
        "create": has(AUTHOR) | has(WRITE_ALL),
        "versions": has(AUTHOR) | has(READ_ALL),
        "usage": has(READ_ALL) | _own,
        "partial_update": has(WRITE_ALL) | _own,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        return queryset.filter(Q(created_by_id=actor.id) | Q(is_shared=True))


class RubricPolicy(QuestionPolicy):
    """Rubrics: authors see their own and the shared ones, and change their own; learners know of none."""

    rules: ClassVar = {**QuestionPolicy.rules, "destroy": QuestionPolicy.rules["partial_update"]}


class KeyCorrectionPolicy(QuestionPolicy):
    """The history of a question's key: for who may change the question, and who reads the whole bank."""

    rules: ClassVar = {
        "list": QuestionPolicy.rules["usage"],
        "create": QuestionPolicy.rules["partial_update"],
    }


class AttemptPolicy(Policy):
    """Attempts: learners take their own; who teaches the course sees and grades all of it."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "create": has(TAKE),
        "partial_update": has(TAKE) & owns,
        "journal": authenticated & (owns | grades),
        "verify": authenticated & (owns | grades),
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        own = Q(user_id=actor.id)
        if AUTHOR not in actor.permissions:
            return queryset.filter(own)
        return queryset.filter(own | Q(assessment__course_id__in=taught_by(actor)))


class HintPolicy(AttemptPolicy):
    """Hints of a practice: for who takes it; what was shown, for who teaches the course as well."""

    rules: ClassVar = {
        "list": authenticated & (owns | grades),
        "create": has(TAKE) & owns,
    }


def may_grant_in(actor: Any, assessment: Any) -> bool:
    """Whether the actor may grant accommodations in `assessment`; None: in every one of the school."""
    if assessment is None:
        return WRITE_ALL in actor.permissions
    return manages(actor, assessment)


class AccommodationPolicy(Policy):
    """Accommodations: for the staff, and in an assessment for who teaches its course. What they are for is private."""

    _grants: ClassVar = (has(WRITE_ALL) | has(AUTHOR)) & on_object(
        lambda actor, accommodation: may_grant_in(actor, accommodation.assessment)
    )
    rules: ClassVar = {
        "list": has(READ_ALL) | has(AUTHOR),
        "retrieve": has(READ_ALL) | has(AUTHOR),
        "create": has(WRITE_ALL) | has(AUTHOR),
        "partial_update": _grants,
        "destroy": _grants,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        return queryset.filter(assessment__course_id__in=taught_by(actor))


class GradingPolicy(AttemptPolicy):
    """Grades of attempts: who teaches the course gives them, to others; learners read the history of their own."""

    rules: ClassVar = {
        "create": manages & is_anothers,
        "claim": manages & is_anothers,
        "release": manages & is_anothers,
        "partial_update": manages & is_anothers,
        "list": authenticated & (owns | grades),
    }


class GradingOfAssessmentPolicy(Policy):
    """What concerns all attempts at one assessment: nothing of it for learners."""

    rules: ClassVar = {
        "list": grades,
        "retrieve": grades,
        "post_results": manages,
        "hide_results": manages,
        "regrade": manages,
    }
