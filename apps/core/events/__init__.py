"""Events: a transactional outbox. Calls go down, events go up: see docs/adr/0002-outbox.md."""

from apps.core.events.base import Event
from apps.core.events.outbox import emit, emit_all
from apps.core.events.registry import handles

__all__ = ["Event", "emit", "emit_all", "handles"]
