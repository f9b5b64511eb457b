"""A recording: a file of the school, or at an address."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import seconds, text
from apps.courses.content_types.urls import https_url
from apps.files.inspection.types import GROUPS


class Audio(Plain):
    name = "audio"
    description = "A recording: `file` or `url`, and `duration_seconds`, `transcript`."
    entries = {
        "url": Entry(https_url, required=True, or_file=True),
        "duration_seconds": Entry(seconds),
        "transcript": Entry(text(200_000)),
    }
    file_types = frozenset(GROUPS["audio"])
    example = {"url": "https://media.example.org/interview.mp3", "duration_seconds": 1260}
