"""What files do at start-up and when something happens: one section per concern."""

from django.db.models import QuerySet

from apps.core.events import handles
from apps.core.policies import Actor
from apps.core.trash.registry import register_trashable
from apps.files.events import BlobScanned, BlobStored, FileInfected, ScanRequested, UploadReceived
from apps.files.models import File, Folder, Upload
from apps.files.permissions import may_purge
from apps.files.services.files import refuse_files_in_use
from apps.files.services.forgetting import OthersWork, forget_purged_files, forget_purged_folders
from apps.files.services.mails import mail_infected
from apps.files.services.scanning import scan_blob
from apps.files.services.uploads import check_received
from apps.files.services.variants import draw_variants


# The trash.
def purge_files(files: QuerySet[File], by: Actor | None) -> None:
    """Give the room of files back that are about to go for good. Raises OthersWork; the clock may take anything."""
    if by is not None and not may_purge(by, files):
        raise OthersWork
    forget_purged_files(files, by)


register_trashable(Folder, label="folder", before_purge=forget_purged_folders)
register_trashable(File, label="file", after_trash=refuse_files_in_use, before_purge=purge_files)


# Uploads.
@handles(UploadReceived)
def check_upload(event: UploadReceived) -> None:
    """A large upload has arrived: it becomes a file, or fails; a store that does not answer is asked again later."""
    upload = Upload.objects.filter(id=event.upload_id).first()
    if upload is not None:
        check_received(upload=upload)


# Pictures.
@handles(BlobScanned)
def draw_picture(event: BlobScanned) -> None:
    """A picture is drawn in other sizes once the scanner has nothing against it, or there is none."""
    draw_variants(blob_id=event.blob_id)


# Malware scanning.
@handles(BlobStored)
def scan_stored_bytes(event: BlobStored) -> None:
    """New bytes go to the scanner; one that does not answer is asked again later."""
    scan_blob(blob_id=event.blob_id)


@handles(ScanRequested)
def scan_again(event: ScanRequested) -> None:
    """Somebody wants a new verdict; it replaces the old one whenever it comes."""
    scan_blob(blob_id=event.blob_id, waits_since=event.requested_at)


@handles(FileInfected)
def tell_owner_of_malware(event: FileInfected) -> None:
    """Who uploaded it gets a mail."""
    if event.uploaded_by_id is not None:
        mail_infected(file_id=event.file_id, user_id=event.uploaded_by_id, finding=event.finding)
