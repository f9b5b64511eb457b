"""Typos are counted as the metric says, by an implementation without its shortcuts."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.assessments.question_types.distance import typos_between

WORDS = st.text(alphabet="abc", max_size=6)


def _by_definition(first: str, second: str) -> int:
    """Return the unrestricted Damerau-Levenshtein distance by its recursion, trying every swap."""

    @cache
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        swaps = [
            distance(k - 1, m - 1) + (i - k - 1) + 1 + (j - m - 1)
            for k in range(1, i)
            for m in range(1, j)
            if first[k - 1] == second[j - 1] and first[i - 1] == second[m - 1]
        ]
        replaced = distance(i - 1, j - 1) + (first[i - 1] != second[j - 1])
        return min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, replaced, *swaps)

    return distance(len(first), len(second))


@settings(deadline=None, max_examples=200)
@given(first=WORDS, second=WORDS, most=st.integers(0, 5))
def test_the_distance_is_the_one_of_the_definition(first: str, second: str, most: int) -> None:
    expected = _by_definition(first, second)

    assert typos_between(first, second, most=most) == (expected if expected <= most else None)


@settings(deadline=None, max_examples=100)
@given(first=WORDS, second=WORDS, third=WORDS)
def test_the_distance_is_a_metric(first: str, second: str, third: str) -> None:
    there, on, whole = (
        typos_between(one, other, most=12) or 0 for one, other in [(first, second), (second, third), (first, third)]
    )

    assert typos_between(second, first, most=12) == there
    assert whole <= there + on


@pytest.mark.parametrize(
    ("first", "second", "typos"),
    [("paris", "pairs", 1), ("paris", "pari", 1), ("paris", "parris", 1), ("paris", "patis", 1), ("ca", "abc", 2),
     ("", "ab", 2), ("kitten", "sitting", 3)],
)  # fmt: skip
def test_typos_as_people_make_them(first: str, second: str, typos: int) -> None:
    assert typos_between(first, second, most=typos) == typos
    assert typos_between(first, second, most=typos - 1) is None
