"""What a learner's grades come to: pure arithmetic, exact, rounded once, half up, to hundredths of a per cent.

A cell counts unless it is empty, excused, or of an item that is not counted. Extra-credit items, and items without
possible points, add their points and no possible ones.

A category drops up to so many of its counting items that what is left is worth the most; one is always kept, and
extra credit is never dropped. In a weighted gradebook "the most" is the category's own percentage; where points count
it is the course's, because there a category is worth nothing by itself: so no dropped item lowers a total, and no
raised score does either. Items differ in their points, so the lowest percentages are not always the ones to drop;
the best choice is found as in Daniel M. Kane and Jonathan M. Kane, "Dropping Lowest Grades", Mathematics Magazine
79 (2006), 181-189, which is the method of Werner Dinkelbach, "On Nonlinear Fractional Programming", Management
Science 13 (1967), 492-498: guess the ratio, drop what pulls it down the most, take the new ratio, until it stays.

In a weighted gradebook each category with a counting item counts by its weight, items without a category together by
what is left to 100, and the weights of what counts are scaled to 100; an extra-credit category comes on top: with its
weight there, with its points (of which none are dropped) where points count. A total may exceed 100 per cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

# The largest that a final grade can hold, above 0 and, where marks are taken away, below.
LARGEST_PERCENTAGE: Final = Decimal("99999.99")
_WHOLE: Final = 100_00


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
    """What the cells of one learner come to. `percentage` None: nothing counts yet.

    `points` and `max_points` are of what counts and is not dropped; `by_category` holds the percentages of the
    categories, under None that of the items without one.
    """

    points: Decimal
    max_points: Decimal
    percentage: Decimal | None
    dropped: frozenset[UUID]
    by_category: Mapping[UUID | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class _Column:
    id: UUID
    possible: int
    is_bonus: bool
    is_missing_zero: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """A category, or the items without one, prepared; points and weights in hundredths."""

    id: UUID | None
    weight: int
    drop: int
    is_on_top: bool
    columns: tuple[_Column, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """How a course counts. Scores and points have at most two decimal places."""

    is_weighted: bool
    items: Sequence[ItemRule]
    categories: Sequence[CategoryRule]
    groups: tuple[_Group, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", tuple(_groups(self)))


@dataclass(slots=True)
class _Sheet:
    """The counting cells of one learner in one group: `(points, possible, id)`.

    `points` and `possible` are of what is kept, bonus points included.
    """

    group: _Group
    cells: list[tuple[int, int, UUID]]
    points: int
    possible: int
    dropped: list[tuple[int, int, UUID]] = field(default_factory=list)

    @property
    def may_drop(self) -> int:
        return min(self.group.drop, len(self.cells) - 1)


def total_of(rules: Rules, scores: Mapping[UUID, Decimal | None], excused: AbstractSet[UUID] = frozenset()) -> Total:
    """Return what the cells of one learner come to.

    Args:
        rules: how the course counts; made once for all learners.
        scores: by id of the item, what counts in the learner's cell; None or no entry: it is empty.
        excused: the ids of the items that do not count for this learner.
    """
    sheets = [_sheet(group, scores, excused) for group in rules.groups]
    on_top = [sheet for sheet in sheets if sheet.group.is_on_top]
    base = [sheet for sheet in sheets if not sheet.group.is_on_top]
    if rules.is_weighted:
        for sheet in sheets:
            _drop([sheet], on_top=0)
        percentage = _percentage(*_weighted(base, on_top))
    else:
        _drop(base, on_top=sum(sheet.points for sheet in on_top))
        percentage = _percentage(sum(sheet.points for sheet in sheets), sum(sheet.possible for sheet in base))
    return Total(
        points=_decimal(sum(sheet.points for sheet in sheets)),
        max_points=_decimal(sum(sheet.possible for sheet in base)),
        percentage=percentage,
        dropped=frozenset(cell[2] for sheet in sheets for cell in sheet.dropped),
        by_category={sheet.group.id: _percentage(sheet.points, sheet.possible) for sheet in sheets},
    )


def label_of(bands: Sequence[Mapping[str, Any]] | None, percentage: Decimal | None) -> tuple[str, bool | None]:
    """Return the label of a percentage, as it is shown, on a scale, and whether it passes.

    Args:
        bands: those of a `GradeScale`, best first; none or empty: the course has no scale.
        percentage: rounded to hundredths; None: nothing was graded.
    """
    if not bands or percentage is None:
        return "", None
    band = next((band for band in bands if percentage >= Decimal(str(band["from_percentage"]))), bands[-1])
    return str(band["label"]), bool(band["is_passing"])


def _groups(rules: Rules) -> Iterable[_Group]:
    """Sort the items into their categories, and prepare what every learner's total asks for."""
    columns: dict[UUID | None, list[_Column]] = {None: [], **{category.id: [] for category in rules.categories}}
    for item in rules.items:
        if item.is_counted:
            home = columns.get(item.category_id, columns[None])
            is_bonus = item.is_extra_credit or item.max_points <= 0
            home.append(_Column(item.id, _hundredths(item.max_points), is_bonus, item.is_missing_zero))
    left = _WHOLE
    for category in rules.categories:
        weight = _hundredths(category.weight_percentage)
        is_on_top = category.is_extra_credit
        left -= 0 if is_on_top else weight
        drop = 0 if is_on_top and not rules.is_weighted else category.drop_lowest
        yield _Group(category.id, weight, drop, is_on_top, tuple(columns[category.id]))
    yield _Group(None, max(0, left), 0, is_on_top=False, columns=tuple(columns[None]))


