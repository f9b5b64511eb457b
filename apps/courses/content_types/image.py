"""A picture: a file of the school, or at an address."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import integer, text
from apps.courses.content_types.urls import https_url
from apps.files.inspection.types import GROUPS


class Image(Plain):
    """The alternative text is required: without it the item does not exist for who cannot see it."""

    name = "image"
    description = "A picture: `file` or `url`, its `alt_text`, and `caption`, `width`, `height` in pixels."
    entries = {
        "url": Entry(https_url, required=True, or_file=True),
        "alt_text": Entry(text(500), required=True),
        "caption": Entry(text(1000)),
        "width": Entry(integer(1, 100_000)),
        "height": Entry(integer(1, 100_000)),
    }
    file_types = frozenset(GROUPS["image"])
    example = {"url": "https://media.example.org/call-stack.png", "alt_text": "A call stack with three frames"}
