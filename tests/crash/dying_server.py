"""A real HTTP server that is killed (SIGKILL) right after a commit, before any event is delivered.

Run as a program: `python -m tests.crash.dying_server`. Django is loaded once; each life is a fork of it that
answers requests until the first delivery is due, and dies there. Prints the port of each life.
"""

import json
import os
import signal
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

DATABASE = "DYING_SERVER_DATABASE"
LIVES = "DYING_SERVER_LIVES"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def die(_references: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def live() -> None:
    """Serve until killed."""
    from django.core.wsgi import get_wsgi_application

    from apps.core.events import outbox

    outbox._dispatch = die  # type: ignore[assignment]  # instead of dispatching
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=QuietHandler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def main() -> None:
    """Live as often as asked, one life after the other."""
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(json.loads(os.environ[DATABASE]))
    django.setup()
    for _ in range(int(os.environ[LIVES])):
        child = os.fork()
        if child == 0:
            live()
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"The server ended by itself, with status {status}.")


if __name__ == "__main__":
    main()
