"""Whatever bytes arrive: an answer or a refusal, never a crash, and soon."""

import io
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.files.inspection import UnsafeFile, clean_image, inspect
from apps.files.inspection.types import STORABLE
from tests.files.building import HARMLESS
from tests.files.hostile import HOSTILE

MILLISECONDS: Final = 4000
EVERYTHING: Final = sorted(STORABLE)
STARTS: Final = sorted({content[:12] for content, _ in HARMLESS.values()})
SMALL: Final = sorted(name for name, (content, _) in HARMLESS.items() if len(content) < 100_000)
NAMES: Final = st.sampled_from([*SMALL, *sorted({hostile.name for hostile in HOSTILE.values()})])
quickly = settings(
    deadline=MILLISECONDS, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def survives(content: bytes, name: str) -> None:
    """Inspect and clean; nothing but the one error may come out."""
    try:
        media_type = inspect(io.BytesIO(content), name=name, size=len(content), allowed=EVERYTHING)
        cleaned = clean_image(io.BytesIO(content), media_type)
    except UnsafeFile:
        return
    assert media_type in STORABLE
    if cleaned is not None:
        with cleaned:
            assert inspect(cleaned, name=name, size=cleaned.seek(0, 2), allowed=EVERYTHING) == media_type


@quickly
@given(content=st.binary(max_size=5_000), name=NAMES)
def test_random_bytes(content: bytes, name: str) -> None:
    survives(content, name)


@quickly
@given(start=st.sampled_from(STARTS), content=st.binary(max_size=5_000), name=NAMES)
def test_random_bytes_behind_a_signature(start: bytes, content: bytes, name: str) -> None:
    survives(start + content, name)


@quickly
@given(name=st.text(max_size=300))
def test_random_names(name: str) -> None:
    survives(b"text", name)


@quickly
@given(
    name=st.sampled_from(SMALL),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_some_bytes_of_a_harmless_file_are_others(name: str, changes: list[tuple[float, int]]) -> None:
    content = bytearray(HARMLESS[name][0])
    for place, value in changes:
        content[int(place * len(content))] = value

    survives(bytes(content), name)


@quickly
@given(
    name=st.sampled_from(SMALL),
    start=st.floats(0, 1),
    length=st.integers(0, 64),
    put=st.binary(max_size=64),
)
def test_a_piece_of_a_harmless_file_is_another(name: str, start: float, length: int, put: bytes) -> None:
    content = HARMLESS[name][0]
    at = int(start * len(content))

    survives(content[:at] + put + content[at + length :], name)


@quickly
@given(name=st.sampled_from(SMALL), end=st.floats(0, 1))
def test_a_harmless_file_ends_early(name: str, end: float) -> None:
    content = HARMLESS[name][0]

    survives(content[: int(end * len(content))], name)


@quickly
@given(first=st.sampled_from(SMALL), second=st.sampled_from(SMALL))
def test_one_harmless_file_follows_another(first: str, second: str) -> None:
    survives(HARMLESS[first][0] + HARMLESS[second][0], first)
