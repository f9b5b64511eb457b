"""Test data: folders and files written directly, without quota, scan or events.

Bytes reach the object store only when asked for (`FileFactory(stored=True, content=b"…")`).
"""

import hashlib
from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.core import storage
from apps.core.ids import new_id
from apps.core.tenancy.context import current_tenant_id
from apps.files.choices import ScanState, Visibility
from apps.files.models import Blob, File, FileVersion, Folder


class FolderFactory(DjangoModelFactory[Folder]):
    """A folder of the school; `owner=user` makes it a private one; below a parent it is as visible as that."""

    class Meta:
        model = Folder

    class Params:
        owner = None

    name = factory.Sequence(lambda n: f"Folder {n}")
    parent = None
    visibility = factory.LazyAttribute(
        lambda folder: (
            Visibility.PRIVATE if folder.owner else (folder.parent.visibility if folder.parent else Visibility.SCHOOL)
        )
    )
    owner_id = factory.LazyAttribute(
        lambda folder: folder.owner.id if folder.owner else (folder.parent.owner_id if folder.parent else None)
    )
    created_by_id = factory.LazyAttribute(lambda folder: folder.owner_id)


class BlobFactory(DjangoModelFactory[Blob]):
    """Clean text, other bytes each time unless `content` says which; `stored=True` puts them into the store."""

    class Meta:
        model = Blob

    content = factory.Sequence(lambda n: f"content {n}".encode())
    stored = False
    key = factory.LazyFunction(lambda: f"{current_tenant_id()}/uploads/{new_id()}")
    sha256 = factory.LazyAttribute(lambda blob: hashlib.sha256(blob.content).hexdigest())
    size_bytes = factory.LazyAttribute(lambda blob: len(blob.content))
    media_type = "text/plain"
    scan_state = ScanState.CLEAN

    @classmethod
    def _create(cls, model_class: type[Blob], *args: Any, **kwargs: Any) -> Blob:
        content, stored = kwargs.pop("content"), kwargs.pop("stored")
        blob = super()._create(model_class, *args, **kwargs)
        if stored:
            storage.object_store().write(blob.key, [content], media_type=blob.media_type)
        return blob


class FileFactory(DjangoModelFactory[File]):
    """A file with its first version; `uploaded_by=user` says whose, `stored=True` puts its bytes into the store.

    `content`, `media_type` and `scan_state` reach its blob.
    """

    class Meta:
        model = File

    class Params:
        uploaded_by = None
        content = factory.Sequence(lambda n: f"bytes {n}".encode())
        stored = False
        scan_state = ScanState.CLEAN

    name = factory.Sequence(lambda n: f"file-{n}.txt")
    folder = None
    media_type = "text/plain"
    blob = factory.SubFactory(
        BlobFactory,
        content=factory.SelfAttribute("..content"),
        stored=factory.SelfAttribute("..stored"),
        media_type=factory.SelfAttribute("..media_type"),
        scan_state=factory.SelfAttribute("..scan_state"),
    )
    size_bytes = factory.SelfAttribute("blob.size_bytes")
    uploaded_by_id = factory.LazyAttribute(lambda file: file.uploaded_by.id if file.uploaded_by else None)

    @classmethod
    def _create(cls, model_class: type[File], *args: Any, **kwargs: Any) -> File:
        file = super()._create(model_class, *args, **kwargs)
        FileVersionFactory.create(file=file, number=file.version_number, blob=file.blob)
        return file


class FileVersionFactory(DjangoModelFactory[FileVersion]):
    """A version of a file; the file itself is not changed by it."""

    class Meta:
        model = FileVersion

    file = factory.SubFactory(FileFactory)
    number = factory.LazyAttribute(lambda version: version.file.version_number + 1)
    blob = factory.SubFactory(BlobFactory)
    name = factory.SelfAttribute("file.name")
    size_bytes = factory.SelfAttribute("blob.size_bytes")
    media_type = factory.SelfAttribute("blob.media_type")
    uploaded_by_id = factory.SelfAttribute("file.uploaded_by_id")
