"""Names of files: those of folders, and besides none that a computer would run or cannot store."""

from typing import Final

from apps.files.inspection import UnsafeFile
from apps.files.inspection.names import check_name
from apps.files.services.names import InvalidName, folder_name

# Devices of old systems, with any extension: who downloads such a file there cannot save it.
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)


def file_name(name: str) -> str:
    """Return the name as it is kept: composed (NFC), without spaces around it.

    Raises:
        InvalidName: it is empty, too long, or holds what does not show; it has an extension that computers run; it
            is the name of a device.
    """
    kept = folder_name(name)
    if kept.split(".")[0].strip().casefold() in _DEVICES:
        message = f"{kept} is a name that some systems keep for a device. Choose another."
        raise InvalidName(message)
    try:
        check_name(kept)
    except UnsafeFile as error:
        raise InvalidName(error.detail) from error
    return kept
