"""Numbers: unguessable, typable, and hard to mistype unnoticed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from apps.certificates.numbers import new_number, normalize_number

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
numbers = st.integers(min_value=2000, max_value=2999).map(new_number)


def test_a_number_has_year_sixty_random_bits_and_a_check_character() -> None:
    number = new_number(2026)

    assert re.fullmatch(rf"LMS-2026(-[{ALPHABET}]{{4}}){{3}}-[{ALPHABET}]", number)
    assert new_number(2026) != number


@given(numbers)
def test_every_usual_spelling_leads_to_the_number(number: str) -> None:
    spellings = [
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        number.replace("-", "\u2013"),
        number.removeprefix("LMS-"),
        f"  {number}\n",
        "LMS" + number.removeprefix("LMS").replace("0", "O").replace("1", "l"),
        "LMS" + number.removeprefix("LMS").replace("0", "o").replace("1", "I"),
    ]

    assert {normalize_number(spelling) for spelling in spellings} == {number}


@given(numbers, st.data())
def test_one_wrong_character_is_noticed(number: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([i for i, c in enumerate(number) if i > 8 and c != "-"]))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != number[at]]))

    assert normalize_number(number[:at] + wrong + number[at + 1 :]) is None


@given(st.text())
def test_whatever_is_typed_is_a_number_or_nothing(typed: str) -> None:
    number = normalize_number(typed)

    assert number is None or normalize_number(number) == number


def test_what_is_too_long_is_not_looked_at() -> None:
    assert normalize_number("-" * 40 + new_number(2026)) is None
