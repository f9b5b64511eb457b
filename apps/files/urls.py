"""Routes of files: the fixed words stand in front of `<id>`."""

from typing import Any, Final

from django.urls import path

from apps.files import views

COLLECTION: Final[dict[str, Any]] = {"get": "list", "post": "create"}
READ_WRITE: Final[dict[str, Any]] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
UPLOAD: Final[dict[str, Any]] = {"get": "retrieve", "delete": "destroy"}

urlpatterns = [
    # Folders.
    path("files/folders/", views.FolderViewSet.as_view(COLLECTION), name="folder-list"),
    path("files/folders/<str:id>/", views.FolderViewSet.as_view(READ_WRITE), name="folder-detail"),
    path("files/folders/<str:id>/contents/", views.FolderViewSet.as_view({"get": "contents"}), name="folder-contents"),
    # Uploads and usage.
    path("files/uploads/", views.UploadViewSet.as_view({"post": "create"}), name="upload-list"),
    path("files/uploads/<str:id>/", views.UploadViewSet.as_view(UPLOAD), name="upload-detail"),
    path("files/uploads/<str:id>/complete/", views.UploadViewSet.as_view({"post": "complete"}), name="upload-complete"),
    path("files/usage/", views.UsageViewSet.as_view({"get": "retrieve"}), name="file-usage"),
    path("files/usage/people/", views.UsageViewSet.as_view({"get": "list"}), name="file-usage-people"),
    # Pictures.
    path("files/images/<str:token>/", views.FilePictureViewSet.as_view({"get": "retrieve"}), name="file-picture"),
    # Files.
    path("files/", views.FileViewSet.as_view(COLLECTION), name="file-list"),
    path("files/<str:id>/", views.FileViewSet.as_view(READ_WRITE), name="file-detail"),
    path("files/<str:id>/download/", views.DownloadViewSet.as_view({"get": "download"}), name="file-download"),
    path("files/<str:id>/uses/", views.FileViewSet.as_view({"get": "uses"}), name="file-uses"),
    path("files/<str:id>/rescan/", views.FileViewSet.as_view({"post": "rescan"}), name="file-rescan"),
    path("files/<str:id>/versions/", views.FileVersionViewSet.as_view(COLLECTION), name="file-versions"),
    path(
        "files/<str:id>/versions/<str:number>/restore/",
        views.FileVersionViewSet.as_view({"post": "restore"}),
        name="file-version-restore",
    ),
]
