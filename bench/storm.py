"""`python -m bench.storm`: an exam that everybody takes at once, while the server and the database die under it.

Learners start within some seconds, save every few seconds, and hand in together. Meanwhile the server's processes are
killed (-9) three times, and PostgreSQL is stopped at once (`pg_ctl stop -m immediate`) and started again. Each learner
sends what was not answered again, as a browser would. In the end every save that was acknowledged by a receipt must be
in the attempt: in its journal with the very hash of the receipt, and on the final paper, unless a newer one replaced
it. Exit code 1 when one is lost, or when an attempt counts twice. The database is the script's own.
"""

import argparse
import asyncio
import sys
from contextlib import ExitStack

from bench.environment import BenchError, set_up_django
from bench.storm_learners import Learner, Plan, take_exam
from bench.storm_servers import Fortress

KILLS = (0.25, 0.45, 0.8)
DATABASE_STOP = 0.6
TARGET = 20_000


def main() -> int:
    """Run the storm; 1 when something was lost or did not run."""
    options = _options()
    try:
        with ExitStack() as stack:
            fortress = stack.enter_context(Fortress.built())
            set_up_django(fortress.variables)
            from bench import storm_exam  # noqa: PLC0415  it imports models

            exam = storm_exam.prepare(options.learners, options.questions)
            fortress.serve()
            plan = Plan(
                port=fortress.port,
                assessment=str(exam.assessment_id),
                tokens=exam.tokens,
                starting=options.starting,
                seconds=options.seconds,
                every=options.every,
            )
            print(f"storm: {options.learners} learners, a save every {options.every:g} s for {options.seconds:g} s")
            learners = asyncio.run(_together(plan, fortress))
            statements = storm_exam.statements_of_a_save(exam)
            verdict = storm_exam.judge(exam, learners)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print(verdict.table(kills=fortress.kills, stops=fortress.stops, statements=statements))
    if verdict.acknowledged < TARGET:
        print(f"note: fewer than {TARGET} acknowledged saves; a full run is --learners 300 --seconds 400")
    return 0 if verdict.is_good else 1


async def _together(plan: Plan, fortress: Fortress) -> list[Learner]:
    learners, _ = await asyncio.gather(take_exam(plan), _havoc(fortress, plan.starting + plan.seconds))
    return learners


async def _havoc(fortress: Fortress, seconds: float) -> None:
    """Kill the server, and stop the database, at their shares of the time."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    deeds = [(share, fortress.kill_server) for share in KILLS] + [(DATABASE_STOP, fortress.stop_database)]
    for share, deed in sorted(deeds, key=lambda each: each[0]):
        await asyncio.sleep(max(0.0, begun + share * seconds - loop.time()))
        what = await loop.run_in_executor(None, deed)
        print(f"{loop.time() - begun:6.1f} s: {what}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.storm", description="An exam under fire.")
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--starting", type=float, default=10.0, help="all start within (default: %(default)s s)")
    parser.add_argument("--seconds", type=float, default=400.0, help="of saving (default: %(default)s)")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between saves (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
