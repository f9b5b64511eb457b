"""What files do at start-up and when something happens: one section per concern."""

from apps.core.trash.registry import register_trashable
from apps.files.models import File, Folder
from apps.files.services.files import refuse_files_in_use

# The trash.
register_trashable(Folder, label="folder")
register_trashable(File, label="file", after_trash=refuse_files_in_use)
