"""The HTTP edge of folders and files."""

from apps.files.views.downloads import DownloadViewSet
from apps.files.views.files import FileViewSet
from apps.files.views.folders import FolderViewSet
from apps.files.views.pictures import FilePictureViewSet
from apps.files.views.uploads import UploadViewSet
from apps.files.views.usage import UsageViewSet
from apps.files.views.versions import FileVersionViewSet

__all__ = [
    "DownloadViewSet",
    "FilePictureViewSet",
    "FileVersionViewSet",
    "FileViewSet",
    "FolderViewSet",
    "UploadViewSet",
    "UsageViewSet",
]
