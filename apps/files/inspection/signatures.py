"""What the first bytes say. One table; what needs a closer look has a function of its own.

A library of signatures (puremagic) was weighed: of 55 harmless files in the tests it named 28 right. It takes any ZIP
for a document, Matroska for WebM, and knows no texts; a wrong guess opens a door here, so the table is ours.
"""

from typing import Final

HEAD_BYTES: Final = 4096
UNKNOWN: Final = "application/octet-stream"
PROGRAM: Final = "application/x-executable"
OLE: Final = "application/x-ole-storage"
OLE_TYPES: Final = frozenset({"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"})
ZIP: Final = "application/zip"
_SCRIPT: Final = "text/x-script"

# Bytes at the very start. Longer ones first, where one begins like another.
_AT_START: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"PK\x07\x08", "application/x-split-zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\x7fELF", PROGRAM),
    (b"\xfe\xed\xfa\xce", PROGRAM),
    (b"\xfe\xed\xfa\xcf", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\x00asm", PROGRAM),
    (b"dex\n", PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", PROGRAM),
    (b"!<arch>\n", PROGRAM),
    (b"#!", _SCRIPT),
    (b"\xef\xbb\xbf#!", _SCRIPT),
    (b"%!PS", "application/postscript"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\x00\x00\x00\x0cjP  ", "image/jp2"),
    (b"\x00\x00\x00\x0cJXL ", "image/jxl"),
    (b"\xff\x0a", "image/jxl"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
)
# Two letters that a text may begin with as well: only in company of a NUL.
_BINARY_AT_START: Final = ((b"MZ", PROGRAM), (b"BM", "image/bmp"))
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_STILLS: Final = {b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic", b"heix": "image/heic"}
_BRANDS: Final = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_OLD_MOVIES: Final = frozenset({b"moov", b"mdat", b"wide", b"pnot"})


def signature_of(head: bytes) -> str | None:
    """Return the media type that the first `HEAD_BYTES` bytes name; None when they name none (it may be text)."""
    for magic, media_type in _AT_START:
        if head.startswith(magic):
            return media_type
    for magic, media_type in _BINARY_AT_START:
        if head.startswith(magic) and b"\x00" in head:
            return media_type
    return _riff(head) or _boxes(head) or _matroska(head) or _ogg(head) or _stream_of_frames(head) or _tar(head)


def _riff(head: bytes) -> str | None:
    return _RIFF.get(head[8:12]) if head.startswith(b"RIFF") else None


def _boxes(head: bytes) -> str | None:
    """ISO base media files: the brands in the first box tell pictures from films."""
    kind = head[4:8]
    if kind in _OLD_MOVIES:
        return "video/quicktime"
    if kind != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4], "big"), len(head))
    major, others = head[8:12], [head[at : at + 4] for at in range(16, end, 4)]
    if major in _STILLS or major in {b"mif1", b"msf1"}:
        return next((_STILLS[brand] for brand in (major, *others) if brand in _STILLS), "image/heic")
    return _BRANDS.get(major) or ("video/3gpp" if major.startswith(b"3g") else "video/mp4")


def _matroska(head: bytes) -> str | None:
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return None
    document_type = head[:128]
    if b"\x42\x82" not in document_type:
        return UNKNOWN
    return "video/webm" if b"webm" in document_type else "video/x-matroska"


def _ogg(head: bytes) -> str | None:
    if not head.startswith(b"OggS"):
        return None
    return "video/ogg" if b"\x80theora" in head else "audio/ogg"


def _stream_of_frames(head: bytes) -> str | None:
    """MPEG audio without a header: the first frame, and another one where it ends."""
    if len(head) < 8 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:  # ADTS
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        media_type = "audio/aac"
    elif head[1] & 0xE6 == 0xE2:  # layer III
        length = _layer_3_length(head)
        media_type = "audio/mpeg"
    else:
        return None
    following = head[length : length + 2]
    return media_type if length and following[:1] == b"\xff" and following[1:] == head[1:2] else None


def _layer_3_length(head: bytes) -> int:
    """Return the length of the frame in bytes (ISO/IEC 11172-3, 13818-3); 0 when the header is none."""
    version, rate_index, sampling_index, padding = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or sampling_index == 3 or rate_index in {0, 15}:
        return 0
    is_first = version == 3
    rates = (
        (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
        if is_first
        else (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    )
    sampling = (44_100, 48_000, 32_000)[sampling_index] >> {3: 0, 2: 1, 0: 2}[version]
    return (144 if is_first else 72) * rates[rate_index - 1] * 1000 // sampling + padding


def _tar(head: bytes) -> str | None:
    return "application/x-tar" if head[257:262] == b"ustar" else None
