"""Who reacts to what. Filled at start-up, when each app's `handlers` module is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from apps.core.events.base import Event

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Handler:
    """One subscription; `name` (`certificates.issue_on_completion`) is stable, for it is stored in rows."""

    name: str
    event_type: type[Event]
    run: Callable[[Any], None]


_handlers: dict[str, Handler] = {}


def handles(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Subscribe the decorated function to `event_type` and to its subclasses.

    The function runs in its own transaction, inside the tenant of the event, at least once: it must load
    fresh rows, call one service and be idempotent.

    Raises:
        ValueError: another function of the same app has this name already.
    """

    def subscribe(function: Callable[[E], None]) -> Callable[[E], None]:
        app = function.__module__.removeprefix("apps.").split(".")[0]
        name = f"{app}.{function.__name__}"
        if name in _handlers:
            message = f"Two handlers are called {name}."
            raise ValueError(message)
        _handlers[name] = Handler(name=name, event_type=event_type, run=function)
        return function

    return subscribe


def handlers_of(event_type: type[Event]) -> list[Handler]:
    """Return the handlers subscribed to `event_type` or to one of its bases."""
    return [handler for handler in _handlers.values() if issubclass(event_type, handler.event_type)]


def get_handler(name: str) -> Handler | None:
    """Return the handler with this stored name; None when the code no longer has it."""
    return _handlers.get(name)


def get_event_type(name: str) -> type[Event] | None:
    """Return the event class with this wire name; None when the code no longer has it."""
    return _event_types().get(name)


def _event_types() -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    pending: list[type[Event]] = [Event]
    while pending:
        for subclass in pending.pop().__subclasses__():
            if "name" in subclass.__dict__:
                found[subclass.name] = subclass
            pending.append(subclass)
    return found
