"""What happens to room and bytes when files are deleted for good."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum

from apps.core.errors import PermissionRefused
from apps.core.policies import Actor
from apps.files.models import File, FileVersion, Folder
from apps.files.services import quota
from apps.files.services.upload_states import close_uploads_to


class OthersWork(PermissionRefused):
    """What somebody else uploaded would be gone for good."""

    code = "purge_not_allowed"
    default_detail = (
        "Other people uploaded some of this, so it stays in the trash until its time is over. Ask an admin of the "
        "school to delete it for good."
    )


@transaction.atomic
def forget_files(*, file_ids: Collection[UUID]) -> None:
    """Give back the room of all versions of these files, and delete the versions: the files are deleted next.

    Open uploads of new versions are closed. The bytes stay until the collection of orphans finds that nobody refers
    to them: equal bytes may be another file's.
    """
    close_uploads_to(file_ids=file_ids)
    versions = FileVersion.objects.filter(file_id__in=file_ids)
    totals = versions.order_by().values_list("uploaded_by_id").annotate(total=Sum("size_bytes"))
    sizes = {owner: int(total) for owner, total in totals}
    versions.delete()
    quota.give_back(sizes)


def forget_purged_files(files: QuerySet[File], by: Actor | None) -> None:
    """Give back the room of files that the trash is about to delete for good: its hook."""
    del by
    forget_files(file_ids=list(files.values_list("id", flat=True)))


def forget_purged_folders(folders: QuerySet[Folder], by: Actor | None) -> None:
    """Close the open uploads into folders that the trash is about to delete for good: its hook."""
    del by
    close_uploads_to(folder_ids=folders.values_list("id", flat=True))
