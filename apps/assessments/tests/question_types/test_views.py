"""What learners see of each type, to the letter; and answers that an earlier key was asked for."""

from fractions import Fraction
from typing import Any

import pytest

from apps.assessments.question_types import QUESTION_TYPES, question_type
from apps.assessments.question_types.contents import content_id

VIEWS: dict[str, Any] = {
    "multiple_choice": {
        "options": [{"id": "a", "text": "A function wrapper"}, {"id": "b", "text": "A class"}],
        "multiple": False,
    },
    "true_false": {},
    "short_answer": {},
    "essay": {"min_words": 100, "max_words": 500},
    "fill_in_the_blanks": {
        "text": "Water boils at {{degrees}} degrees Celsius at {{where}}.",
        "gaps": [
            {"id": "degrees"},
            {
                "id": "where",
                "options": [{"id": "sea", "text": "sea level"}, {"id": "top", "text": "the top of Mount Everest"}],
            },
        ],
    },
    "matching": {
        "left": [{"id": "fr", "text": "France"}, {"id": "au", "text": "Australia"}],
        "right": [
            {"id": "5dd272b4f316", "text": "Paris"},
            {"id": "6d5809aba9e2", "text": "Sydney"},
            {"id": "b36f06bee2e4", "text": "Canberra"},
        ],
    },
    "ordering": {
        "items": [
            {"id": "106baea53a16", "text": "The web server"},
            {"id": "85b494ea2952", "text": "The application"},
            {"id": "dbd3a65bb48f", "text": "The database"},
            {"id": "dff262401cdf", "text": "The load balancer"},
        ]
    },
    "numeric": {"asks_unit": True},
    "code": {
        "language": "python",
        "starter_code": "import sys\n",
        "cases": [{"id": "small", "input": "1 2 3"}],
    },
    "file_upload": {"allowed_types": ["application/pdf", "image/*"], "max_files": 2, "max_file_mb": 20},
}


@pytest.mark.parametrize("name", sorted(QUESTION_TYPES))
def test_learners_see_this_and_nothing_else(name: str) -> None:
    kind = question_type(name)

    assert kind.learner_view(kind.clean(kind.example), None) == VIEWS[name]


@pytest.mark.parametrize(
    ("name", "key", "answer", "expected"),
    [
        (
            "multiple_choice",
            {"options": [{"id": "a", "text": "1", "is_correct": True}, {"id": "b", "text": "2"}], "multiple": True},
            {"selected_option_ids": ["a", "gone"]},
            Fraction(1),
        ),
        (
            "fill_in_the_blanks",
            {"text": "{{g}}", "gaps": [{"id": "g", "options": [{"id": "a", "text": "1", "is_correct": True},
                                                               {"id": "b", "text": "2"}]}]},
            {"gaps": {"g": "gone", "other": "x"}},
            Fraction(0),
        ),
        (
            "matching",
            {"pairs": [{"id": "a", "left": "1", "right": "one"}], "distractors": ["two"]},
            {"pairs": {"a": content_id("one"), "gone": content_id("two")}},
            Fraction(1),
        ),
        ("ordering", {"items": ["one", "two"]}, {"order": ["gone", content_id("one"), content_id("two")]}, Fraction(1)),
        (
            "code",
            {"language": "c", "cases": [{"id": "a", "expected_output": "1"}]},
            {"code": "", "outputs": {"a": "1", "gone": "2"}},
            Fraction(1),
        ),
    ],
)  # fmt: skip
def test_an_answer_to_an_earlier_version_is_graded_by_what_the_key_still_has(
    name: str, key: Any, answer: Any, expected: Fraction
) -> None:
    kind = question_type(name)

    grade = kind.grade(kind.clean(key), answer)

    assert grade is not None
    assert grade.fraction == expected
