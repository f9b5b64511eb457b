"""The types that can be stored: their groups, their extensions, and which a browser may show by itself.

What is not in this table is never stored, whatever a school allows: programs, pictures whose metadata we cannot
take out (TIFF, HEIC, PSD), and what nobody recognises.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

H5P: Final = "application/x-h5p+zip"
SCORM: Final = "application/x-scorm+zip"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."
_INLINE: Final = True


@dataclass(frozen=True, slots=True)
class FileType:
    """One media type. Without a group a school must name it to allow it; `is_inline`: browsers may show it."""

    media_type: str
    group: str
    extensions: tuple[str, ...]
    is_inline: bool = False


TABLE: Final = (
    FileType("image/jpeg", "image", ("jpg", "jpeg", "jpe", "jfif"), _INLINE),
    FileType("image/png", "image", ("png", "apng"), _INLINE),
    FileType("image/gif", "image", ("gif",), _INLINE),
    FileType("image/webp", "image", ("webp",), _INLINE),
    FileType("image/avif", "image", ("avif",), _INLINE),
    FileType("application/pdf", "document", ("pdf",), _INLINE),
    FileType(f"{_OOXML}wordprocessingml.document", "document", ("docx",)),
    FileType(f"{_OOXML}spreadsheetml.sheet", "document", ("xlsx",)),
    FileType(f"{_OOXML}presentationml.presentation", "document", ("pptx", "ppsx")),
    FileType(f"{_ODF}text", "document", ("odt",)),
    FileType(f"{_ODF}spreadsheet", "document", ("ods",)),
    FileType(f"{_ODF}presentation", "document", ("odp",)),
    FileType("application/msword", "document", ("doc", "dot")),
    FileType("application/vnd.ms-excel", "document", ("xls", "xlt")),
    FileType("application/vnd.ms-powerpoint", "document", ("ppt", "pps")),
    FileType("application/rtf", "document", ("rtf",)),
    FileType("application/epub+zip", "document", ("epub",)),
    FileType("audio/mpeg", "audio", ("mp3",), _INLINE),
    FileType("audio/mp4", "audio", ("m4a", "m4b", "mp4"), _INLINE),
    FileType("audio/aac", "audio", ("aac",), _INLINE),
    FileType("audio/ogg", "audio", ("ogg", "oga", "opus"), _INLINE),
    FileType("audio/wav", "audio", ("wav",), _INLINE),
    FileType("audio/flac", "audio", ("flac",), _INLINE),
    FileType("audio/webm", "audio", ("weba",), _INLINE),
    FileType("video/mp4", "video", ("mp4", "m4v"), _INLINE),
    FileType("video/webm", "video", ("webm",), _INLINE),
    FileType("video/ogg", "video", ("ogv", "ogg"), _INLINE),
    FileType("video/quicktime", "video", ("mov", "qt"), _INLINE),
    FileType("video/x-matroska", "video", ("mkv",)),
    FileType("video/3gpp", "video", ("3gp",)),
    FileType("video/x-msvideo", "video", ("avi",)),
    FileType("application/zip", "archive", ("zip",)),
    FileType("application/gzip", "archive", ("gz", "tgz")),
    FileType("application/x-tar", "archive", ("tar",)),
    FileType(H5P, "package", ("h5p", "zip")),
    FileType(SCORM, "package", ("zip", "imscc", "pif")),
    FileType("text/plain", "text", (
        "txt", "text", "log", "tex", "bib", "py", "c", "h", "cpp", "hpp", "cs", "java", "kt", "rs", "go", "r", "sql",
        "yaml", "yml", "toml", "ini",
    ), _INLINE),
    FileType("text/csv", "text", ("csv", "tsv")),
    FileType("text/markdown", "text", ("md", "markdown")),
    FileType("text/vtt", "text", ("vtt",), _INLINE),
    FileType("application/x-subrip", "text", ("srt",)),
    FileType("application/json", "text", ("json", "ipynb", "geojson")),
    # These run as pages where a browser opens them: only if a school names them, and never shown inline.
    FileType("text/html", "", ("html", "htm")),
    FileType("image/svg+xml", "", ("svg",)),
    FileType("application/xml", "", ("xml", "xsd", "xsl")),
    # Nobody looks into these here.
    FileType("application/x-7z-compressed", "", ("7z",)),
    FileType("application/vnd.rar", "", ("rar",)),
)  # fmt: skip

BY_MEDIA_TYPE: Final = {row.media_type: row for row in TABLE}
STORABLE: Final = frozenset(BY_MEDIA_TYPE)
GROUPS: Final = {
    group: tuple(row.media_type for row in TABLE if row.group == group)
    for group in ("image", "document", "audio", "video", "archive", "package", "text")
}
DEFAULT_ALLOWED: Final = list(GROUPS)
_INLINE_TYPES: Final = frozenset(row.media_type for row in TABLE if row.is_inline)


# Containers that are ZIP archives inside, all checked like one.
ZIP_FAMILY: Final = frozenset(
    row.media_type
    for row in TABLE
    if row.media_type.endswith("zip") or row.media_type.startswith((_OOXML, _ODF))
    if row.media_type != "application/gzip"
)


def is_allowed(media_type: str, allowed: Collection[str]) -> bool:
    """Whether `allowed` (media types and names of groups) holds the type, by itself or in its group."""
    row = BY_MEDIA_TYPE.get(media_type)
    return row is not None and (media_type in allowed or bool(row.group and row.group in allowed))


def check_allowed(entries: Sequence[str]) -> None:
    """Accept media types that can be stored and names of groups: the check of the setting.

    Raises:
        ValueError: an entry is neither; the message says which, and what there is.
    """
    for entry in entries:
        if entry not in GROUPS and entry not in STORABLE:
            known = f"a group ({', '.join(GROUPS)}) or one of: {', '.join(sorted(STORABLE))}"
            message = f"{entry} cannot be allowed. Name {known}."
            raise ValueError(message)


def may_show_inline(media_type: str) -> bool:
    """Whether a browser may show the type by itself: nothing that could run as a page, and nothing unknown."""
    return media_type in _INLINE_TYPES
