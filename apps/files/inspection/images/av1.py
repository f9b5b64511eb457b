"""How large the picture in an AV1 stream is (AV1 specification, 5.5): that is what a decoder believes."""

from typing import Final

from apps.files.inspection.images.pieces import refuse_image

_SEQUENCE_HEADER: Final = 1


def size_in_stream(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels from the first sequence header in `data`; None when there is none."""
    at = 0
    while at < len(data):
        header = data[at]
        kind, has_extension, has_size = header >> 3 & 15, header >> 2 & 1, header >> 1 & 1
        at += 1 + has_extension
        length = len(data) - at
        if has_size:
            length, at = _leb128(data, at)
        if kind == _SEQUENCE_HEADER:
            return _size_in_header(_Bits(data[at : at + length]))
        at += length
    return None


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(data[at : at + 8]):
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, at + index + 1
    return refuse_image()


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data[:256], "big")
        self._left = 8 * len(data[:256])

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            refuse_image()
        return self._value >> self._left & (1 << count) - 1


def _size_in_header(bits: _Bits) -> tuple[int, int]:
    bits.take(4)  # profile, still picture
    if bits.take(1):  # reduced header
        bits.take(5)
    else:
        if bits.take(1):  # timing: films have it
            refuse_image("is built in a way that cannot be checked here")
        _skip_operating_points(bits)
    width_bits, height_bits = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(width_bits) + 1, bits.take(height_bits) + 1


def _skip_operating_points(bits: _Bits) -> None:
    has_delay = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if has_delay and bits.take(1):
            bits.take(4)
