"""`python -m bench.exam_statistics`: the statistics of an assessment that thousands have taken, as one request.

Prints the seconds, the statements and the growth of the process's memory. The attempts are made in the run's own copy
of the database.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bench import database
from bench.environment import BenchError, set_up_django

TENANT = "bench-large"
MOST_SECONDS = 2.0
AT_A_TIME = 500
POINTS = 5


def main() -> int:
    """Make the attempts, ask for their statistics three times, and print the best."""
    parser = argparse.ArgumentParser(prog="bench.exam_statistics", description=__doc__)
    parser.add_argument("--attempts", type=int, default=5_000)
    count = parser.parse_args().attempts
    try:
        with ExitStack() as stack:
            server = database.server_at_hand()
            name = stack.enter_context(database.database_of_the_run(server, rebuild=False))
            set_up_django(server.variables(name))
            _measure(count)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _measure(count: int) -> None:
    from bench import statements  # noqa: PLC0415  it needs a set-up Django

    request = _taken_by(count)
    made = statements.handler()
    memory, seconds, cpu, body = _peak(), [], [], b""
    for _ in range(3):
        started, used = time.perf_counter(), time.process_time()
        body = statements.answer(made, request)
        seconds.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    grown, queries = _peak() - memory, len(statements.count(made, request))
    best = min(seconds)
    verdict = "PASS" if best <= MOST_SECONDS else "miss"
    print(f"statistics of {count:,} attempts at 20 questions: {best:.2f} s (at most {MOST_SECONDS:g} s: {verdict}),")
    print(
        f"{min(cpu):.2f} s CPU without the database, {queries} statements, {len(body):,} bytes, memory + {grown:,} KiB"
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _taken_by(count: int) -> Any:
    """Let `count` learners take an assessment; return the request for its statistics by an admin of the school."""
    from apps.core.models import Tenant  # noqa: PLC0415
    from apps.core.tenancy.context import platform_context, tenant_context  # noqa: PLC0415
    from apps.users.models import User  # noqa: PLC0415
    from bench.exam_scenarios import bearer  # noqa: PLC0415
    from bench.people import people_of  # noqa: PLC0415
    from bench.requests import Request  # noqa: PLC0415

    with platform_context(reason="tenant of the benchmark"):
        tenant = Tenant.objects.get(slug=TENANT)
    with tenant_context(tenant):
        users = list(User.objects.order_by("email")[:count])
        if len(users) < count:
            message = f"{TENANT} has {len(users):,} people only."
            raise BenchError(message)
        assessment = _make(users)
        User.objects.filter(id=users[0].id).update(roles=["admin"])
        (admin,) = people_of(tenant.id, users[:1])
    return Request("GET", f"/api/assessments/{assessment}/statistics/", bearer(admin))


def _make(users: Sequence[Any]) -> Any:
    """Make the assessment and an attempt of each; right answers are likelier further down the list of people."""
    from apps.assessments.models import Attempt, AttemptAnswer  # noqa: PLC0415
    from apps.assessments.services.papers import make_paper  # noqa: PLC0415
    from bench.exams import SEED, exam_for  # noqa: PLC0415

    assessment, enrollments = exam_for(users)
    paper = make_paper(assessment, seed=SEED, freeze=True)
    dice = Random(SEED)
    for start in range(0, len(users), AT_A_TIME):
        attempts, answers = [], []
        for number, user in enumerate(users[start : start + AT_A_TIME], start):
            attempt = Attempt(
                assessment=assessment, enrollment_id=enrollments[user.id], user_id=user.id, number=1, seed=SEED,
                paper=paper.slots, max_score=paper.max_score, started_at=assessment.created_at,
                submitted_at=assessment.created_at + timedelta(minutes=20), status="graded", score=0, raw_score=0,
            )  # fmt: skip
            rows = list(_answers(attempt, AttemptAnswer, dice, share=number / len(users)))
            attempt.score = attempt.raw_score = sum((row.points for row in rows), start=Decimal(0))
            attempts.append(attempt)
            answers += rows
        Attempt.objects.bulk_create(attempts)
        AttemptAnswer.objects.bulk_create(answers, batch_size=2_000)
    return assessment.id


def _answers(attempt: Any, model: Any, dice: Random, *, share: float) -> Iterator[Any]:
    for order, slot in enumerate(attempt.paper):
        option = "a" if dice.random() < (share + 1) / 2 else dice.choice("bcd")
        points = Decimal(POINTS if option == "a" else 0)
        yield model(
            attempt=attempt, question_id=slot["question"], version_id=slot["version"],
            answer={"selected_option_ids": [option]}, sequence=order + 1, points=points,
            saved_at=attempt.started_at + timedelta(seconds=30 * (order + 1)), graded_at=attempt.submitted_at,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
