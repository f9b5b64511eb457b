"""`python -m lms_backend.embedded_postgres start|stop|status|url [--role ROLE]`."""

import argparse
import sys

from lms_backend import embedded_postgres as embedded


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it did or found what was asked, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="embedded_postgres", description=embedded.__doc__)
    parser.add_argument("command", choices=["start", "stop", "status", "url"])
    parser.add_argument("--role", default=embedded.RUNTIME_ROLE, help="the role of the URL (default: %(default)s)")
    parser.add_argument("--database", default=embedded.DATABASE, help="its database (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        return _run(options.command, options.role, options.database)
    except embedded.EmbeddedPostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(command: str, role: str, database: str) -> int:
    if command == "stop":
        print("stopped" if embedded.stop() else "was not running")  # noqa: T201  a command's answer
        return 0
    server = embedded.running() if command == "status" else embedded.start()
    if server is None:
        print("not running")  # noqa: T201
        return 1
    print(server.url(role, database) if command == "url" else f"running at {server.host}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
