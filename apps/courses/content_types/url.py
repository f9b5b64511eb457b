"""A page elsewhere."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import text
from apps.courses.content_types.urls import https_url


class Url(Plain):
    name = "url"
    description = "A page elsewhere, opened in its own window: `url`, and `description`."
    entries = {"url": Entry(https_url, required=True), "description": Entry(text(5000))}
    example = {"url": "https://docs.python.org/3/glossary.html#term-decorator", "description": "The definition."}
