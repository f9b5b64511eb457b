"""The id of the account on whose behalf the running code acts, for logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_actor_id: ContextVar[str | None] = ContextVar("actor_id", default=None)


def current_actor_id() -> str | None:
    """Return the id of the acting account; None when nobody is logged in."""
    return _actor_id.get()


@contextmanager
def actor_context(actor_id: str | None) -> Iterator[None]:
    """Run the block on behalf of this account."""
    token = _actor_id.set(actor_id)
    try:
        yield
    finally:
        _actor_id.reset(token)
