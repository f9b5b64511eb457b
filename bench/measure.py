"""Rounds: platform and floor, large tenant and small, in turn, so that a busy moment of the machine hits all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.build import SIZES
from bench.load import LoadGenerator, Sample
from bench.people import Audience
from bench.requests import Request
from bench.scenarios import Scenario
from bench.servers import FLOOR, PLATFORM, RunningServer

SECONDS_TO_WARM_UP = 1.0


@dataclass(slots=True)
class Track:
    """One server in one tenant: the requests that it has not seen yet, and the samples so far."""

    server: RunningServer
    requests: Sequence[bytes]
    repeat: bool
    samples: list[Sample] = field(default_factory=list)
    cpu_seconds: float = 0.0
    hash_seconds: float = 0.0
    position: int = 0

    def run(self, load: LoadGenerator, seconds: float, *, keep: bool = True) -> None:
        """Run one round; a round that only warms up is not kept."""
        cpu, hashes = self.server.cpu_seconds(), self.server.hash_seconds()
        rest = self.requests if self.repeat else self.requests[self.position :]
        sample = load.run(self.server.port, rest, seconds=seconds, repeat=self.repeat)
        self.position += sample.requests
        if keep:
            self.samples.append(sample)
            self.cpu_seconds += self.server.cpu_seconds() - cpu
            self.hash_seconds += self.server.hash_seconds() - hashes

    @property
    def rate(self) -> float:
        return median(sample.rate for sample in self.samples)

    @property
    def p50(self) -> float:
        return median(sample.p50 for sample in self.samples)

    @property
    def p95(self) -> float:
        return median(sample.p95 for sample in self.samples)

    @property
    def p99(self) -> float:
        return median(sample.p99 for sample in self.samples)

    @property
    def cpu_per_request(self) -> float:
        """CPU seconds of the server's workers for one request."""
        return self.cpu_seconds / sum(sample.requests for sample in self.samples)

    @property
    def hash_share(self) -> float:
        """The part of the workers' CPU time that went into password hashes."""
        return self.hash_seconds / self.cpu_seconds


def run_rounds(
    scenario: Scenario,
    audiences: Sequence[Audience],
    servers: dict[str, RunningServer],
    load: LoadGenerator,
    *,
    rounds: int,
    seconds: float,
) -> dict[tuple[str, str], Track]:
    """Measure one scenario; return a track for each tenant's slug and server's name."""
    tracks: dict[tuple[str, str], Track] = {}
    for audience in audiences:
        asked = {PLATFORM: scenario.platform(audience), FLOOR: scenario.floor(audience) if scenario.floor else []}
        for name, requests in asked.items():
            if requests:
                repeat = scenario.repeat or (name == FLOOR and scenario.floor_repeat)
                tracks[audience.slug, name] = Track(servers[name], _raw(requests), repeat)
    for track in tracks.values():
        track.run(load, SECONDS_TO_WARM_UP, keep=False)
    order = list(tracks.values())
    for _ in range(rounds):
        for track in order:
            track.run(load, seconds)
        order.reverse()
    return tracks


def _raw(requests: Sequence[Request]) -> list[bytes]:
    return [request.raw() for request in requests]


def small_and_large() -> tuple[str, str]:
    """Return the slugs of the two tenants."""
    small, large = (size.slug for size in SIZES)
    return small, large
