"""Where files are used: asked here, answered by higher apps.

Files know neither courses nor submissions. An app whose rows hang on files registers one provider at start-up; it
says where a file is used, and who may open it because of that.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FileUse:
    """One place where a file is used: `kind` is `course`, `content_item`, …; `id` and `title` are that row's."""

    file_id: UUID
    kind: str
    id: UUID
    title: str


class UseProvider(Protocol):
    """What an app says about the files that its rows hang on; each method takes at most one SQL statement."""

    def uses(self, file_ids: Collection[UUID], /) -> Collection[FileUse]:
        """Return where these files are used."""
        ...

    def opens(self, actor: Any, file_id: UUID, /) -> bool:
        """Whether `actor` may open the file because of where it is used: its current version, whatever that is."""
        ...

    def opens_versions(self, actor: Any, file_id: UUID, /) -> Collection[int]:
        """Return the versions that `actor` may open because they are used as such, whatever the current one is."""
        ...


_providers: list[UseProvider] = []


def register_use_provider(provider: UseProvider) -> None:
    """Ask `provider` from now on; call it once, at start-up. A provider that is known already is not asked twice."""
    if provider not in _providers:
        _providers.append(provider)


def uses_of(file_ids: Collection[UUID]) -> list[FileUse]:
    """Return where these files are used, in every app."""
    return list(_all_uses(file_ids))


def _all_uses(file_ids: Collection[UUID]) -> Iterator[FileUse]:
    for provider in _providers:
        yield from provider.uses(file_ids)


def opens_by_use(actor: Any, file_id: UUID) -> bool:
    """Whether some place where the file is used lets `actor` open it."""
    return any(provider.opens(actor, file_id) for provider in _providers)


def versions_opened_by_use(actor: Any, file_id: UUID) -> set[int]:
    """Return the versions of the file that some place lets `actor` open, where they are used as such."""
    return {number for provider in _providers for number in provider.opens_versions(actor, file_id)}
