"""What a malware scanner does."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Outcome(Enum):
    """What a scanner says about bytes."""

    CLEAN = "clean"
    INFECTED = "infected"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and, for what is infected, the name of the finding."""

    outcome: Outcome
    finding: str = ""


class ScannerUnavailable(Exception):
    """The scanner cannot be reached, or did not answer with a verdict: nobody knows, ask again later."""


class Scanner(Protocol):
    """A malware scanner. Each method raises ScannerUnavailable when there is no answer."""

    def scan(self, chunks: Iterable[bytes], /) -> Verdict:
        """Return what it says about the bytes that the chunks make up; they are sent one by one."""
        ...

    def ping(self) -> None:
        """Ask whether it is there."""
        ...
