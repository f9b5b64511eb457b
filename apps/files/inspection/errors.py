"""What is wrong with a file."""

from apps.core.errors import InvalidInput


class UnsafeFile(InvalidInput):
    """The content is not what may be kept here; `code` says which rule it breaks.

    `type_not_allowed`, `type_mismatch` (the name promises another type), `empty_file`, `archive_bomb`,
    `archive_unsafe` (paths that leave the folder, links, nesting, encryption), `image_too_large`, `image_broken`.
    """

    default_field = "file"

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail)
        self.code = code  # type: ignore[misc]  # one class, many pointed codes
