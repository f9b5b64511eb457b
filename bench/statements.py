"""The SQL statements of one request, as the unprivileged role sends them. Import after Django is set up."""

from unittest.mock import patch

from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.core.events import outbox
from bench.environment import BenchError
from bench.requests import Request


def handler() -> BaseHandler:
    """Return Django with the middleware of the settings: what Granian calls, without HTTP."""
    made = BaseHandler()
    made.load_middleware()
    return made


def answer(made: BaseHandler, request: Request) -> bytes:
    """Run `request` in this process and return the body.

    Raises:
        BenchError: the answer is no success.
    """
    response = made.get_response(
        RequestFactory().generic(
            request.method,
            request.path,
            request.body,
            "application/json",
            headers={"Host": "localhost", **request.headers},
        )
    )
    if not isinstance(response, HttpResponse):
        message = f"{request.method} {request.path} answered a stream; only whole answers are measured."
        raise BenchError(message)
    if not 200 <= response.status_code < 300:
        message = f"{request.method} {request.path} answered {response.status_code}: {response.content[:500]!r}"
        raise BenchError(message)
    return bytes(response.content)


def count(made: BaseHandler, request: Request) -> list[str]:
    """Return the statements of `request`; BEGIN, COMMIT and savepoints are some, too.

    What handlers of events do after the commit is a worker's, and not counted; that their deliveries are written is.
    """
    with patch.object(outbox, "_dispatch"), CaptureQueriesContext(connection) as queries:
        answer(made, request)
    return [str(query["sql"]) for query in queries.captured_queries]
