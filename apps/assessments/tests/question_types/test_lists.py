"""Matching and ordering."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from apps.assessments.question_types import question_type
from apps.assessments.question_types.contents import by_content, content_id
from apps.assessments.tests.question_types.cases import answer_refused, counted, refused, share, worth

FR = {"id": "fr", "left": "France", "right": "Paris"}
DE = {"id": "de", "left": "Germany", "right": "Berlin", "feedback": "Bonn until 1990."}
PAIRS: dict[str, Any] = {"pairs": [FR, DE], "distractors": ["Bonn"]}
PARIS, BERLIN, BONN = content_id("Paris"), content_id("Berlin"), content_id("Bonn")


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (None, None, "Enter an object."),
        ({}, "pairs", "list of 1 to 50"),
        ({"pairs": [FR, 7]}, "pairs.1", "Enter an object."),
        ({"pairs": [{**FR, "id": 7}]}, "pairs.0.id", "Enter an id"),
        ({"pairs": [{**FR, "left": " "}]}, "pairs.0.left", "may not be empty"),
        ({"pairs": [{**FR, "right": None}]}, "pairs.0.right", "Enter text."),
        ({"pairs": [FR, {**DE, "id": "fr"}]}, "pairs", "'fr' comes twice"),
        ({"pairs": [FR]}, "pairs", "one entry on the right only"),
        ({"pairs": [FR, {**FR, "id": "f2"}]}, "pairs", "one entry on the right only"),
        ({"pairs": [FR, DE], "distractors": ["Bonn", ""]}, "distractors.1", "may not be empty"),
        ({"pairs": [FR, DE], "distractors": ["Bonn", "Bonn"]}, "distractors", "comes twice"),
        ({"pairs": [FR, DE], "distractors": ["Bonn", "Paris"]}, "distractors.1", "the right side of a pair"),
        ({"pairs": [FR, DE], "distractors": [{}]}, "distractors.0", "Enter text."),
        ({"pairs": [FR, DE], "partial_credit": "no"}, "partial_credit", "true or false"),
    ],
)
def test_pairs_that_do_not_fit_are_refused(data: Any, field: str | None, words: str) -> None:
    refused("matching", data, field, words)


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        (7, None, "Enter an object."),
        ({"pairs": [["fr", PARIS]]}, "pairs", "Enter an object."),
        ({"pairs": {"es": PARIS}}, "pairs.es", "There is no entry"),
        ({"pairs": {"fr": "Paris"}}, "pairs.fr", "not among what the question offers on the right"),
        ({"pairs": {"fr": [PARIS]}}, "pairs.fr", "not among what the question offers on the right"),
    ],
)
def test_a_match_that_is_not_offered_is_refused(answer: Any, field: str | None, words: str) -> None:
    answer_refused("matching", PAIRS, answer, field, words)


@pytest.mark.parametrize(
    ("pairs", "settings", "expected"),
    [
        ({"fr": PARIS, "de": BERLIN}, {}, Fraction(1)),
        ({"fr": PARIS, "de": BONN}, {}, Fraction(1, 2)),
        ({"fr": PARIS, "de": BONN}, {"negative_marks": True}, Fraction(0)),
        ({"fr": BONN}, {"negative_marks": True}, Fraction(-1, 2)),
        ({"fr": PARIS, "de": PARIS}, {}, Fraction(1, 2)),
        ({"fr": PARIS}, {"partial_credit": False}, Fraction(0)),
        ({"fr": PARIS, "de": BONN}, {"partial_credit": False, "negative_marks": True}, Fraction(-1)),
        ({"fr": PARIS, "de": BERLIN}, {"partial_credit": False}, Fraction(1)),
        ({"fr": None}, {"negative_marks": True}, Fraction(0)),
    ],
)
def test_each_pair_counts_its_share(pairs: Any, settings: Any, expected: Fraction) -> None:
    assert share("matching", PAIRS | settings, {"pairs": pairs}) == expected


def test_feedback_is_of_the_pairs_that_were_matched() -> None:
    assert worth("matching", PAIRS, {"pairs": {"fr": BONN}}).feedback == ()
    assert worth("matching", PAIRS, {"pairs": {"de": BONN}}).feedback == ("Bonn until 1990.",)
    assert counted("matching", PAIRS, {"pairs": {"fr": BONN, "de": BERLIN}}) == [f"de:{BERLIN}", f"fr:{BONN}"]


def test_the_right_column_tells_nothing_without_dice_either() -> None:
    kind = question_type("matching")
    swapped = {"pairs": [{**FR, "right": "Berlin"}, {**DE, "right": "Paris"}], "distractors": ["Bonn"]}

    view = kind.learner_view(kind.clean(PAIRS), None)

    assert view == kind.learner_view(kind.clean(swapped), None)
    assert [entry["id"] for entry in view["right"]] == sorted([PARIS, BERLIN, BONN])


ITEMS = ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ("one", None, "Enter an object."),
        ({"items": ["one"]}, "items", "list of 2 to 50"),
        ({"items": ["one", " "]}, "items.1", "may not be empty"),
        ({"items": ["one", {"text": "two"}]}, "items.1", "Enter text."),
        ({"items": ["Caf\u00e9", "Cafe\u0301"]}, "items", "comes twice"),
        ({"items": ["one", "one"]}, "items", "'one' comes twice"),
        ({"items": ITEMS, "scoring": "fair"}, "scoring", "Enter one of position, longest_run"),
        ({"items": ITEMS, "scoring": ["position"]}, "scoring", "Enter one of position, longest_run"),
    ],
)
def test_items_that_do_not_fit_are_refused(data: Any, field: str | None, words: str) -> None:
    refused("ordering", data, field, words)


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        ({"order": "one"}, "order", "Enter a list"),
        ({"order": ["one"]}, "order", "not among what the question offers"),
        ({"order": [content_id("one")] * 2}, "order", "comes twice"),
        ({"items": []}, "items", "There is no entry"),
    ],
)
def test_an_order_of_other_items_is_refused(answer: Any, field: str, words: str) -> None:
    answer_refused("ordering", {"items": ITEMS}, answer, field, words)


@pytest.mark.parametrize(
    ("order", "position", "run", "subsequence", "whole"),
    [
        ([0, 1, 2, 3, 4], "1", "1", "1", "1"),
        ([1, 2, 3, 4, 0], "0", "3/4", "3/4", "0"),
        ([4, 3, 2, 1, 0], "1/5", "0", "0", "0"),
        ([0, 4, 1, 3, 2], "2/5", "1/4", "1/2", "0"),
        ([0, 1], "2/5", "1/4", "1/4", "0"),
        ([3], "0", "0", "0", "0"),
    ],
)
def test_an_order_is_worth_what_its_scoring_says(
    order: list[int], position: str, run: str, subsequence: str, whole: str
) -> None:
    answer = {"order": [content_id(ITEMS[rank]) for rank in order]}
    scorings = ["position", "longest_run", "longest_subsequence", "all_or_nothing"]

    shares = [share("ordering", {"items": ITEMS, "scoring": scoring}, answer) for scoring in scorings]

    assert shares == [Fraction(text) for text in (position, run, subsequence, whole)]


def test_orders_are_counted_by_place() -> None:
    answer = {"order": [content_id("two"), content_id("one")]}

    assert counted("ordering", {"items": ITEMS}, answer) == [f"1:{content_id('two')}", f"2:{content_id('one')}"]


def test_what_is_ordered_by_content_is_the_same_whatever_it_came_in() -> None:
    forth, back = by_content(ITEMS, Random(3)), by_content(reversed(ITEMS), Random(3))

    assert forth == back
    assert by_content(ITEMS, None) == by_content(reversed(ITEMS), None)
    assert {entry["text"] for entry in forth} == set(ITEMS)
