"""The HTTP edge of folders and files."""

from apps.files.views.files import FileViewSet
from apps.files.views.folders import FolderViewSet

__all__ = ["FileViewSet", "FolderViewSet"]
