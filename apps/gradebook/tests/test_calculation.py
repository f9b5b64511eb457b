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

from apps.gradebook.calculation import LARGEST_PERCENTAGE, CategoryRule, ItemRule, Rules, Total, label_of, total_of

A, B, C, D, E = (UUID(int=number) for number in range(1, 6))
HOMEWORK, EXAMS, BONUS = (UUID(int=number) for number in range(101, 104))
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
    return long.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@settings(max_examples=400, deadline=None)
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


def items(*max_points: str, category: UUID | None = None, **fields: bool) -> list[ItemRule]:
    return [
        ItemRule(id=item_id, category_id=category, max_points=Decimal(points), **fields)
        for item_id, points in zip((A, B, C, D, E), max_points, strict=False)
    ]


def homework(drop_lowest: int = 0, weight: str = "100") -> CategoryRule:
    return CategoryRule(id=HOMEWORK, weight_percentage=Decimal(weight), drop_lowest=drop_lowest)


@pytest.mark.parametrize(
    ("scores", "percentage"),
    [
        (("1", "1", "1"), "33.33"),
        (("2", "2", "2"), "66.67"),
        (("1.01", "1", "0"), "22.33"),
        (("0", "0", "0"), "0.00"),
        (("3", "3", "6"), "133.33"),
    ],
)
def test_it_is_rounded_once(scores: tuple[str, ...], percentage: str) -> None:
    rules = Rules(False, items("3", "3", "3"), [])

    total = total_of(rules, dict(zip((A, B, C), map(Decimal, scores), strict=True)))

    assert str(total.percentage) == percentage


def test_what_is_shown_of_the_categories_is_not_what_the_total_is_made_of() -> None:
    halves = [homework(weight="50"), CategoryRule(id=EXAMS, weight_percentage=Decimal(50))]
    columns = [*items("8", category=HOMEWORK), ItemRule(id=B, category_id=EXAMS, max_points=Decimal(200))]

    total = total_of(Rules(True, columns, halves), {A: Decimal("0.01"), B: Decimal("0.23")})

    # 0.125 and 0.115: the mean is 0.12, that of the rounded ones would be 0.125, so 0.13.
    assert [str(percentage) for percentage in total.by_category.values()] == ["0.13", "0.12", "None"]
    assert str(total.percentage) == "0.12"


def test_the_lowest_percentage_is_not_always_the_one_to_drop() -> None:
    # B has 40 % and A 45 %, but without B 93 of 142 are left, without A 65 of 82: the larger item weighs more.
    columns = items("80", "20", "50", "12", category=HOMEWORK)
    scores = {A: Decimal(36), B: Decimal(8), C: Decimal(45), D: Decimal(12)}

    total = total_of(Rules(True, columns, [homework(drop_lowest=1)]), scores)

    assert total.dropped == {A}
    assert str(total.percentage) == "79.27"


def test_where_points_count_no_score_is_dropped_that_is_better_than_the_rest() -> None:
    columns = [*items("10", "10", category=HOMEWORK), ItemRule(id=C, category_id=None, max_points=Decimal(100))]
    scores = {A: Decimal(10), B: Decimal(9), C: Decimal(20)}

    total = total_of(Rules(False, columns, [homework(drop_lowest=1)]), scores)

    assert total.dropped == frozenset()
    assert (str(total.points), str(total.max_points), str(total.percentage)) == ("39.00", "120.00", "32.50")


def test_extra_credit_categories_come_on_top() -> None:
    extra = CategoryRule(id=BONUS, weight_percentage=Decimal(10), drop_lowest=1, is_extra_credit=True)
    columns = [
        replace(items("50")[0], category_id=HOMEWORK),
        ItemRule(id=B, category_id=BONUS, max_points=Decimal(10)),
        ItemRule(id=C, category_id=BONUS, max_points=Decimal(10)),
    ]
    scores = {A: Decimal(45), B: Decimal(5), C: Decimal(1)}

    weighted = total_of(Rules(True, columns, [homework(), extra]), scores)
    pointed = total_of(Rules(False, columns, [homework(), extra]), scores)

    assert (str(weighted.percentage), weighted.dropped) == ("95.00", frozenset({C}))
    assert (str(pointed.percentage), pointed.dropped) == ("102.00", frozenset())
    assert str(pointed.max_points) == "50.00"
    assert str(pointed.by_category[BONUS]) == "30.00"


def test_items_without_possible_points_only_add() -> None:
    total = total_of(
        Rules(False, items("0", "10", category=HOMEWORK), [homework(drop_lowest=1)]), {A: Decimal(1), B: Decimal(5)}
    )

    assert (str(total.percentage), total.dropped) == ("60.00", frozenset())


@pytest.mark.parametrize("is_weighted", [True, False])
def test_nothing_counts_yet(is_weighted: bool) -> None:
    total = total_of(Rules(is_weighted, items("10", category=HOMEWORK), [homework()]), {A: None})

    assert total == Total(Decimal("0.00"), Decimal("0.00"), None, frozenset(), {HOMEWORK: None, None: None})


def test_what_is_missing_counts_zero_where_the_rules_say_so() -> None:
    columns = [*items("10"), ItemRule(id=B, category_id=None, max_points=Decimal(10), is_missing_zero=True)]

    assert str(total_of(Rules(False, columns, []), {A: Decimal(8)}).percentage) == "40.00"


def test_a_percentage_is_never_larger_than_a_final_grade_can_hold() -> None:
    total = total_of(Rules(False, items("0.01"), []), {A: Decimal("99999999.99")})

    assert total.percentage == LARGEST_PERCENTAGE


BANDS = [
    {"label": "A", "from_percentage": "90", "is_passing": True},
    {"label": "B", "from_percentage": "60.50", "is_passing": True},
    {"label": "F", "from_percentage": "0", "is_passing": False},
]


@pytest.mark.parametrize(
    ("percentage", "label"),
    [
        ("104.20", ("A", True)),
        ("90.00", ("A", True)),
        ("89.99", ("B", True)),
        ("60.50", ("B", True)),
        ("60.49", ("F", False)),
        ("0.00", ("F", False)),
        ("-1.00", ("F", False)),
    ],
)
def test_the_label_is_that_of_the_percentage_as_shown(percentage: str, label: tuple[str, bool]) -> None:
    assert label_of(BANDS, Decimal(percentage)) == label


def test_without_scale_or_percentage_there_is_no_label() -> None:
    assert label_of(None, Decimal(50)) == ("", None)
    assert label_of([], Decimal(50)) == ("", None)
    assert label_of(BANDS, None) == ("", None)
