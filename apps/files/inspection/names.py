"""What a name may not do: hide what the file is, or leave the folder. What it promises is checked elsewhere."""

import re
import unicodedata
from typing import Final

from apps.files.inspection.errors import refuse
from apps.files.inspection.types import BY_MEDIA_TYPE

LONGEST: Final = 255
# Turn the reading direction, so that `photo_gnp.exe` shows as `photo_exe.png`; the marks U+200E and U+200F cannot.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEPARATORS: Final = frozenset("/\\")
_EXTENSION: Final = re.compile(r"(?!\d+\Z)[\w+~-]{1,16}")
# What systems run on a double click or servers execute. No such name is stored, at its end or in its middle.
RUNS: Final = frozenset(
    {
        "exe", "scr", "bat", "cmd", "pif", "hta", "vbs", "vbe", "wsf", "msi", "msix", "dll", "lnk", "cpl", "jar", "apk",
        "app", "ps1", "reg", "php", "phtml", "phar", "asp", "aspx", "jsp", "cgi",
    }
)  # fmt: skip


def extension_of(name: str) -> str:
    """Return what stands behind the last dot, in lower case; empty when that is no extension (`Chapter 1.2`)."""
    stem, _, extension = name.strip(" .").rpartition(".")
    return extension.casefold() if stem.strip(" .") and _EXTENSION.fullmatch(extension) else ""


def check_name(name: str) -> None:
    """Accept a name that shows what it is.

    Raises:
        UnsafeFile: `unsafe_name`.
    """
    problem = _problem_with(name)
    if problem:
        message = f"The file's name {problem}. Rename the file and upload it again."
        refuse(message, code="unsafe_name")


def check_extension(name: str, *, media_type: str, field: str | None = None) -> None:
    """Accept a name that promises what the content is; one without an extension promises nothing.

    Raises:
        UnsafeFile: `type_mismatch`, of `field` (`file`, if there is none).
    """
    known, extension = BY_MEDIA_TYPE.get(media_type), extension_of(name)
    if known is None or not extension or extension in known.extensions:
        return
    message = (
        f"The name ends with .{extension}, but the content is of type {media_type}. "
        f"Rename the file to .{known.extensions[0]} if that is what it is, or upload the right one."
    )
    refuse(message, code="type_mismatch", field=field)


def _problem_with(name: str) -> str | None:
    if not name.strip(" .") or len(name) > LONGEST:
        return f"is empty, or longer than {LONGEST} characters"
    if _TURNING & set(name):
        return "has invisible characters that turn the reading direction"
    if _SEPARATORS & set(name):
        return "has a slash or a backslash"
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        return "has control characters"
    hidden = RUNS.intersection(part.strip().casefold() for part in name.split(".")[1:])
    if hidden:
        return f"has an extension that computers run (.{min(hidden)})"
    return None
