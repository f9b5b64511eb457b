"""Who may see and change grades.

Whoever teaches a course keeps its gradebook; `assessments:read` and `assessments:write` reach all of the school.
Learners read their own grades, as far as they are shown.
"""

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet

from apps.assessments.permissions import AUTHOR, READ_ALL, TAKE, WRITE_ALL, grades, manages, reads_all, taught_by
from apps.core.policies import Policy, has, on_object

M = TypeVar("M", bound=Model)


class GradebookPolicy(Policy):
    """A course's gradebook as a whole; asked with the course."""

    rules: ClassVar = {
        "retrieve": grades,
        "partial_update": manages,
        "grid": grades,
        "history": grades,
        "bulk_edit": manages,
        "export": grades,
    }


class OwnGradesPolicy(Policy):
    """What a learner reads of their own."""

    rules: ClassVar = {"retrieve": has(TAKE)}


class GradeSetupPolicy(Policy):
    """Categories and items of a course: learners know of none by these addresses."""

    rules: ClassVar = {
        "list": grades,
        "retrieve": grades,
        "create": manages,
        "reorder": manages,
        "partial_update": manages,
        "destroy": manages,
        "post_item": manages,
        "hide_item": manages,
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if reads_all(actor):
            return queryset
        return queryset.filter(course_id__in=taught_by(actor))


class GradePolicy(Policy):
    """One cell; asked with its item. Nobody grades themselves."""

    rules: ClassVar = {
        "retrieve": grades,
        "history": grades,
        "partial_update": manages,
    }


class FinalGradePolicy(Policy):
    """The final grades of a course; asked with the course."""

    rules: ClassVar = {
        "list": grades,
        "retrieve": grades,
        "partial_update": manages,
        "freeze": manages,
        "unfreeze": manages,
    }


class GradeScalePolicy(Policy):
    """Scales are the school's: authors read them and make their own; admins change all."""

    _own: ClassVar = has(AUTHOR) & on_object(lambda actor, scale: scale.created_by_id == actor.id)
    rules: ClassVar = {
        "list": has(AUTHOR) | has(READ_ALL),
        "retrieve": has(AUTHOR) | has(READ_ALL),
        "create": has(AUTHOR) | has(WRITE_ALL),
        "partial_update": has(WRITE_ALL) | _own,
        "destroy": has(WRITE_ALL) | _own,
    }