def _sheet(group: _Group, scores: Mapping[UUID, Decimal | None], excused: AbstractSet[UUID]) -> _Sheet:
    cells: list[tuple[int, int, UUID]] = []
    all_points = all_possible = 0
    for column in group.columns:
        item_id = column.id
        score = scores.get(item_id)
        if (score is None and not column.is_missing_zero) or item_id in excused:
            continue
        points = 0 if score is None else _hundredths(score)
        all_points += points
        if not column.is_bonus:
            all_possible += column.possible
            cells.append((points, column.possible, item_id))
    return _Sheet(group, cells, all_points, all_possible)


def _drop(sheets: Sequence[_Sheet], *, on_top: int) -> None:
    """Drop what makes the ratio of all sheets together, `on_top` added to their points, the largest.

    The ratio never falls from one round to the next, and there are finitely many choices. What is dropped in the end
    follows from the best ratio alone, so the order of the items does not matter.
    """
    droppable = [sheet for sheet in sheets if sheet.may_drop > 0]
    if not droppable:
        return
    all_points = on_top + sum(sheet.points for sheet in sheets)
    all_possible = sum(sheet.possible for sheet in sheets)
    points, possible = all_points, all_possible
    while True:
        less_points, less_possible = all_points, all_possible
        for sheet in droppable:
            sheet.dropped = _lowest(sheet, points, possible)
            for cell in sheet.dropped:
                less_points -= cell[0]
                less_possible -= cell[1]
        if less_points * possible == points * less_possible:
            break
        points, possible = less_points, less_possible
    for sheet in droppable:
        sheet.points -= sum(cell[0] for cell in sheet.dropped)
        sheet.possible -= sum(cell[1] for cell in sheet.dropped)


def _lowest(sheet: _Sheet, points: int, possible: int) -> list[tuple[int, int, UUID]]:
    """Return the cells that a ratio of `points` to `possible` is better off without, as many as may be dropped."""
    worth = sorted([(cell[0] * possible - points * cell[1], cell[2], cell) for cell in sheet.cells])
    return [cell for value, _, cell in worth[: sheet.may_drop] if value <= 0]


def _weighted(base: Sequence[_Sheet], on_top: Sequence[_Sheet]) -> tuple[int, int]:
    """Return the weighted ratio as a numerator and a denominator; the latter is 0 where nothing counts."""
    counting = [sheet for sheet in base if sheet.possible and sheet.group.weight]
    weights = sum(sheet.group.weight for sheet in counting)
    points, possible = _summed(counting)
    extra_points, extra_possible = _summed([sheet for sheet in on_top if sheet.possible])
    return (
        points * extra_possible * _WHOLE + extra_points * possible * weights,
        possible * weights * extra_possible * _WHOLE,
    )


def _summed(sheets: Sequence[_Sheet]) -> tuple[int, int]:
    """Return the sum of the sheets' ratios, each times its weight, as a numerator and a denominator."""
    numerator, denominator = 0, 1
    for sheet in sheets:
        numerator = numerator * sheet.possible + sheet.group.weight * sheet.points * denominator
        denominator *= sheet.possible
    return numerator, denominator


def _hundredths(value: Decimal) -> int:
    return int(value.scaleb(2))


def _decimal(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def _percentage(points: int, possible: int) -> Decimal | None:
    """Return a ratio in per cent, rounded half up to hundredths; None: of nothing."""
    if not possible:
        return None
    percentage = _decimal((2 * _WHOLE * points + possible) // (2 * possible))
    return max(-LARGEST_PERCENTAGE, min(LARGEST_PERCENTAGE, percentage))
