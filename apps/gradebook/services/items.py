"""The items of a gradebook: those that people grade, and what people may say of those that follow an assessment."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from apps.core.errors import Conflict, InvalidInput
from apps.core.policies import Actor
from apps.courses.models import Course
from apps.courses.services.ordering import check_permutation, next_order
from apps.gradebook.models import GradeCategory, GradeItem
from apps.gradebook.services.locking import lock_open_gradebook
from apps.gradebook.services.syncing import UNGRADED, has_grades

MOST_ITEMS: Final = 1000
FOLLOWED: Final = ("title", "max_points", "due_at")


class FollowsAssessment(InvalidInput):
    """The assessment says this, not the gradebook."""

    code = "follows_assessment"
    default_detail = "This item follows its assessment. Change it there: PATCH the assessment, or its questions."


class NotGraded(InvalidInput):
    """Practices and surveys count nothing."""

    code = "not_graded"
    default_field = "is_counted"
    default_detail = "The assessment of this item is a practice or a survey now, and these count nothing."


class CategoryElsewhere(InvalidInput):
    """The category is another course's."""

    code = "does_not_exist"
    default_field = "category"
    default_detail = "There is no such category in this course."


class ItemGraded(Conflict):
    """Grades stand in the item, or have stood there."""

    code = "item_graded"
    default_detail = (
        "Something is graded in this item, or was, and the history of grades stays. Instead of deleting it, let it "
        "count nothing and hide it: PATCH is_counted to false and is_hidden to true."
    )


class ItemOfAssessment(Conflict):
    """The item goes with its assessment only."""

    code = "item_of_assessment"
    default_detail = (
        "This item follows an assessment, and goes with it. To leave it out of the total, PATCH is_counted to false."
    )


class TooManyItems(Conflict):
    """A gradebook is no archive."""

    code = "too_many_items"
    default_detail = f"A gradebook has at most {MOST_ITEMS} items. Delete one that you do not need."


@transaction.atomic
def create_item(
    *, course: Course, by: Actor | None, title: str, category: GradeCategory | None = None, **fields: Any
) -> GradeItem:
    """Add an item that people grade, behind what is there.

    Args:
        course: whose.
        by: who does it.
        title: what people call it.
        category: of the same course; None: in none.
        fields: any of `max_points` (needed), `due_at`, `is_counted`, `is_extra_credit`, `is_hidden`, `order`.

    Raises:
        GradebookFrozen, GradebookFreezing, CategoryElsewhere, TooManyItems: nothing was created.
    """
    del by
    lock_open_gradebook(course.id)
    _require_category_of(course.id, category)
    there = GradeItem.objects.filter(course_id=course.id)
    if there.count() >= MOST_ITEMS:
        raise TooManyItems
    order = next_order(there.aggregate(last=Max("order"))["last"])
    item = GradeItem(course=course, title=title, category=category, **{"order": order, **fields})
    item.save(force_insert=True)
    return item


@transaction.atomic
def change_item(*, item: GradeItem, by: Actor | None, **changes: Any) -> GradeItem:
    """Change an item: any of `category`, `is_counted`, `is_extra_credit`, `is_hidden`, `order`.

    Of an item that people grade also `title`, `max_points` and `due_at`; grades stay the points that they are.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing was changed.
        FollowsAssessment: the assessment says this; the value that it has may be sent.
        NotGraded: a practice or survey would count.
        CategoryElsewhere: the category is another course's.
    """
    del by
    item = _locked(item)
    if item.assessment is not None:
        _require_own(item, changes)
    _require_category_of(item.course_id, changes.get("category"))
    for name, value in changes.items():
        setattr(item, name, value)
    item.version += 1
    item.save()
    return item


def _require_own(item: GradeItem, changes: dict[str, Any]) -> None:
    """Require that nobody says what the assessment of the item says."""
    for name in FOLLOWED:
        if name in changes and changes[name] != getattr(item, name):
            raise FollowsAssessment(field=name)
    if changes.get("is_counted") and item.assessment and item.assessment.assessment_type in UNGRADED:
        raise NotGraded


@transaction.atomic
def delete_item(*, item: GradeItem, by: Actor | None) -> None:
    """Delete an item in which nothing is graded, and nothing ever was.

    Raises:
        GradebookFrozen, GradebookFreezing, ItemOfAssessment, ItemGraded: nothing was changed.
    """
    del by
    item = _locked(item)
    if item.assessment is not None:
        raise ItemOfAssessment
    if has_grades(item):
        raise ItemGraded
    item.delete()


def post_item(*, item: GradeItem, by: Actor | None) -> GradeItem:
    """Let learners see an item and what they have in it; a shown one stays as it is.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing was changed.
    """
    return _show(item, by=by, is_hidden=False)


def hide_item(*, item: GradeItem, by: Actor | None) -> GradeItem:
    """Hide an item from learners, until it is posted; a hidden one stays as it is.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing was changed.
    """
    return _show(item, by=by, is_hidden=True)


@transaction.atomic
def _show(item: GradeItem, *, by: Actor | None, is_hidden: bool) -> GradeItem:
    del by
    item = _locked(item)
    if item.is_hidden != is_hidden:
        item.is_hidden = is_hidden
        item.version += 1
        item.save(update_fields=["is_hidden", "version"])
    return item


@transaction.atomic
def reorder_items(*, course: Course, ids: Sequence[UUID], by: Actor | None) -> None:
    """Put the items of a course in this order: all of them, or nothing.

    Raises:
        GradebookFrozen, GradebookFreezing: nothing was changed.
        InvalidOrder: the list is no permutation of what is there.
    """
    del by
    lock_open_gradebook(course.id)
    items = {item.id: item for item in GradeItem.objects.select_for_update().filter(course_id=course.id).order_by("id")}
    check_permutation(list(items), ids)
    moved = []
    for place, identifier in enumerate(ids):
        if items[identifier].order != place:
            items[identifier].order = place
            items[identifier].version += 1
            moved.append(items[identifier])
    GradeItem.objects.bulk_update(moved, ["order", "version"])


def _locked(item: GradeItem) -> GradeItem:
    """Return the item, behind the lock of its open gradebook, with its assessment."""
    lock_open_gradebook(item.course_id)
    return GradeItem.objects.select_for_update(of=("self",)).select_related("assessment").get(id=item.id)


def _require_category_of(course_id: UUID, category: GradeCategory | None) -> None:
    """Require that the category is one of the course, and still there."""
    if category is not None and not GradeCategory.objects.filter(id=category.id, course_id=course_id).exists():
        raise CategoryElsewhere
