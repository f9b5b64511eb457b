"""How much an archive may hold and how much work it may cause, the archives inside of it included."""

from dataclasses import dataclass
from typing import Final, NoReturn

from apps.files.inspection.errors import refuse

MOST_ENTRIES: Final = 20_000
MOST_LEVELS: Final = 4  # a table in a document in a packed tar
# What unpacking may yield: a hundredfold, from a size on at which it matters, and never more than the work is worth.
MOST_RATIO: Final = 100
HARMLESS_BYTES: Final = 64 * 1024 * 1024
MOST_BYTES: Final = 1024 * 1024 * 1024
MOST_BYTES_PER_BYTE: Final = 4
MOST_NESTED_BYTES: Final = 256 * 1024 * 1024


def refuse_bomb(what: str) -> NoReturn:
    """Raise `UnsafeFile` with the code `archive_bomb`; `what` goes on after "This archive"."""
    refuse(f"This archive {what}. Split it into smaller ones, or upload its files by themselves.", code="archive_bomb")


def refuse_archive(what: str) -> NoReturn:
    """Raise `UnsafeFile` with the code `archive_unsafe`; `what` goes on after "This archive"."""
    refuse(f"This archive {what}. Pack its files anew with an ordinary program.", code="archive_unsafe")


@dataclass(slots=True)
class Budget:
    """What is left to spend on one upload; every level of nesting spends from the same."""

    entries: int
    unpacked_bytes: int
    levels: int

    @classmethod
    def for_size(cls, size: int) -> "Budget":
        """Return the budget of an upload of `size` bytes."""
        unpacked = min(max(HARMLESS_BYTES, MOST_RATIO * size), MOST_BYTES + MOST_BYTES_PER_BYTE * size)
        return cls(entries=MOST_ENTRIES, unpacked_bytes=unpacked, levels=MOST_LEVELS)

    def spend_entries(self, count: int) -> None:
        self.entries -= count
        if self.entries < 0:
            refuse_bomb(f"has more than {MOST_ENTRIES:,} entries")

    def spend_bytes(self, count: int) -> None:
        self.unpacked_bytes -= count
        if self.unpacked_bytes < 0:
            refuse_bomb("unpacks to far more than it weighs")

    def enter(self) -> None:
        self.levels -= 1
        if self.levels < 0:
            refuse_bomb(f"has archives in archives, more than {MOST_LEVELS} levels deep")

    def leave(self) -> None:
        self.levels += 1
