"""Points by a rubric: never more than the question is worth, never below 0, never less for a better level."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.services.criteria import Criterion, clean_criteria, most_of, most_of_criterion
from apps.assessments.services.rubric_grades import Judged, judge
from apps.assessments.tests.rubrics import CRITERIA

POINTS = st.decimals(min_value=0, max_value=1000, places=2)
LEVELS = st.lists(POINTS, min_size=2, max_size=6).map(
    lambda worth: [{"id": f"l{index}", "title": "L", "points": str(each)} for index, each in enumerate(worth)]
)
WORTHS = st.one_of(LEVELS.map(lambda levels: {"levels": levels}), POINTS.map(lambda most: {"max_points": str(most)}))


@st.composite
def rubrics(draw: Any) -> list[Criterion]:
    worths = draw(st.lists(WORTHS, min_size=1, max_size=6))
    raw = [{"id": f"c{index}", "title": "C", **each} for index, each in enumerate(worths)]
    return clean_criteria([*raw, {"id": "worth", "title": "W", "max_points": 1}])


@st.composite
def said(draw: Any, criteria: list[Criterion]) -> dict[str, Any]:
    """Return something that may be said by the rubric."""
    found = {}
    for criterion in criteria:
        if "levels" in criterion:
            found[criterion["id"]] = {"level": draw(st.sampled_from([level["id"] for level in criterion["levels"]]))}
        else:
            most = Decimal(criterion["max_points"])
            found[criterion["id"]] = {"points": draw(st.decimals(min_value=0, max_value=most, places=2))}
    return found


@st.composite
def cases(draw: Any) -> tuple[list[Criterion], dict[str, Any], Decimal]:
    criteria = draw(rubrics())
    return criteria, draw(said(criteria)), draw(POINTS)


@given(case=cases())
def test_points_are_the_exact_share_rounded_once_and_within_the_question(
    case: tuple[list[Criterion], dict[str, Any], Decimal],
) -> None:
    criteria, given_, most = case

    judged = judge(criteria, given_, most)

    reached = sum((Fraction(each["points"]) for each in judged.rubric.values()), start=Fraction(0))
    exact = reached / Fraction(most_of(criteria)) * Fraction(most)
    assert 0 <= judged.points <= most
    assert abs(Fraction(judged.points) - exact) <= Fraction(1, 200)
    assert judged.points == judged.points.quantize(Decimal("0.01"))
    assert set(judged.rubric) == {criterion["id"] for criterion in criteria}


@given(case=cases(), data=st.data())
def test_a_better_level_never_brings_less(
    case: tuple[list[Criterion], dict[str, Any], Decimal], data: st.DataObject
) -> None:
    criteria, given_, most = case
    criterion = data.draw(st.sampled_from(criteria))
    before = judge(criteria, given_, most)
    least = Decimal(before.rubric[criterion["id"]]["points"])
    if "levels" in criterion:
        better = [level["id"] for level in criterion["levels"] if Decimal(level["points"]) >= least]
        change = {"level": data.draw(st.sampled_from(better))}
    else:
        change = {"points": data.draw(st.decimals(least, Decimal(criterion["max_points"]), places=2))}

    after = judge(criteria, {**given_, criterion["id"]: change}, most)

    assert after.points >= before.points


@given(criteria=rubrics(), most=POINTS)
def test_the_best_of_everything_is_the_whole_question(criteria: list[Criterion], most: Decimal) -> None:
    best: dict[str, Any] = {}
    for criterion in criteria:
        if "levels" in criterion:
            top = max(criterion["levels"], key=lambda level: Decimal(level["points"]))
            best[criterion["id"]] = {"level": top["id"]}
        else:
            best[criterion["id"]] = {"points": most_of_criterion(criterion)}

    assert judge(criteria, best, most).points == most


@given(criteria=rubrics())
def test_criteria_are_clean_when_they_have_been_cleaned(criteria: list[Criterion]) -> None:
    assert clean_criteria(criteria) == criteria


@pytest.mark.parametrize(
    ("most", "points"), [("10", "5.83"), ("1", "0.58"), ("0", "0"), ("0.01", "0.01"), ("6", "3.50")]
)
def test_points_are_rounded_half_up_once(most: str, points: str) -> None:
    criteria = clean_criteria(CRITERIA)

    judged = judge(criteria, {"thesis": {"level": "some"}, "style": {"points": Decimal(2)}}, Decimal(most))

    assert judged == Judged(
        {
            "thesis": {"level": "some", "points": "1.50", "comment": ""},
            "style": {"level": None, "points": "2.00", "comment": ""},
        },
        Decimal(points),
    )
