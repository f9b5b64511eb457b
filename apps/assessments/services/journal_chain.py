"""The hash chain of an attempt's journal.

Each entry's hash covers its attempt, index, kind, content, time and the hash before it, as canonical JSON (keys
sorted, no blanks, UTF-8), so that no entry can be changed, dropped, added or swapped without breaking the chain from
there on. Dropping the last entries is found by comparing with the attempt's `journal_length` and `journal_head`.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry of the journal, as it is hashed."""

    attempt_id: UUID
    index: int
    kind: str
    content: str
    occurred_at: datetime
    previous_hash: str

    def digest(self) -> str:
        """Return its SHA-256 in lower-case hex."""
        facts = [
            str(self.attempt_id), self.index, self.kind, self.content,
            self.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"), self.previous_hash,
        ]  # fmt: skip
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken, and how."""

    index: int
    problem: str


def first_break(links: Iterable[tuple[Link, str]], *, length: int, head: str) -> Break | None:
    """Return where the chain is first broken; None when it holds.

    Args:
        links: the entries in order, each with the hash that is stored for it.
        length: how many there must be.
        head: the hash that the last one must have; empty for an empty chain.
    """
    previous, count = "", 0
    for link, stored in links:
        if link.index != count:
            return Break(count, "missing_or_swapped")
        if link.previous_hash != previous:
            return Break(count, "not_chained")
        if link.digest() != stored:
            return Break(count, "changed")
        previous, count = stored, count + 1
    if count != length or previous != head:
        return Break(count, "cut_off")
    return None
