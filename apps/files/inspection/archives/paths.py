"""Where the entries of an archive would land."""

import re
import stat
import unicodedata
from typing import Final

from apps.files.inspection.archives.budget import refuse_archive

_LONGEST_PATH: Final = 1024
_DRIVE: Final = re.compile(r"\A[A-Za-z]:")
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def checked_path(name: str) -> str:
    """Return the path in one form, by which two entries are the same.

    Raises:
        UnsafeFile: `archive_unsafe`, it would leave the folder that it is unpacked to, or hides what it is.
    """
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if path.startswith("/") or _DRIVE.match(path) or ".." in (part.strip() for part in parts):
        refuse_archive("has entries that would leave the folder they are unpacked to")
    if len(path) > _LONGEST_PATH or _TURNING & set(path) or any(unicodedata.category(sign) == "Cc" for sign in path):
        refuse_archive("has entries with names that hide something")
    return unicodedata.normalize("NFC", "/".join(parts))


def check_mode(mode: int) -> None:
    """Accept files and folders (and 0: the archive does not say).

    Raises:
        UnsafeFile: `archive_unsafe`, a link or a device.
    """
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        refuse_archive("has links or devices in it")
