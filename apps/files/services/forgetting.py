"""What happens to room and bytes when files are deleted for good."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from apps.files.models import FileVersion
from apps.files.services import quota
from apps.files.services.upload_states import close_uploads_to


@transaction.atomic
def forget_files(*, file_ids: Collection[UUID]) -> None:
    """Give back the room of all versions of these files, and delete the versions: the files are deleted next.

    Open uploads of new versions are closed. The bytes stay until the collection of orphans finds that nobody refers
    to them: equal bytes may be another file's.
    """
    close_uploads_to(file_ids=file_ids)
    versions = FileVersion.objects.filter(file_id__in=file_ids)
    sizes = dict(versions.order_by().values_list("uploaded_by_id").annotate(total=Sum("size_bytes")))
    versions.delete()
    quota.give_back(sizes)


@transaction.atomic
def forget_folders(*, folder_ids: Collection[UUID]) -> None:
    """Close the open uploads into these folders: the folders are deleted next."""
    close_uploads_to(folder_ids=folder_ids)
