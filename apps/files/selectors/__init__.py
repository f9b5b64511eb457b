"""Reads of files that a queryset method does not express."""

from apps.files.selectors.contents import folder_contents
from apps.files.selectors.tree import MOST_LEVELS, height_of, path_of

__all__ = ["MOST_LEVELS", "folder_contents", "height_of", "path_of"]
