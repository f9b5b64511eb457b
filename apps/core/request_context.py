"""The id of the request (or task) that the running code serves, for logs, errors and event rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request at hand; empty outside of one."""
    return _request_id.get()


@contextmanager
def request_id_context(request_id: str) -> Iterator[None]:
    """Run the block as part of the request with this id."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)
