"""Before anything is measured: both servers answer, and they answer the same bytes."""

import re
from collections.abc import Sequence

from bench.environment import BenchError
from bench.people import Audience
from bench.requests import Answer, Request, exchange
from bench.scenarios import Scenario
from bench.servers import RunningServer

COMPARED = 5
AROUND = 60
UUIDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASHES = re.compile(rb"[0-9a-f]{64}")
TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def compare(scenario: Scenario, audience: Audience, platform: RunningServer, floor: RunningServer) -> int:
    """Send a few requests to both; return the size of the answers.

    Raises:
        BenchError: one is no success, or they differ.
    """
    asked = scenario.platform(audience)
    answers = _answers(platform, asked)
    if scenario.floor:
        for request, ours, bare in zip(asked, answers, _answers(floor, scenario.floor(audience)), strict=False):
            _same(request, _comparable(ours, scenario), _comparable(bare, scenario))
    return len(answers[0].body)


def _answers(server: RunningServer, asked: Sequence[Request]) -> list[Answer]:
    # From the end of the list: reports of progress are used up from its beginning.
    answers = [exchange(server.port, request) for request in asked[-COMPARED:]]
    for request, answer in zip(asked[-COMPARED:], answers, strict=True):
        if not 200 <= answer.status < 300:
            message = f"{server.name}: {request.method} {request.path} answered {answer.status}: {answer.body[:500]!r}"
            raise BenchError(message)
    return answers


def _comparable(answer: Answer, scenario: Scenario) -> bytes:
    """Blank ids, hashes and times where both servers write: each has its own."""
    if not scenario.writes:
        return answer.body
    return TIMES.sub(b"<time>", HASHES.sub(b"<hash>", UUIDS.sub(b"<id>", answer.body)))


def _same(request: Request, ours: bytes, bare: bytes) -> None:
    if ours == bare:
        return
    at = next((index for index, pair in enumerate(zip(ours, bare, strict=False)) if pair[0] != pair[1]), len(ours))
    start = max(0, at - AROUND)
    sizes = f"{len(bare)} instead of {len(ours)}"
    message = (
        f"{request.method} {request.path}: the floor answers other bytes ({sizes}), from {at}:\n"
        f"  platform: …{ours[start : at + AROUND]!r}\n"
        f"  floor:    …{bare[start : at + AROUND]!r}"
    )
    raise BenchError(message)
