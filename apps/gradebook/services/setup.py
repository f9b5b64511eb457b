"""How a course counts: its settings and its categories."""

from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from apps.core.errors import Conflict, InvalidInput
from apps.core.policies import Actor
from apps.courses.models import Course
from apps.courses.services.ordering import next_order
from apps.gradebook.models import Gradebook, GradeCategory, GradeItem, GradeScale
from apps.gradebook.services.locking import lock_open_gradebook

MOST_CATEGORIES: Final = 100


class UnknownScale(InvalidInput):
    """The scale is gone."""

    code = "does_not_exist"
    default_field = "scale"
    default_detail = "There is no such scale."


class GradeCategoryTwice(Conflict):
    """The course has a category of this name."""

    code = "grade_category_exists"
    default_detail = "This course has a category of this name already."
    default_field = "name"


class TooManyCategories(Conflict):
    """A gradebook is no archive."""

    code = "too_many_categories"
    default_detail = f"A gradebook has at most {MOST_CATEGORIES} categories. Delete one that you do not need."


@transaction.atomic
def change_gradebook(*, course_id: UUID, by: Actor | None, **changes: Any) -> Gradebook:
    """Change how a course counts: any of `scale`, `calculation`, `missing_work`, `is_total_shown`.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing was changed.
        UnknownScale: the scale was deleted meanwhile.
    """
    del by
    gradebook = lock_open_gradebook(course_id)
    _hold(changes.get("scale"))
    for name, value in changes.items():
        setattr(gradebook, name, value)
    gradebook.version += 1
    gradebook.save(update_fields=[*changes, "version"])
    return gradebook


def _hold(scale: GradeScale | None) -> None:
    """Let nobody delete the scale before this transaction ends."""
    if scale is not None and not GradeScale.objects.select_for_update(no_key=True).filter(id=scale.id):
        raise UnknownScale


@transaction.atomic
def create_category(*, course: Course, by: Actor | None, name: str, **fields: Any) -> GradeCategory:
    """Add a category to a course, behind those that are there.

    Args:
        course: whose.
        by: who does it.
        name: once per course.
        fields: any of `weight_percentage` (0 to 100), `drop_lowest`, `is_extra_credit`, `order`.

    Raises:
        GradebookFrozen, GradebookFreezing, GradeCategoryTwice, TooManyCategories: nothing was created.
    """
    del by
    lock_open_gradebook(course.id)
    there = GradeCategory.objects.filter(course_id=course.id)
    if there.count() >= MOST_CATEGORIES:
        raise TooManyCategories
    order = next_order(there.aggregate(last=Max("order"))["last"])
    category = GradeCategory(course=course, name=name, **{"order": order, **fields})
    _save(category, is_new=True)
    return category


@transaction.atomic
def change_category(*, category: GradeCategory, by: Actor | None, **changes: Any) -> GradeCategory:
    """Change a category: any of `name`, `weight_percentage`, `drop_lowest`, `is_extra_credit`, `order`.

    Raises:
        GradebookFrozen, GradebookFreezing, GradeCategoryTwice: nothing was changed.
    """
    del by
    lock_open_gradebook(category.course_id)
    category = GradeCategory.objects.select_for_update().get(id=category.id)
    for name, value in changes.items():
        setattr(category, name, value)
    category.version += 1
    _save(category, is_new=False)
    return category


@transaction.atomic
def delete_category(*, category: GradeCategory, by: Actor | None) -> None:
    """Delete a category; its items stay, in none.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing was changed.
    """
    del by
    lock_open_gradebook(category.course_id)
    GradeItem.objects.filter(category=category).update(category=None, version=F("version") + 1)
    category.delete()


def _save(category: GradeCategory, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            category.save(force_insert=is_new)
    except IntegrityError as error:
        raise GradeCategoryTwice from error
