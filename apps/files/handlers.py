"""What files do at start-up and when something happens: one section per concern."""

from apps.core.events import handles
from apps.core.trash.registry import register_trashable
from apps.files.events import BlobScanned
from apps.files.models import File, Folder
from apps.files.services.files import refuse_files_in_use
from apps.files.services.variants import draw_variants

# The trash.
register_trashable(Folder, label="folder")
register_trashable(File, label="file", after_trash=refuse_files_in_use)


# Pictures.
@handles(BlobScanned)
def draw_picture(event: BlobScanned) -> None:
    """A picture is drawn in other sizes once the scanner has nothing against it, or there is none."""
    draw_variants(blob_id=event.blob_id)
