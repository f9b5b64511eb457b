"""The wire to clamd, against a server that speaks its protocol."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from apps.files.scanning import Outcome, ScannerUnavailable, Verdict, check_scanner_address, scanner
from apps.files.scanning.clamd import Clamd
from tests.files import clamd
from tests.files.clamd import EICAR, FakeClamd

Running = tuple[FakeClamd, str]


@pytest.fixture
def server() -> Iterator[Running]:
    with clamd.running() as started:
        yield started


def client(server: Running, *, seconds: float = 3) -> Clamd:
    return Clamd(server[1], seconds=seconds)


def test_clean_bytes_are_clean_and_arrive_whole(server: Running) -> None:
    chunks = [b"a" * 700_000, b"", b"b" * 300_000]

    verdict = client(server).scan(chunks)

    assert verdict == Verdict(Outcome.CLEAN)
    assert server[0].scanned == [b"a" * 700_000 + b"b" * 300_000]


def test_a_chunk_larger_than_the_wire_takes_is_cut(server: Running) -> None:
    server[0].limit = 10_000_000

    verdict = client(server).scan([b"x" * 2_500_000])

    assert verdict == Verdict(Outcome.CLEAN)
    assert [len(content) for content in server[0].scanned] == [2_500_000]


def test_what_is_found_has_a_name_also_across_chunks(server: Running) -> None:
    verdict = client(server).scan([b"..." + EICAR[:10], EICAR[10:]])

    assert verdict == Verdict(Outcome.INFECTED, "Eicar-Signature")


def test_no_bytes_are_clean(server: Running) -> None:
    assert client(server).scan([]) == Verdict(Outcome.CLEAN)


def test_more_than_the_scanner_takes_is_too_large_however_much_is_sent(server: Running) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(2_000):
            sent += 1
            yield b"x" * 100_000

    verdict = client(server).scan(endless())

    assert verdict == Verdict(Outcome.TOO_LARGE)
    assert sent < 2_000


def test_a_unix_socket_does_as_well(tmp_path: Path) -> None:
    with clamd.running(tmp_path / "clamd.ctl") as server:
        client(server).ping()
        verdict = client(server).scan([EICAR])

    assert verdict == Verdict(Outcome.INFECTED, "Eicar-Signature")
    assert server[0].commands == [b"zPING\0", b"zINSTREAM\0"]


def test_ping_wants_its_answer(server: Running) -> None:
    client(server).ping()
    server[0].answer = b"BUSY"

    with pytest.raises(ScannerUnavailable, match="BUSY"):
        client(server).ping()


@pytest.mark.parametrize("answer", [b"", b"stream: Can't allocate memory ERROR", b"UNKNOWN COMMAND", b"\xff" * 5000])
def test_an_answer_without_a_verdict_is_none(server: Running, answer: bytes) -> None:
    server[0].answer = answer

    with pytest.raises(ScannerUnavailable, match="no verdict"):
        client(server).scan([b"bytes"])


def test_a_scanner_that_hangs_is_left_after_a_while(server: Running) -> None:
    server[0].hangs = True

    with pytest.raises(ScannerUnavailable, match="did not answer"):
        client(server, seconds=0.2).scan([b"bytes"])


def test_a_scanner_that_takes_no_more_bytes_is_left_after_a_while(server: Running) -> None:
    server[0].hangs = True

    with pytest.raises(ScannerUnavailable, match="took no more bytes"):
        client(server, seconds=0.2).scan(b"x" * 1_000_000 for _ in range(100))


def test_a_scanner_that_hangs_up_gave_no_verdict(server: Running) -> None:
    server[0].hangs_up_early = True

    with pytest.raises(ScannerUnavailable):
        client(server).scan(b"x" * 1_000_000 for _ in range(100))


def test_nobody_there_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    for url in (f"tcp://127.0.0.1:{port}", f"unix:{tmp_path}/nobody.ctl"):
        with pytest.raises(ScannerUnavailable, match="cannot be reached"):
            Clamd(url, seconds=1).ping()


@pytest.mark.parametrize("url", ["localhost:3310", "http://localhost", "tcp://", "unix:", "clamd"])
def test_an_address_of_another_kind_is_refused_with_a_hint(url: str) -> None:
    with pytest.raises(ValueError, match="tcp://host:port or unix:/path"):
        Clamd(url, seconds=1)


def test_an_installation_without_an_address_has_no_scanner(settings: Settings) -> None:
    settings.CLAMD_URL = ""

    assert scanner() is None
    assert check_scanner_address(None) == []


def test_a_wrong_address_is_named_at_start_up(settings: Settings) -> None:
    settings.CLAMD_URL = "localhost:3310"

    found = check_scanner_address(None)

    assert [message.id for message in found] == ["files.E001"]
