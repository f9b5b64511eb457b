"""One run, from two running servers to a report. Import after Django is set up."""

import argparse
from collections.abc import Sequence

from bench.environment import BenchError
from bench.load import LoadGenerator
from bench.measure import Track, run_rounds, small_and_large
from bench.people import Audience, audience
from bench.report import Line, Report
from bench.scenarios import SCENARIOS, Scenario
from bench.servers import FLOOR, PLATFORM, RunningServer
from bench.statements import answer, count, handler
from bench.verify import compare


def measured_people() -> list[Audience]:
    """Return those who send requests, of both tenants."""
    return [audience(slug) for slug in small_and_large()]


def run(
    options: argparse.Namespace,
    audiences: Sequence[Audience],
    servers: dict[str, RunningServer],
    load: LoadGenerator,
) -> Report:
    """Check and measure every scenario that `options` ask for."""
    platform, floor = servers[PLATFORM], servers[FLOOR]
    lines: list[Line] = []
    samples = []
    for scenario in _wanted(options.only):
        print(f"{scenario.title} …", flush=True)
        sizes = {each.slug: compare(scenario, each, platform, floor) for each in audiences}
        counts = {each.slug: _statements(scenario, each) for each in audiences}
        tracks = run_rounds(scenario, audiences, servers, load, rounds=options.rounds, seconds=options.seconds)
        samples += [sample for track in tracks.values() for sample in track.samples]
        lines += _lines(scenario, tracks, sizes, counts)
    return Report(
        lines=lines,
        pss_bytes=platform.pss_bytes(),
        load_generator=load.name,
        client_cpu=max(sample.client_cpu for sample in samples),
        settings={"rounds": options.rounds, "seconds": options.seconds, "connections": options.connections},
    )


def _wanted(only: str) -> Sequence[Scenario]:
    keys = {key.strip() for key in only.split(",") if key.strip()}
    if unknown := keys - {scenario.key for scenario in SCENARIOS}:
        message = f"--only knows {', '.join(scenario.key for scenario in SCENARIOS)}, not {', '.join(sorted(unknown))}."
        raise BenchError(message)
    return [scenario for scenario in SCENARIOS if not keys or scenario.key in keys]


def _statements(scenario: Scenario, people: Audience) -> int:
    """Count the statements of a warm process: the second request counts, from the end of the list."""
    made = handler()
    first, second = scenario.platform(people)[-7:-5]
    answer(made, first)
    return len(count(made, second))


def _lines(
    scenario: Scenario,
    tracks: dict[tuple[str, str], Track],
    sizes: dict[str, int],
    counts: dict[str, int],
) -> list[Line]:
    small, large = small_and_large()
    lines = []
    for slug in (large, small):
        ours = tracks[slug, PLATFORM]
        bare = tracks.get((slug, FLOOR))
        lines.append(
            Line(
                endpoint=scenario.title,
                tenant=slug.removeprefix("bench-"),
                rate=ours.rate,
                p50=ours.p50,
                p95=ours.p95,
                p99=ours.p99,
                statements=counts[slug],
                statement_limit=scenario.statement_limit,
                bytes=sizes[slug],
                cpu_per_request=ours.cpu_per_request,
                floor_rate=bare.rate if bare else None,
                floor_p50=bare.p50 if bare else None,
                floor_p99=bare.p99 if bare else None,
                floor_share_wanted=scenario.floor_share,
                floor_share_aim=scenario.floor_aim,
                large_to_small=ours.rate / tracks[small, PLATFORM].rate if slug == large else None,
                hash_share=ours.hash_share if scenario.key == "login" else None,
            )
        )
    return lines
