"""How a course counts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from apps.gradebook.choices import Calculation
from apps.gradebook.models import Gradebook, GradeCategory, GradeItem

_WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class SetupWarning:
    """Something in the set-up that is allowed, and may not be what its author wants."""

    code: str
    detail: str


def gradebook_of(course_id: UUID) -> Gradebook:
    """Return the gradebook of a course with its scale: its row, or the defaults, which are not saved."""
    found = Gradebook.objects.select_related("scale").filter(course_id=course_id).first()
    return found or Gradebook(course_id=course_id)


def weights_sum(course_id: UUID) -> Decimal:
    """Return what the weights of a course's categories come to, extra credit left out."""
    weights = GradeCategory.objects.filter(course_id=course_id).aggregate(
        sum=Sum("weight_percentage", filter=Q(is_extra_credit=False))
    )["sum"]
    return weights if weights is not None else Decimal("0.00")


def setup_warnings(gradebook: Gradebook) -> list[SetupWarning]:
    """Return what may be wrong with the weights of a gradebook: nothing where points count."""
    if gradebook.calculation != Calculation.WEIGHTED:
        return []
    weights = weights_sum(gradebook.course_id)
    is_anything_loose = GradeItem.objects.filter(
        course_id=gradebook.course_id, category=None, is_counted=True, is_extra_credit=False, max_points__gt=0
    ).exists()
    if weights > _WHOLE:
        detail = f"The weights come to {weights} per cent, and are scaled to 100."
        warnings = [SetupWarning("weights_above_100", detail)]
    elif weights < _WHOLE and not is_anything_loose:
        detail = f"The weights come to {weights} per cent, and are scaled to 100."
        warnings = [SetupWarning("weights_below_100", detail)]
    else:
        warnings = []
    if weights >= _WHOLE and is_anything_loose:
        detail = "The weights leave nothing for the items without a category: these count nothing."
        warnings.append(SetupWarning("items_without_weight", detail))
    return warnings
