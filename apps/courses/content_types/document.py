"""A document: a file of the school, or at an address."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import integer, text
from apps.courses.content_types.urls import https_url
from apps.files.inspection.types import GROUPS


class Document(Plain):
    name = "document"
    description = (
        "A document to read or download: `file` or `url`, and `file_name`, `mime_type`, `size_bytes`, `page_count`."
    )
    entries = {
        "url": Entry(https_url, required=True, or_file=True),
        "file_name": Entry(text(255)),
        "mime_type": Entry(text(127)),
        "size_bytes": Entry(integer(0, 2**53)),
        "page_count": Entry(integer(1, 100_000)),
    }
    file_types = frozenset({*GROUPS["document"], *GROUPS["text"]})
    example = {"url": "https://files.example.org/handout.pdf", "file_name": "handout.pdf", "page_count": 12}
