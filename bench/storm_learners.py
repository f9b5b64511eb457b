"""The learners of the storm: patient, and with a good memory."""

import asyncio
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.environment import HOST, BenchError
from bench.requests import Request

SECONDS_TO_ANSWER = 20.0
SECONDS_OF_PATIENCE = 180.0
PAUSE = 0.5
MOST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the exam is, and how long each part of it takes, in seconds."""

    port: int
    assessment: str
    tokens: Sequence[str]
    starting: float
    seconds: float
    every: float


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A save with its receipt: where it stands in the journal, and what was in it."""

    sequence: int
    entry_index: int
    entry_hash: str
    answers: Mapping[str, str]


@dataclass(slots=True)
class Learner:
    """One learner, and what the server has told them."""

    plan: Plan
    number: int
    attempt: str = ""
    questions: Sequence[str] = ()
    acknowledged: list[Acknowledged] = field(default_factory=list)
    sent: dict[int, dict[str, str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    again: int = 0
    score: str | None = None
    dice: random.Random = field(default_factory=random.Random)
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def take(self) -> None:
        """Start, save until the end, and hand in."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self.dice.seed(self.number)
        await asyncio.sleep(self.dice.uniform(0, self.plan.starting))
        started = await self._insist("POST", f"/api/assessments/{self.plan.assessment}/attempts/", {})
        self.attempt = started["id"]
        self.questions = [slot["question"] for slot in started["questions"]]
        end = begun + self.plan.starting + self.plan.seconds
        sequence = 0
        following = loop.time() + self.dice.uniform(0, self.plan.every)
        while following < end:
            await asyncio.sleep(max(0.0, following - loop.time()))
            sequence += 1
            await self._save(sequence)
            following = max(following + self.plan.every, loop.time())
        await asyncio.sleep(max(0.0, end - loop.time()))
        handed_in = await self._insist("PATCH", f"/api/attempts/{self.attempt}/", {"status": "submitted"})
        self.score = handed_in["score"]
        self._hang_up()

    async def _save(self, sequence: int) -> None:
        chosen = self.dice.sample(self.questions, self.dice.randint(1, MOST_ANSWERS))
        answers = {question: self.dice.choice("abcd") for question in chosen}
        self.sent[sequence] = answers
        body = {
            "sequence": sequence,
            "answers": {question: {"selected_option_id": option} for question, option in answers.items()},
        }
        receipt = (await self._insist("PATCH", f"/api/attempts/{self.attempt}/", body, timed=True))["receipt"]
        self.acknowledged.append(Acknowledged(sequence, receipt["entry_index"], receipt["entry_hash"], answers))

    async def _insist(self, method: str, path: str, data: Any, *, timed: bool = False) -> Any:
        """Send the request until it is answered; whatever may be sent twice, is."""
        headers = {"Authorization": f"Bearer {self.plan.tokens[self.number]}"}
        raw = Request(method, path, headers, json.dumps(data).encode()).raw()
        until = time.monotonic() + SECONDS_OF_PATIENCE
        while time.monotonic() < until:
            begun = time.perf_counter()
            try:
                status, body = await asyncio.wait_for(self._exchange(raw), SECONDS_TO_ANSWER)
            except (OSError, EOFError, TimeoutError, ValueError):
                status, body = 0, b""
                self._hang_up()
            if 200 <= status < 300:
                if timed:
                    self.seconds.append(time.perf_counter() - begun)
                return json.loads(body)
            if 400 <= status < 500 and status not in {408, 429}:
                message = f"{method} {path} answered {status}: {body[:300]!r}"
                raise BenchError(message)
            self.again += 1
            await asyncio.sleep(PAUSE * self.dice.uniform(0.5, 1.5))
        message = f"{method} {path} was not answered in {SECONDS_OF_PATIENCE:g} s."
        raise BenchError(message)

    async def _exchange(self, raw: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self.plan.port)
        reader, writer = self._streams
        writer.write(raw)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(line for line in head.split("\r\n") if line.startswith("content-length:")).partition(":")[2]
        answer = int(head.split(None, 2)[1]), await reader.readexactly(int(length))
        # As behind a proxy: a learner who thinks holds no connection, of which the server has a limited number.
        self._hang_up()
        return answer

    def _hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def take_exam(plan: Plan) -> list[Learner]:
    """Let everybody take the exam at the same time; return them with what they remember."""
    learners = [Learner(plan, number) for number in range(len(plan.tokens))]
    await asyncio.gather(*(learner.take() for learner in learners))
    return learners
