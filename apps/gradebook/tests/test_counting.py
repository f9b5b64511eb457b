"""Which attempt counts, and what it is worth: exact, whatever the order they come in."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.choices import CountedAttempt
from apps.core.ids import new_id
from apps.gradebook.services.counting import GradedAttempt, counted, scaled

POINTS = st.decimals(min_value=0, max_value=1000, places=2)
WORTH = st.decimals(min_value="0.01", max_value=1000, places=2)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def attempt(
    number: int, score: str | int | Decimal, max_score: str | Decimal = "10", penalty: str = "0"
) -> GradedAttempt:
    return GradedAttempt(new_id(), number, Decimal(score), Decimal(max_score), Decimal(penalty), NOW)


@pytest.mark.parametrize(
    ("score", "of", "to", "worth"),
    [
        ("7", "10", "10", "7"),
        ("7", "10", "100", "70"),
        ("1", "3", "10", "3.33"),
        ("2", "3", "10", "6.67"),
        ("0.01", "2", "1", "0.01"),  # half a hundredth is rounded up
        ("-0.01", "2", "1", "-0.01"),
        ("0.01", "3", "1", "0"),
        ("5", "0", "10", "0"),
        ("5", "10", "0", "0"),
        ("99999999.99", "99999999.99", "99999999.99", "99999999.99"),
    ],
)
def test_scores_are_scaled_to_the_item_and_rounded_half_up(score: str, of: str, to: str, worth: str) -> None:
    assert scaled(Decimal(score), of=Decimal(of), to=Decimal(to)) == Decimal(worth)


@given(score=POINTS, of=WORTH, to=POINTS)
def test_a_scaled_score_is_off_by_half_a_hundredth_at_most(score: Decimal, of: Decimal, to: Decimal) -> None:
    exact = Fraction(score) * Fraction(to) / Fraction(of)

    assert abs(Fraction(scaled(score, of=of, to=to)) - exact) <= Fraction(1, 200)
    assert scaled(score, of=of, to=of) == score


@pytest.mark.parametrize(
    ("rule", "score", "number"),
    [
        (CountedAttempt.HIGHEST, "90", 2),
        (CountedAttempt.LATEST, "40", 4),
        (CountedAttempt.FIRST, "50", 1),
    ],
)
def test_the_rule_says_which_attempt_counts(rule: str, score: str, number: int) -> None:
    attempts = [attempt(4, 4), attempt(2, "4.5", "5", "10"), attempt(1, 5), attempt(3, 9)]
    by_number = {each.number: each for each in attempts}

    found = counted(attempts, rule=rule, max_points=Decimal(100))

    assert (found.score, found.attempt_id) == (Decimal(score), by_number[number].id)
    assert found.late_penalty_percentage == by_number[number].late_penalty_percentage


def test_the_mean_is_of_all_attempts_and_names_none_of_them() -> None:
    found = counted([attempt(1, 1), attempt(2, 2), attempt(3, 2)], rule="average", max_points=Decimal(10))

    assert (found.score, found.attempt_id, found.late_penalty_percentage) == (Decimal("1.67"), None, Decimal(0))


@given(
    scores=st.lists(st.tuples(POINTS, WORTH), min_size=1, max_size=6),
    rule=st.sampled_from(CountedAttempt.values),
    dice=st.randoms(),
)
def test_what_counts_does_not_depend_on_the_order_and_lies_among_the_attempts(
    scores: list[tuple[Decimal, Decimal]], rule: str, dice: Random
) -> None:
    attempts = [attempt(number, score, most) for number, (score, most) in enumerate(scores)]
    worth = [scaled(each.score, of=each.max_score, to=Decimal(20)) for each in attempts]
    shuffled = list(attempts)
    dice.shuffle(shuffled)

    found = counted(shuffled, rule=rule, max_points=Decimal(20))

    assert found == counted(attempts, rule=rule, max_points=Decimal(20))
    assert min(worth) <= found.score <= max(worth)
