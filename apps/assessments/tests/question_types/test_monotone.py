"""Whoever gets one thing more right never gets less for it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.assessments.models import QuestionVersion
from apps.assessments.question_types import QUESTION_TYPES, question_type
from apps.assessments.question_types.contents import content_id
from apps.assessments.services.grading import mark
from apps.assessments.tests.question_types.answers import answers_to, full_text
from apps.assessments.tests.question_types.strategies import TWINS, Data, multiple_choice

unhurried = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def _given(name: str, data: st.DataObject, twins: Any = None) -> tuple[Data, Data]:
    kind = question_type(name)
    question = kind.clean(data.draw(TWINS[name] if twins is None else twins)[0])
    view = kind.learner_view(question, None)
    answer = kind.clean_answer(view, data.draw(answers_to(name, view, question)))
    return question, answer or {}


def _share(name: str, question: Data, answer: Data) -> Fraction:
    kind = question_type(name)
    grade = kind.grade(question, kind.clean_answer(kind.learner_view(question, None), answer))
    assert grade is not None
    return grade.fraction


@unhurried
@given(data=st.data())
def test_choosing_a_right_option_more_or_a_wrong_one_less(data: st.DataObject) -> None:
    question, answer = _given("multiple_choice", data, multiple_choice(weighted=False))
    question["multiple"] = True
    chosen = set(answer.get("selected_option_ids", []))
    before = _share("multiple_choice", question, {"selected_option_ids": sorted(chosen)})

    for option in question["options"]:
        better = chosen | {option["id"]} if option["is_correct"] else chosen - {option["id"]}
        assert _share("multiple_choice", question, {"selected_option_ids": sorted(better)}) >= before


@unhurried
@given(data=st.data())
def test_matching_one_more_rightly(data: st.DataObject) -> None:
    question, answer = _given("matching", data)
    before = _share("matching", question, answer)

    for pair in question["pairs"]:
        better = {**answer.get("pairs", {}), pair["id"]: content_id(pair["right"])}
        assert _share("matching", question, {"pairs": better}) >= before


@unhurried
@given(data=st.data())
def test_filling_one_more_gap_rightly(data: st.DataObject) -> None:
    question, answer = _given("fill_in_the_blanks", data)
    before = _share("fill_in_the_blanks", question, answer)

    for gap in question["gaps"]:
        if "accepted" in gap:
            better = {**answer.get("gaps", {}), gap["id"]: full_text(gap)}
            assert _share("fill_in_the_blanks", question, {"gaps": better}) >= before


@unhurried
@given(data=st.data())
def test_putting_one_more_item_into_its_place(data: st.DataObject) -> None:
    question, _ = _given("ordering", data)
    question["scoring"] = "position"
    right = [content_id(text) for text in question["items"]]
    order = data.draw(st.permutations(right))
    before = _share("ordering", question, {"order": order})

    for place, name in enumerate(right):
        better = list(order)
        there = better.index(name)
        better[place], better[there] = better[there], better[place]
        assert _share("ordering", question, {"order": better}) >= before


@unhurried
@given(data=st.data())
def test_entering_one_more_output_rightly(data: st.DataObject) -> None:
    question, answer = _given("code", data)
    before = _share("code", question, answer) if question["cases"] else Fraction(0)

    for case in question["cases"]:
        better = {**answer.get("outputs", {}), case["id"]: case["expected_output"]}
        assert _share("code", question, {"code": "", "outputs": better}) >= before


@unhurried
@given(data=st.data(), off=st.decimals(0, 100, places=2), less=st.decimals(0, 1, places=2))
def test_coming_nearer_to_the_number(data: st.DataObject, off: Decimal, less: Decimal) -> None:
    question, _ = _given("numeric", data)
    question["units"] = []
    correct = Decimal(question["correct"])

    far, near = ({"value": str(correct + distance)} for distance in (off, -off * less))

    assert _share("numeric", question, near) >= _share("numeric", question, far)


@settings(unhurried, max_examples=10)
@given(data=st.data())
def test_a_paper_is_worth_the_same_in_every_order_and_never_more_than_its_points(data: st.DataObject) -> None:
    paper, keys, answers = [], {}, {}
    for name in sorted(QUESTION_TYPES):
        question, answer = _given(name, data)
        slot = {"question": str(uuid4()), "version": str(uuid4()), "points": str(data.draw(st.integers(0, 7)))}
        paper.append(slot)
        keys[slot["version"]] = QuestionVersion(tenant_id=uuid4(), question_type=name, type_specific_data=question)
        answers[slot["question"]] = answer or None

    marked = mark(paper, keys, answers)
    turned = mark(data.draw(st.permutations(paper)), keys, dict(reversed(answers.items())))

    assert {each.question_id: each for each in marked} == {each.question_id: each for each in turned}
    for slot, each in zip(paper, marked, strict=True):
        assert each.points is None or abs(each.points) <= Decimal(slot["points"])
