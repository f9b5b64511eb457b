"""What schools can choose about files: how much room there is, and what may be stored."""

from typing import Final

from apps.core.choices import SettingScope
from apps.core.settings_registry import SettingDefinition, define
from apps.files.inspection.types import DEFAULT_ALLOWED, check_allowed

QUOTA: Final = "files.quota_mb"
USER_QUOTA: Final = "files.user_quota_mb"
MAX_FILE: Final = "files.max_file_mb"
ALLOWED_TYPES: Final = "files.allowed_types"
WITHOUT_SCANNER: Final = "files.without_scanner"
# One petabyte: beyond what a school stores, within what a column of 64 bits counts in bytes.
_MOST_MB: Final = 1_000_000_000
# What an S3-compatible store takes as one object: 5 TB.
_LARGEST_FILE_MB: Final = 5_000_000

define(
    SettingDefinition(
        key=QUOTA,
        type=int,
        default=100_000,
        minimum=0,
        maximum=_MOST_MB,
        description="How much the school may store in all, in MB, every version and the trash included.",
        scope=SettingScope.GRANTED,
    ),
    SettingDefinition(
        key=USER_QUOTA,
        type=int,
        default=5_000,
        minimum=0,
        maximum=_MOST_MB,
        description="How much one person may store, in MB, every version and the trash included.",
    ),
    SettingDefinition(
        key=MAX_FILE,
        type=int,
        default=5_000,
        minimum=1,
        maximum=_LARGEST_FILE_MB,
        description="How large one file may be, in MB.",
    ),
    SettingDefinition(
        key=ALLOWED_TYPES,
        type=list,
        default=list(DEFAULT_ALLOWED),
        description="What may be stored, by content: groups (image, document, …) and media types.",
        check=check_allowed,
    ),
    SettingDefinition(
        key=WITHOUT_SCANNER,
        type=str,
        choices=("accept", "hold"),
        default="accept",
        description="What becomes of files while no malware scanner is set up: they open, or wait for one.",
    ),
)
