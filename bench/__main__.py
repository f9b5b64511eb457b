"""`python -m bench`: build, serve, check, measure, print. Exit code 0 whatever the figures."""

import argparse
import sys
from contextlib import ExitStack

from bench import database, servers
from bench.broker import broker_at_hand
from bench.environment import BenchError, set_up_django
from bench.load import find


def main() -> int:
    """Run the benchmark; 1 when something did not run."""
    options = _options()
    try:
        with ExitStack() as stack:
            server = database.server_at_hand()
            print("database: building, or copying the one that was built …", flush=True)
            name = stack.enter_context(database.database_of_the_run(server, rebuild=options.rebuild))
            variables = server.variables(name)
            set_up_django(variables)
            from bench.run import measured_people, run  # noqa: PLC0415  it imports models

            broker = stack.enter_context(broker_at_hand())
            print(
                "events: to a broker" if broker else "events: no redis-server, so that the platform runs handlers, too"
            )
            platform = stack.enter_context(servers.platform_server(variables | {"CELERY_BROKER_URL": broker}))
            people = measured_people()
            tenants = {"BENCH_TENANTS": ",".join(str(each.tenant_id) for each in people)}
            floor = stack.enter_context(servers.floor_server(variables | tenants))
            report = run(options, people, {servers.PLATFORM: platform, servers.FLOOR: floor}, find(options.connections))
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{report.table()}")
    report.write()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds per server and tenant (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="kept alive at once (default: %(default)s)")
    parser.add_argument("--only", default="", help="comma-separated keys of bench/scenarios.py")
    parser.add_argument("--rebuild", action="store_true", help="build the database anew")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
