"""Folders and files, made directly: the trash is what these tests are about."""

from collections.abc import Callable

import pytest

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.files.models import Blob, File, Folder

MakeFolder = Callable[..., Folder]
MakeFile = Callable[..., File]


@pytest.fixture
def folder_of(in_school: Tenant) -> MakeFolder:
    """Return a function that makes a folder of the school."""

    def make(name: str, parent: Folder | None = None) -> Folder:
        return Folder.objects.create(name=name, parent=parent, visibility="school")

    return make


@pytest.fixture
def file_of(in_school: Tenant) -> MakeFile:
    """Return a function that makes a file with bytes of its own."""

    def make(name: str, folder: Folder | None = None) -> File:
        key = new_id().hex
        blob = Blob.objects.create(key=key, sha256=key, size_bytes=1, media_type="text/plain")
        return File.objects.create(name=name, folder=folder, blob=blob, size_bytes=1, media_type="text/plain")

    return make
