"""An H5P package: stored now, run later."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import text
from apps.courses.content_types.urls import https_url
from apps.files.inspection.types import H5P as H5P_PACKAGE


class H5P(Plain):
    name = "h5p"
    description = "An H5P package: `file` or `url` of the .h5p archive, and its main `library`."
    entries = {"url": Entry(https_url, required=True, or_file=True), "library": Entry(text(100))}
    file_types = frozenset({H5P_PACKAGE})
    example = {"url": "https://files.example.org/flashcards.h5p", "library": "H5P.Flashcards 1.5"}
