"""Totals: exact whatever the order, the best of all choices of what to drop, never worse for a better score."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations, product
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.gradebook.calculation import LARGEST_PERCENTAGE, CategoryRule, ItemRule, Rules, Total, total_of

exact = settings(deadline=None)  # the machine of the tests may be busy
rarely = st.sampled_from([False] * 7 + [True])
MAX_POINTS = st.integers(1, 3000).map(lambda hundredths: Decimal(hundredths).scaleb(-2))


def up_to(points: Decimal) -> st.SearchStrategy[Decimal]:
    return st.integers(0, int(points * 100)).map(lambda hundredths: Decimal(hundredths).scaleb(-2))


@dataclass(frozen=True)
class Course:
    """Rules and one learner's cells."""

    rules: Rules
    scores: dict[UUID, Decimal | None]
    excused: frozenset[UUID]

    def total(self) -> Total:
        return total_of(self.rules, self.scores, self.excused)


@st.composite
def courses(draw: st.DrawFn, *, weighted: bool | None = None, extra: bool = True, uncategorised: bool = True) -> Course:
    """Some categories with some items each: few enough to try every choice of what to drop."""
    categories = [
        CategoryRule(
            id=UUID(int=100 + number),
            weight_percentage=Decimal(draw(st.integers(0, 4000))).scaleb(-2),
            drop_lowest=draw(st.integers(0, 3)),
            is_extra_credit=extra and draw(rarely),
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    homes = [*(category.id for category in categories for _ in range(3)), *([None] if uncategorised else [])]
    items = [
        ItemRule(
            id=UUID(int=number + 1),
            category_id=draw(st.sampled_from(homes)),
            max_points=draw(MAX_POINTS),
            is_counted=draw(rarely) is False,
            is_extra_credit=extra and draw(rarely),
            is_missing_zero=draw(st.booleans()),
        )
        for number in range(draw(st.integers(2, 7) | st.integers(0, 1)))
    ]
    highest = 2 if extra else 1
    scores = {item.id: None if draw(rarely) else draw(up_to(item.max_points * highest)) for item in items}
    excused = frozenset(item.id for item in items if draw(rarely))
    is_weighted = draw(st.booleans()) if weighted is None else weighted
    return Course(Rules(is_weighted, items, categories), scores, excused)


Cell = tuple[Fraction, Fraction]


def cells_of(course: Course, category: UUID | None) -> tuple[list[Cell], Fraction]:
    """Return the counting cells of a category as (points, possible), and its bonus points."""
    cells, bonus = [], Fraction()
    for item in course.rules.items:
        score = course.scores.get(item.id)
        if score is None and item.is_missing_zero:
            score = Decimal()
        if item.category_id != category or score is None or item.id in course.excused or not item.is_counted:
            continue
        if item.is_extra_credit:
            bonus += Fraction(score)
        else:
            cells.append((Fraction(score), Fraction(item.max_points)))
    return cells, bonus


def ways_to_keep(cells: list[Cell], drop: int) -> Iterator[Cell]:
    """Yield points and possible points of everything that may be left."""
    for dropped in range(min(drop, max(0, len(cells) - 1)) + 1):
        for kept in combinations(cells, len(cells) - dropped):
            yield sum((cell[0] for cell in kept), Fraction()), sum((cell[1] for cell in kept), Fraction())


def best_of_category(course: Course, category: CategoryRule | None) -> Fraction | None:
    cells, bonus = cells_of(course, category.id if category else None)
    ways = ways_to_keep(cells, category.drop_lowest if category else 0)
    return max(((points + bonus) / possible for points, possible in ways if possible), default=None)


def brute_force(course: Course) -> Fraction | None:
    """Return the best ratio of all choices of what to drop, by trying them."""
    categories = course.rules.categories
    if course.rules.is_weighted:
        weights: list[tuple[CategoryRule | None, Decimal]] = [(each, each.weight_percentage) for each in categories]
        used = sum((each.weight_percentage for each in categories if not each.is_extra_credit), Decimal())
        weights.append((None, max(Decimal(), 100 - used)))
        parts, scale, extra = Fraction(), Fraction(), Fraction()
        for category, weight in weights:
            best = best_of_category(course, category)
            if best is None:
                continue
            if category and category.is_extra_credit:
                extra += best * Fraction(weight) / 100
            else:
                parts += best * Fraction(weight)
                scale += Fraction(weight)
        return parts / scale + extra if scale else None
    on_top = Fraction()
    ways: list[list[Cell]] = []
    for each in [*categories, None]:
        cells, bonus = cells_of(course, each.id if each else None)
        on_top += bonus
        if each and each.is_extra_credit:
            on_top += sum((cell[0] for cell in cells), Fraction())
        else:
            ways.append(list(ways_to_keep(cells, each.drop_lowest if each else 0)))
    totals = [(sum(way[0] for way in choice), sum(way[1] for way in choice)) for choice in product(*ways)]
    return max(((points + on_top) / possible for points, possible in totals if possible), default=None)


def in_per_cent(ratio: Fraction | None) -> Decimal | None:
    if ratio is None:
        return None
    long = Decimal(100 * ratio.numerator * 10**12 // ratio.denominator).scaleb(-12)
    return min(long.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), LARGEST_PERCENTAGE)


@pytest.mark.timeout(60)
@settings(max_examples=200, deadline=None)
@given(courses())
def test_it_is_the_best_of_all_choices(course: Course) -> None:
    total = course.total()

    assert total.percentage == in_per_cent(brute_force(course))


@exact
@given(courses())
def test_what_is_dropped_may_be_and_explains_the_total(course: Course) -> None:
    total = course.total()

    rest = Rules(
        course.rules.is_weighted, [item for item in course.rules.items if item.id not in total.dropped],
        [replace(category, drop_lowest=0) for category in course.rules.categories],
    )  # fmt: skip
    assert replace(total_of(rest, course.scores, course.excused), dropped=total.dropped) == total
    for category in course.rules.categories:
        dropped = [item for item in course.rules.items if item.id in total.dropped and item.category_id == category.id]
        assert len(dropped) <= category.drop_lowest
        assert not any(item.is_extra_credit for item in dropped)
        cells, _ = cells_of(course, category.id)
        assert not dropped or len(dropped) < len(cells)


@exact
@given(courses(weighted=True))
def test_weighted_categories_drop_as_many_as_they_say(course: Course) -> None:
    total = course.total()

    for category in course.rules.categories:
        cells, _ = cells_of(course, category.id)
        dropped = [item for item in course.rules.items if item.id in total.dropped and item.category_id == category.id]
        assert len(dropped) == min(category.drop_lowest, max(0, len(cells) - 1))


@exact
@given(courses(), st.randoms(use_true_random=False))
def test_the_order_of_items_categories_and_scores_does_not_matter(course: Course, dice: object) -> None:
    def shuffled(values: object) -> list[object]:
        copy = list(values)  # type: ignore[call-overload]
        dice.shuffle(copy)  # type: ignore[attr-defined]
        return copy

    rules = Rules(course.rules.is_weighted, shuffled(course.rules.items), shuffled(course.rules.categories))  # type: ignore[arg-type]
    other = Course(rules, dict(shuffled(course.scores.items())), course.excused)  # type: ignore[arg-type]

    assert other.total() == course.total()


@exact
@given(courses(extra=False))
def test_without_extra_credit_it_is_between_0_and_100(course: Course) -> None:
    total = course.total()

    for percentage in (total.percentage, *total.by_category.values()):
        assert percentage is None or 0 <= percentage <= 100
    assert 0 <= total.points <= total.max_points


@exact
@given(courses(), st.data())
def test_raising_a_score_never_lowers_the_total(course: Course, data: st.DataObject) -> None:
    graded = [(item_id, score) for item_id, score in course.scores.items() if score is not None]
    assume(graded)
    raised, score = data.draw(st.sampled_from(graded))
    more = data.draw(up_to(Decimal(100)))

    before = course.total().percentage
    after = replace(course, scores={**course.scores, raised: score + more}).total().percentage

    assert (before is None) == (after is None)
    assert before is None or after is None or before <= after


@exact
@given(courses(), st.integers(0, 1), st.integers(1, 3))
def test_dropping_more_never_lowers_the_total(course: Course, which: int, more: int) -> None:
    categories = list(course.rules.categories)
    chosen = categories[min(which, len(categories) - 1)]
    categories[categories.index(chosen)] = replace(chosen, drop_lowest=chosen.drop_lowest + more)
    other = replace(course, rules=Rules(course.rules.is_weighted, course.rules.items, categories))

    before, after = course.total(), other.total()

    assert (before.percentage is None) == (after.percentage is None)
    assert before.percentage is None or after.percentage is None or before.percentage <= after.percentage
    if course.rules.is_weighted:
        own, others = before.by_category[chosen.id], after.by_category[chosen.id]
        assert own is None or others is None or own <= others


@exact
@given(courses(), st.data())
def test_an_excused_cell_is_as_if_the_item_were_not_there(course: Course, data: st.DataObject) -> None:
    assume(course.rules.items)
    gone = data.draw(st.sampled_from(list(course.rules.items)))
    rules = Rules(
        course.rules.is_weighted, [item for item in course.rules.items if item is not gone], course.rules.categories
    )

    excused = replace(course, excused=course.excused | {gone.id}).total()

    assert excused == replace(course, rules=rules).total()


@exact
@given(courses(weighted=True, extra=False, uncategorised=False), st.integers(2, 3))
def test_weights_count_by_their_shares(course: Course, factor: int) -> None:
    scaled = [
        replace(category, weight_percentage=category.weight_percentage * factor) for category in course.rules.categories
    ]

    assert replace(course, rules=Rules(True, course.rules.items, scaled)).total() == course.total()
