"""Totals by example: what counts, what is dropped, how it is rounded, and what it is called."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from apps.gradebook.calculation import LARGEST_PERCENTAGE, CategoryRule, ItemRule, Rules, Total, label_of, total_of

A, B, C, D, E = (UUID(int=number) for number in range(1, 6))
HOMEWORK, EXAMS, BONUS = (UUID(int=number) for number in range(101, 104))


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


def test_a_percentage_is_never_lower_than_a_final_grade_can_hold() -> None:
    bonus = ItemRule(id=B, category_id=None, max_points=Decimal(5000), is_extra_credit=True)

    total = total_of(Rules(False, [*items("1"), bonus], []), {A: Decimal(1), B: Decimal(-5000)})

    assert total.percentage == -LARGEST_PERCENTAGE


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
