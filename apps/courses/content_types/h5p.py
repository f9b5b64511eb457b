"""An H5P package: stored now, run later."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import text
from apps.courses.content_types.urls import https_url


class H5P(Plain):
    name = "h5p"
    description = "An H5P package: `url` of the .h5p file, and its main `library`."
    entries = {"url": Entry(https_url, required=True), "library": Entry(text(100))}
    example = {"url": "https://files.example.org/flashcards.h5p", "library": "H5P.Flashcards 1.5"}
