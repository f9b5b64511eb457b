"""The statistics agree with numpy and scipy, and say nothing where nothing is defined."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from apps.assessments import statistics

SEEDS = range(25)
CLOSE = 1e-9


def scores_of(seed: int) -> Any:
    """Return points of people (rows) for items (columns): some items of two values, some of many."""
    random = np.random.default_rng(seed)
    people, items = int(random.integers(5, 300)), int(random.integers(2, 40))
    ability = random.normal(size=(people, 1))
    chance = 1 / (1 + np.exp(-(ability - random.normal(size=(1, items)))))
    right = (random.random((people, items)) < chance).astype(float)
    partial = np.round(chance * random.integers(1, 11, size=(1, items)), 2)
    return np.where(np.arange(items) % 2, right, partial)


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_agree_with_numpy(seed: int) -> None:
    points = scores_of(seed)
    totals = points.sum(axis=1)

    found = statistics.score_statistics(totals.tolist(), points.T.tolist())

    k = points.shape[1]
    alpha = k / (k - 1) * (1 - points.var(axis=0, ddof=1).sum() / totals.var(ddof=1))
    assert found.n == len(totals)
    assert found.mean == pytest.approx(totals.mean(), abs=CLOSE)
    assert found.standard_deviation == pytest.approx(totals.std(ddof=1), abs=CLOSE)
    assert found.median == pytest.approx(np.median(totals), abs=CLOSE)
    assert (found.minimum, found.maximum) == (totals.min(), totals.max())
    assert found.cronbach_alpha == pytest.approx(alpha, abs=CLOSE)
    assert found.standard_error_of_measurement == pytest.approx(totals.std(ddof=1) * math.sqrt(1 - alpha), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_agrees_with_the_covariances(seed: int) -> None:
    points = scores_of(seed)
    covariances = np.cov(points, rowvar=False)
    k = points.shape[1]

    alpha = statistics.cronbach_alpha(points.T.tolist())

    assert alpha == pytest.approx(k / (k - 1) * (1 - np.trace(covariances) / covariances.sum()), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_questions_agree_with_scipy(seed: int) -> None:
    points = scores_of(seed)
    totals = points.sum(axis=1)
    most = points.max(axis=0) + 1

    for item in range(points.shape[1]):
        column = points[:, item]
        if column.min() == column.max():
            continue
        options = ["b" if value > column.mean() else "a" for value in column]
        found = statistics.item_statistics(
            column.tolist(), [most[item]] * len(column), totals.tolist(), [(option,) for option in options],
            {"a": False, "b": True},
        )  # fmt: skip

        rest = totals - column
        chosen = np.array([option == "b" for option in options])
        assert found.difficulty == pytest.approx((column / most[item]).mean(), abs=CLOSE)
        assert found.discrimination == pytest.approx(stats.pearsonr(column, rest).statistic, abs=CLOSE)
        way = next(way for way in found.responses if way.response == "b")
        assert way.count == chosen.sum()
        assert way.share == pytest.approx(chosen.mean(), abs=CLOSE)
        assert way.discrimination == pytest.approx(stats.pointbiserialr(chosen, rest).statistic, abs=CLOSE)
        if item % 2:
            biserial = stats.pointbiserialr(column == 1, rest).statistic
            assert statistics.discrimination(column.tolist(), totals.tolist()) == pytest.approx(biserial, abs=CLOSE)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=40))
def test_a_correlation_is_bounded_and_symmetric(pairs: list[tuple[float, float]]) -> None:
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]

    found = statistics.pearson(xs, ys)

    assert found is None or -1 <= found <= 1
    assert found == statistics.pearson(ys, xs)


def test_of_nobody_nothing_is_said() -> None:
    found = statistics.score_statistics([], [[], []])

    assert found == statistics.ScoreStatistics(0, None, None, None, None, None, None, None)


def test_of_one_person_there_is_no_spread() -> None:
    found = statistics.score_statistics([7.0], [[3.0], [4.0]])

    assert (found.n, found.mean, found.median) == (1, 7.0, 7.0)
    assert (found.standard_deviation, found.cronbach_alpha, found.standard_error_of_measurement) == (None, None, None)


def test_where_nothing_varies_nothing_correlates() -> None:
    found = statistics.score_statistics([0.3, 0.3, 0.3], [[0.1] * 3, [0.2] * 3])

    assert (found.standard_deviation, found.cronbach_alpha) == (0.0, None)
    assert statistics.discrimination([0.1] * 3, [1.0, 2.0, 3.0]) is None
    assert statistics.discrimination([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]) is None, "the rest is the same for all"
    assert statistics.cronbach_alpha([[1.0, 2.0]]) is None
    assert statistics.difficulty([0.0], [0.0]) is None


def test_differences_that_vanish_when_squared_count_as_none() -> None:
    assert statistics.pearson([0.0, 5e-324], [1.0, 2.0]) is None


def test_blank_answers_and_unchosen_options_are_counted() -> None:
    found = statistics.item_statistics([1, 0, 0], [1, 1, 1], [3, 2, 1], [("a",), ("b",), ()], {"a": True, "c": False})

    assert (found.asked, found.answered) == (3, 2)
    assert [(way.response, way.count, way.is_right) for way in found.responses] == [
        ("a", 1, True), ("b", 1, None), ("c", 0, False),
    ]  # fmt: skip
    assert found.responses[2].discrimination is None


@pytest.mark.parametrize(
    ("points", "totals", "chosen", "flags"),
    [
        ([0, 0, 1, 1], [9, 8, 2, 1], "bbaa", ["wrong_option_beats_key", "negative_discrimination"]),
        ([1, 1, 0, 0], [9, 8, 2, 1], "aabb", []),
        ([0, 0, 0, 0], [9, 8, 2, 1], "bbcc", ["wrong_option_beats_key", "too_hard"]),
        ([1, 1, 1, 1], [9, 8, 2, 1], "aaaa", ["too_easy"]),
    ],
)
def test_suspicious_keys_are_flagged(points: list[float], totals: list[float], chosen: str, flags: list[str]) -> None:
    right = {"a": True, "b": False, "c": False}

    found = statistics.item_statistics(points, [1] * 4, totals, [(option,) for option in chosen], right)

    assert found.flags == flags


def test_many_different_responses_are_cut_off() -> None:
    answers = [(str(number),) for number in range(80)]

    found = statistics.item_statistics([0] * 80, [1] * 80, list(range(80)), answers, {})

    assert len(found.responses) == statistics.MOST_RESPONSES
