"""Identifiers: UUIDv7, so that rows created together lie together in every index."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def new_id() -> UUID:
    """Return a new time-ordered UUIDv7 (RFC 9562, section 5.7)."""
    return _uuid7()
