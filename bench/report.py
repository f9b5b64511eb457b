"""The figures of a run, as a table for people and as JSON for later."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bench.environment import RESULTS

LARGE_TO_SMALL = 0.80
HASH_SHARE = 0.80
MEMORY_MB = 220
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One endpoint in one tenant. Times in seconds; what was not measured is None."""

    endpoint: str
    tenant: str
    rate: float
    p50: float
    p95: float
    p99: float
    statements: int
    statement_limit: int
    bytes: int
    cpu_per_request: float
    floor_rate: float | None = None
    floor_p50: float | None = None
    floor_p99: float | None = None
    floor_share_wanted: float | None = None
    floor_share_aim: float | None = None
    large_to_small: float | None = None
    hash_share: float | None = None

    @property
    def floor_share(self) -> float | None:
        return self.rate / self.floor_rate if self.floor_rate else None

    def misses(self) -> list[str]:
        """Return what falls short of its target."""
        wanted = [
            ("large/small", self.large_to_small, LARGE_TO_SMALL),
            ("floor", self.floor_share, self.floor_share_wanted),
            ("hash", self.hash_share, HASH_SHARE),
        ]
        short = [name for name, value, limit in wanted if value is not None and limit is not None and value < limit]
        return short + (["SQL"] if self.statements > self.statement_limit else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole run."""

    lines: Sequence[Line]
    pss_bytes: Sequence[int] | None
    load_generator: str
    client_cpu: float
    settings: dict[str, Any]

    @property
    def memory_mb(self) -> float | None:
        return sum(self.pss_bytes) / MEGABYTE if self.pss_bytes else None

    def table(self) -> str:
        """Return the aligned table with its legend."""
        rows = [HEADINGS, *(_cells(line) for line in self.lines)]
        widths = [max(len(row[index]) for row in rows) for index in range(len(HEADINGS))]
        lines = [
            "  ".join(
                _aligned(cell, width, index) for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        lines.insert(1, "-" * max(map(len, lines)))
        return "\n".join([*lines, "", *self._notes()])

    def _notes(self) -> list[str]:
        notes = [
            "floor: the same bytes from FastAPI + asyncpg + orjson with hand-written SQL and no authentication.",
            self._note_of_the_load(),
        ]
        if self.memory_mb is not None and self.pss_bytes:
            parts = " + ".join(f"{pss / MEGABYTE:.0f}" for pss in self.pss_bytes)
            verdict = "PASS" if self.memory_mb <= MEMORY_MB else "miss"
            notes.append(
                f"memory of the workers (PSS): {parts} = {self.memory_mb:.0f} MB, at most {MEMORY_MB}: {verdict}"
            )
        return notes

    def _note_of_the_load(self) -> str:
        rounds = f"median of {self.settings['rounds']} rounds of {self.settings['seconds']} s"
        connections = f"{self.settings['connections']} connections"
        return f"load: {self.load_generator}, {connections}, {rounds}, at most {self.client_cpu:.0%} of one core."

    def write(self) -> None:
        """Write `results/latest.json`."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        content = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"system": platform.platform(), "python": platform.python_version()},
            "settings": self.settings,
            "load_generator": self.load_generator,
            "client_cpu": self.client_cpu,
            "pss_bytes": self.pss_bytes,
            "lines": [
                {**asdict(line), "floor_share": line.floor_share, "misses": line.misses()} for line in self.lines
            ],
        }
        (RESULTS / "latest.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


HEADINGS = (
    "endpoint", "tenant", "req/s", "p50 ms", "p95 ms", "p99 ms", "SQL", "bytes", "CPU ms",
    "floor req/s", "p50 ms", "p99 ms", "of floor", "large/small", "in hash", "",
)  # fmt: skip
TEXT_COLUMNS = (0, 1, len(HEADINGS) - 1)


def _cells(line: Line) -> tuple[str, ...]:
    missed = line.misses()
    return (
        line.endpoint, line.tenant, f"{line.rate:,.0f}", _ms(line.p50), _ms(line.p95), _ms(line.p99),
        str(line.statements), f"{line.bytes:,}", f"{line.cpu_per_request * 1000:.2f}",
        f"{line.floor_rate:,.0f}" if line.floor_rate else "", _ms(line.floor_p50), _ms(line.floor_p99),
        _share(line.floor_share, line.floor_share_wanted), _share(line.large_to_small, LARGE_TO_SMALL),
        _share(line.hash_share, HASH_SHARE), f"miss: {', '.join(missed)}" if missed else "PASS",
    )  # fmt: skip


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.1f}"


def _share(value: float | None, wanted: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0%} ≥ {wanted:.0%}" if wanted is not None else f"{value:.0%}"


def _aligned(cell: str, width: int, index: int) -> str:
    return cell.ljust(width) if index in TEXT_COLUMNS else cell.rjust(width)
