"""What is wrong with a file."""

from typing import NoReturn

from apps.core.errors import InvalidInput


class UnsafeFile(InvalidInput):
    """The content is not what may be kept here; `code` says which rule it breaks.

    `type_not_allowed`, `type_mismatch` (the name promises another type), `empty_file`, `unsafe_name` (the name hides
    what it is), `file_broken` (damaged, or not whole), `mixed_content` (a second format is hidden in it),
    `archive_bomb` (small bytes that stand for many), `archive_unsafe` (paths that leave the folder, links,
    encryption, entries that lie), `image_too_large` (pixels, frames), `image_broken`.
    """

    default_field = "file"

    def __init__(self, detail: str, *, code: str, field: str | None = None) -> None:
        super().__init__(detail, field=field)
        self.code = code  # type: ignore[misc]  # one class, many pointed codes


def refuse(detail: str, *, code: str, field: str | None = None) -> NoReturn:
    """Raise `UnsafeFile`."""
    raise UnsafeFile(detail, code=code, field=field)
