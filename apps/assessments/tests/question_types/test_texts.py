"""Short answers, essays, and texts with gaps."""

from fractions import Fraction
from typing import Any

import pytest

from apps.assessments.tests.question_types.cases import answer_refused, counted, refused, share, worth

PARIS = {"text": "Paris", "feedback": "Indeed."}
SHORT: dict[str, Any] = {
    "accepted": [PARIS, {"text": "Lutetia", "weight": "50"}, {"text": "Pairs", "weight": 0, "feedback": "Spelling!"}],
    "typo_tolerance": [{"from_length": 7, "distance": 2}, {"from_length": 4, "distance": 1}],
}


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ("Paris", None, "Enter an object."),
        ({}, "accepted", "list of 1 to 50"),
        ({"accepted": ["Paris"]}, "accepted.0", "Enter an object."),
        ({"accepted": [{"text": ""}]}, "accepted.0.text", "may not be empty"),
        ({"accepted": [{"text": "x" * 501}]}, "accepted.0.text", "at most 500"),
        ({"accepted": [{"text": "x", "weight": -1}]}, "accepted.0.weight", "per cent from 0 to 100"),
        ({"accepted": [{"text": "x", "weight": 99}]}, "accepted", "No variant is worth everything"),
        ({"accepted": [{"text": "x", "feedback": []}]}, "accepted.0.feedback", "Enter text."),
        ({"accepted": [PARIS, {"text": " PARIS "}]}, "accepted", "'paris' comes twice"),
        ({"accepted": [PARIS], "case_sensitive": 1}, "case_sensitive", "true or false"),
        ({"accepted": [PARIS], "typo_tolerance": [7]}, "typo_tolerance.0", "Enter an object."),
        ({"accepted": [PARIS], "typo_tolerance": [{"from_length": 0}]}, "typo_tolerance.0.from_length", "from 1 to"),
        (
            {"accepted": [PARIS], "typo_tolerance": [{"from_length": 9, "distance": 6}]},
            "typo_tolerance.0.distance", "from 0 to 5",
        ),
        (
            {"accepted": [PARIS], "typo_tolerance": [{"from_length": 2, "distance": 2}]},
            "typo_tolerance.0.distance", "would accept any text",
        ),
        (
            {"accepted": [PARIS], "typo_tolerance": [{"from_length": 2}, {"from_length": 2, "distance": 1}]},
            "typo_tolerance", "'2' comes twice",
        ),
    ],
)  # fmt: skip
def test_a_key_of_texts_that_does_not_fit_is_refused(data: Any, field: str | None, words: str) -> None:
    refused("short_answer", data, field, words)


@pytest.mark.parametrize(
    ("text", "expected", "feedback"),
    [
        ("Paris", Fraction(1), ("Indeed.",)),
        ("  pARis\n", Fraction(1), ("Indeed.",)),
        ("Pariss", Fraction(1), ("Indeed.",)),
        ("Pairs", Fraction(0), ("Spelling!",)),
        ("lutezzia", Fraction(1, 2), ()),
        ("lutezzzia", Fraction(0), ()),
        ("London", Fraction(0), ()),
    ],
)
def test_the_nearest_variant_decides(text: str, expected: Fraction, feedback: tuple[str, ...]) -> None:
    grade = worth("short_answer", SHORT, {"text": text})

    assert (grade.fraction, grade.feedback) == (expected, feedback)


def test_of_equally_near_variants_the_best_decides() -> None:
    data = {
        "accepted": [{"text": "bold", "weight": 10}, {"text": "bald"}],
        "typo_tolerance": [{"from_length": 4, "distance": 1}],
    }

    assert share("short_answer", data, {"text": "bild"}) == 1


@pytest.mark.parametrize(
    ("key", "text", "case_sensitive", "expected"),
    [
        ("Cafe\u0301", "Café", True, 1),
        ("Café", "café", True, 0),
        ("Straße", "STRASSE", False, 1),
        ("New York", "new \t  york", False, 1),
        ("New\u00a0York", "New York", True, 1),
        ("New York", "NewYork", False, 0),
    ],
)
def test_texts_are_compared_in_one_form(key: str, text: str, case_sensitive: bool, expected: int) -> None:
    data = {"accepted": [{"text": key}], "case_sensitive": case_sensitive}

    assert share("short_answer", data, {"text": text}) == expected


def test_short_answers_are_counted_as_they_are_compared() -> None:
    assert counted("short_answer", SHORT, {"text": "  NOT   in the key "}) == ["not in the key"]
    assert counted("short_answer", SHORT, {"text": "x" * 900}) == ["x" * 100]


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        (["Paris"], None, "Enter an object."),
        ({"text": 7}, "text", "Enter text."),
        ({"text": "x" * 1001}, "text", "at most 1000"),
        ({"text": "\ud800"}, "text", "cannot be stored"),
        ({"answer": "Paris"}, "answer", "There is no entry"),
    ],
)
def test_a_short_answer_is_a_text(answer: Any, field: str | None, words: str) -> None:
    answer_refused("short_answer", SHORT, answer, field, words)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (None, None, "Enter an object."),
        ({"min_words": 0}, "min_words", "from 1 to 20000"),
        ({"max_words": "many"}, "max_words", "from 1 to 20000"),
        ({"min_words": True}, "min_words", "from 1 to 20000"),
        ({"min_words": 9, "max_words": 8}, "max_words", "below min_words, 9"),
    ],
)
def test_limits_of_an_essay_that_do_not_fit_are_refused(data: Any, field: str | None, words: str) -> None:
    refused("essay", data, field, words)


