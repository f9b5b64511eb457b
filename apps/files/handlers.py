"""What files do at start-up and when something happens: one section per concern."""

from apps.core.events import handles
from apps.core.trash.registry import register_trashable
from apps.files.events import BlobScanned, BlobStored
from apps.files.models import File, Folder
from apps.files.services.files import refuse_files_in_use
from apps.files.services.variants import draw_variants

# The trash.
register_trashable(Folder, label="folder")
register_trashable(File, label="file", after_trash=refuse_files_in_use)


# Pictures.
@handles(BlobStored)
def draw_stored_picture(event: BlobStored) -> None:
    """A picture is drawn smaller by a worker, unless it has to wait for the scanner."""
    draw_variants(blob_id=event.blob_id)


@handles(BlobScanned)
def draw_scanned_picture(event: BlobScanned) -> None:
    """A picture that waited for the scanner is drawn once it is known to be harmless."""
    draw_variants(blob_id=event.blob_id)
