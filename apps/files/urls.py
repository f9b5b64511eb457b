"""Routes of files: the fixed words stand in front of `<id>`."""

from typing import Any, Final

from django.urls import path

from apps.files import views

FOLDER: Final[dict[str, Any]] = {"get": "retrieve"}

urlpatterns = [
    # Folders.
    path("files/folders/", views.FolderViewSet.as_view({"get": "list"}), name="folder-list"),
    path("files/folders/<str:id>/", views.FolderViewSet.as_view(FOLDER), name="folder-detail"),
    # Uploads and usage.
    # Files.
    path("files/", views.FileViewSet.as_view({"get": "list"}), name="file-list"),
    path("files/<str:id>/", views.FileViewSet.as_view({"get": "retrieve"}), name="file-detail"),
]