def test_an_essay_above_its_limit_is_refused_and_one_below_is_kept() -> None:
    limits = {"min_words": 2, "max_words": 3}

    answer_refused("essay", {}, {"text": "x" * 200_001}, "text", "at most 200000 characters")
    answer_refused("essay", limits, {"text": "one two three four"}, "text", "at most 3 words; these are 4")
    assert worth("essay", limits, {"text": "one"}) is None
    assert worth("essay", limits, {"text": "one two three"}) is None
    assert worth("essay", {}, {"text": "word " * 30_000}) is None
    assert worth("essay", limits, {"text": " \n "}).fraction == 0
    assert counted("essay", limits, {"text": "one"}) == ["answered"]


OPTIONS = [
    {"id": "l", "text": "left", "is_correct": True, "feedback": "Right!"},
    {"id": "r", "text": "right", "feedback": "The other side."},
    {"id": "m", "text": "middle", "weight": 50},
]
GAPS: dict[str, Any] = {
    "text": "In {{where}} they drive on the {{side}}.",
    "gaps": [
        {"id": "side", "options": OPTIONS},
        {"id": "where", "accepted": [{"text": "Britain", "feedback": "Yes."}]},
    ],
}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"text": ""}, "text", "may not be empty"),
        ({"text": "{{where}}"}, "gaps.0.id", "write {{side}} there"),
        ({"text": "{{where}} {{side}} {{side}}"}, "text", "'side' comes twice"),
        ({"text": "{{where}} {{side}} {{how}}"}, "text", "a gap 'how' that is not among the gaps"),
        ({"gaps": []}, "gaps", "list of 1 to 50"),
        ({"gaps": [*GAPS["gaps"], GAPS["gaps"][0]]}, "gaps", "'side' comes twice"),
        ({"gaps": [{"id": "where"}]}, "gaps.0.accepted", "list of 1 to 50"),
        ({"gaps": [{"id": "side", "options": OPTIONS[1:]}]}, "gaps.0.options", "No option is correct"),
        ({"gaps": [{"id": "side", "options": OPTIONS, "accepted": []}]}, "gaps.0.accepted", "is chosen, not typed"),
        ({"gaps": [{"id": "s i d e"}]}, "gaps.0.id", "Enter an id"),
        ({"negative_marks": None}, "negative_marks", "true or false"),
    ],
)
def test_gaps_that_do_not_fit_are_refused(changes: Any, field: str, words: str) -> None:
    refused("fill_in_the_blanks", GAPS | changes, field, words)


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [
        ([], None, "Enter an object."),
        ({"gaps": []}, "gaps", "Enter an object."),
        ({"gaps": {"how": "x"}}, "gaps.how", "There is no entry"),
        ({"gaps": {"where": 7}}, "gaps.where", "Enter text."),
        ({"gaps": {"where": "x" * 1001}}, "gaps.where", "at most 1000"),
        ({"gaps": {"side": "left"}}, "gaps.side", "not among what the question offers"),
    ],
)
def test_a_filling_that_does_not_fit_is_refused(answer: Any, field: str | None, words: str) -> None:
    answer_refused("fill_in_the_blanks", GAPS, answer, field, words)


@pytest.mark.parametrize(
    ("filled", "negative_marks", "expected", "feedback"),
    [
        ({"where": "britain", "side": "l"}, False, Fraction(1), ("Yes.", "Right!")),
        ({"where": "Britain"}, False, Fraction(1, 2), ("Yes.",)),
        ({"where": "Britain", "side": "m"}, False, Fraction(3, 4), ("Yes.",)),
        ({"where": "Britain", "side": "r"}, False, Fraction(1, 2), ("Yes.", "The other side.")),
        ({"where": "Britain", "side": "r"}, True, Fraction(0), ("Yes.", "The other side.")),
        ({"side": "r"}, True, Fraction(-1, 2), ("The other side.",)),
        ({"where": " ", "side": None}, True, Fraction(0), ()),
    ],
)
def test_each_gap_counts_its_share(
    filled: Any, negative_marks: bool, expected: Fraction, feedback: tuple[str, ...]
) -> None:
    data = GAPS | {"negative_marks": negative_marks}

    grade = worth("fill_in_the_blanks", data, {"gaps": filled})

    assert (grade.fraction, grade.feedback) == (expected, feedback)


def test_gaps_are_counted_one_by_one() -> None:
    filled = {"gaps": {"where": " The  UK", "side": "r"}}

    assert counted("fill_in_the_blanks", GAPS, filled) == ["where:the uk", "side:r"]
