"""One row of each kind that gradebooks have, of the open school's demo."""

from typing import Any

from apps.gradebook.models import GradeCategory, GradeItem, GradeScale


def rows_of_gradebooks() -> dict[str, Any]:
    """Return them by the names that the walk knows them by: all of one course."""
    category = GradeCategory.objects.filter(course__slug="web-development").order_by("order")[0]
    return {
        "grade_category": category,
        "grade_item": GradeItem.objects.filter(category=category).order_by("order")[0],
        "grade_scale": GradeScale.objects.order_by("name")[0],
    }
