"""What a learner's grades come to: pure arithmetic, exact, rounded once, half up, to hundredths of a per cent.

A cell counts unless it is empty, excused, or of an item that is not counted. Extra-credit items add their points and
no possible ones. A category drops so many of its counting items that what is left of it is worth the most; one is
always kept, and extra credit is never dropped. In a weighted gradebook each category with a counting item counts by
its weight, items without a category together by what is left to 100, and the weights of what counts are scaled to
100; an extra-credit category comes on top. A total may exceed 100 per cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRule:
    """A column, as far as the total is concerned. `is_missing_zero`: an empty cell counts 0 (it is past due)."""

    id: UUID
    category_id: UUID | None
    max_points: Decimal
    is_counted: bool = True
    is_extra_credit: bool = False
    is_missing_zero: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """A category, with its weight in per cent."""

    id: UUID
    weight_percentage: Decimal
    drop_lowest: int = 0
    is_extra_credit: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """What the cells of one learner come to. `percentage` None: nothing counts yet."""

    points: Decimal
    max_points: Decimal
    percentage: Decimal | None
    dropped: frozenset[UUID]
    by_category: Mapping[UUID | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """How a course counts."""

    is_weighted: bool
    items: Sequence[ItemRule]
    categories: Sequence[CategoryRule]
