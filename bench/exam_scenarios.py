"""The requests of exams: start, autosave three answers, hand in twenty. Import after Django is set up."""

import json
from collections.abc import Callable, Sequence

from bench.exams import Sitting, exams_of
from bench.people import Audience, Person
from bench.requests import Request

ANSWERS_OF_A_SAVE = 3
Headers = Callable[[Person], dict[str, str]]


def bearer(person: Person) -> dict[str, str]:
    """Return the headers by which the platform knows a person."""
    return {"Authorization": f"Bearer {person.token}"}


def starts(audience: Audience) -> list[Request]:
    """Return a start of every assessment by everybody, each possible once."""
    return [
        Request("POST", f"/api/assessments/{assessment}/attempts/", bearer(person), b"{}")
        for assessment in exams_of(audience).to_start
        for person in audience.writers
    ]


def _half(sittings: Sequence[Sitting], half: int) -> Sequence[Sitting]:
    """Return the attempts of one of the two servers: neither meets what the other has done."""
    return sittings[half::2]


def _saves(audience: Audience, half: int, headers: Headers) -> list[Request]:
    return [
        _patch(sitting, headers, {"answers": _answers(sitting.questions[:ANSWERS_OF_A_SAVE], "b")})
        for sitting in _half(exams_of(audience).to_save, half)
    ]


def _submits(audience: Audience, half: int, headers: Headers) -> list[Request]:
    return [
        _patch(sitting, headers, {"answers": _answers(sitting.questions, "a"), "status": "submitted"})
        for sitting in _half(exams_of(audience).to_hand_in, half)
    ]


def _answers(questions: Sequence[str], option: str) -> dict[str, dict[str, str]]:
    return {question: {"selected_option_id": option} for question in questions}


def _patch(sitting: Sitting, headers: Headers, body: object) -> Request:
    path = f"/api/attempts/{sitting.attempt}/"
    return Request("PATCH", path, headers(sitting.person), json.dumps(body).encode())


def _bare(audience: Audience) -> Headers:
    return lambda person: {"X-Tenant": str(audience.tenant_id), "X-User": str(person.id)}


def saves_on_platform(audience: Audience) -> list[Request]:
    """Return a save of three answers in each attempt; without a sequence, so that each is the newest."""
    return _saves(audience, 0, bearer)


def saves_on_floor(audience: Audience) -> list[Request]:
    """Return the same for the floor, in attempts of its own."""
    return _saves(audience, 1, _bare(audience))


def submits_on_platform(audience: Audience) -> list[Request]:
    """Return the handing in of each attempt, with an answer to every question."""
    return _submits(audience, 0, bearer)


def submits_on_floor(audience: Audience) -> list[Request]:
    """Return the same for the floor, in attempts of its own."""
    return _submits(audience, 1, _bare(audience))
