"""The HTTP edge of folders and files."""

from apps.files.views.downloads import DownloadViewSet
from apps.files.views.files import FileViewSet
from apps.files.views.folders import FolderViewSet
from apps.files.views.pictures import FilePictureViewSet

__all__ = ["DownloadViewSet", "FilePictureViewSet", "FileViewSet", "FolderViewSet"]
