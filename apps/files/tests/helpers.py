"""What several tests of folders and files ask of an answer."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from apps.core.ids import new_id
from apps.files.models import File, Folder
from apps.files.uses import FileUse

FOLDERS: Final = "/api/files/folders/"
FILES: Final = "/api/files/"


class Courses:
    """Where files are used, as a higher app would say."""

    def __init__(self, *found: FileUse) -> None:
        self.found = found

    def uses(self, file_ids: Any, /) -> Sequence[FileUse]:
        return [use for use in self.found if use.file_id in file_ids]

    def opens(self, actor: Any, file_id: UUID, /) -> bool:
        del actor
        return any(use.file_id == file_id for use in self.found)

    def opens_versions(self, actor: Any, file_id: UUID, /) -> Sequence[int]:
        del actor, file_id
        return ()


def use_of(file: File, title: str = "Python") -> FileUse:
    """Return a use of the file by some course."""
    return FileUse(file_id=file.id, kind="course", id=new_id(), title=title)


def refusal(response: Any) -> tuple[int, str, str]:
    """Return status, code and field of a refusal."""
    body = response.json()
    return (response.status_code, body["code"], body["errors"][0]["field"] if body["errors"] else "")


def names(response: Any) -> list[str]:
    """Return the names of a list's rows."""
    return [row["name"] for row in response.json()["results"]]


def folder_url(folder: Folder, *words: str) -> str:
    """Return the address of a folder, or of something below it."""
    return "/".join([f"{FOLDERS}{folder.id}", *words, ""])


def file_url(file: File, *words: str) -> str:
    """Return the address of a file, or of something below it."""
    return "/".join([f"{FILES}{file.id}", *words, ""])


def all_folders() -> list[tuple[str, Any, str, Any]]:
    """Return everything that a change of folders could change."""
    return sorted(Folder.objects.values_list("name", "parent_id", "visibility", "owner_id"), key=str)


def all_files() -> list[tuple[Any, ...]]:
    """Return everything that a change of files could change."""
    return sorted(File.objects.values_list("name", "folder_id", "uploaded_by_id", "version"), key=str)
