"""What pictures say about themselves: their size in the stream, and which way up they are."""

import io
import struct
from typing import Final

import pytest

from apps.files.inspection import UnsafeFile, clean_image
from apps.files.inspection.images.av1 import size_in_stream
from apps.files.inspection.images.exif import orientation_of, tiff_with
from tests.files.building import exif, picture


def bits(text: str) -> bytes:
    """Return bytes of ones and zeros; spaces are for people."""
    digits = text.replace(" ", "")
    return int(digits.ljust(-(-len(digits) // 8) * 8, "0"), 2).to_bytes(-(-len(digits) // 8), "big")


SIZE: Final = "0111 0111 00111111 00011111"  # eight bits for each: 64 by 32 pixels


@pytest.mark.parametrize(
    "header",
    [
        "000 1 1 00000" + SIZE,
        "000 0 0 0 0 00000 000000000000 00100" + SIZE,
        "000 0 0 0 1 00001 000000000000 01000 1 1 0101 000000000000 00100 0" + SIZE,
    ],
)
def test_the_size_of_a_stream_is_read_from_any_header(header: str) -> None:
    sequence = bits(header)

    assert size_in_stream(b"\x12\0" + b"\x0a" + bytes([len(sequence)]) + sequence) == (64, 32)
    assert size_in_stream(b"\x0c\0" + sequence) == (64, 32)


def test_a_stream_without_a_size_has_none() -> None:
    assert size_in_stream(b"\x12\0") is None
    for wrong in (b"\x0a" + b"\xff" * 9, b"\x0a\x02" + bits("000 0 0 1"), b"\x0a\x01\x18"):
        with pytest.raises(UnsafeFile):
            size_in_stream(wrong)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"XX*\0\0\0\0\x08",
        b"II*\0\xff\xff\0\0" + bytes(20),
        b"II*\0\x08\0\0\0\xff\xff" + bytes(30),
        tiff_with(6).replace(b"\x06\0\0\0\0\0\0\0", b"\x63\0\0\0\0\0\0\0"),
        tiff_with(1),
    ],
)
def test_exif_that_says_nothing_of_use_means_upright(block: bytes) -> None:
    assert orientation_of(block) == 1


def test_exif_in_either_byte_order_says_which_way_up() -> None:
    motorola = struct.pack(">2sHIH", b"MM", 42, 8, 1) + struct.pack(">HHIHH", 0x0112, 3, 1, 8, 0) + bytes(4)

    assert (orientation_of(tiff_with(6)), orientation_of(motorola)) == (6, 8)


def test_of_two_exif_blocks_the_first_stays() -> None:
    first, second = (picture(exif=exif(number)) for number in (6, 3))
    segment = second[second.index(b"\xff\xe1") : second.index(b"\xff\xdb")]
    content = first.replace(b"\xff\xdb", segment + b"\xff\xdb", 1)

    cleaned = clean_image(io.BytesIO(content), "image/jpeg")

    assert cleaned is not None
    with cleaned:
        data = cleaned.read()
    assert data.count(b"Exif\0\0") == 1
    assert tiff_with(6) in data


def test_what_cleaning_cannot_read_it_refuses() -> None:
    for media_type in ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"):
        with pytest.raises(UnsafeFile):
            clean_image(io.BytesIO(b"x" * 64), media_type)
