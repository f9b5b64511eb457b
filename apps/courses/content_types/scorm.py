"""A SCORM package: stored now, run later."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import one_of, text
from apps.courses.content_types.urls import https_url
from apps.files.inspection.types import SCORM


class Scorm(Plain):
    name = "scorm"
    description = "A SCORM package: `file` or `url` of the zip archive, and its `version`, `entry_point`."
    entries = {
        "url": Entry(https_url, required=True, or_file=True),
        "version": Entry(one_of("1.2", "2004")),
        "entry_point": Entry(text(500)),
    }
    file_types = frozenset({SCORM})
    example = {"url": "https://files.example.org/safety.zip", "version": "1.2", "entry_point": "index.html"}
