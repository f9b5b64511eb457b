"""A page of a known provider, shown in a frame."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import integer, text
from apps.courses.content_types.providers import embed_hosts
from apps.courses.content_types.urls import https_url_of


class Embed(Plain):
    """A frame runs foreign code before learners, so its host must be on the installation's list."""

    name = "embed"
    description = "A page of an allowed provider, shown in a frame: `url`, and `title`, `height` in pixels."
    entries = {
        "url": Entry(https_url_of(embed_hosts), required=True),
        "title": Entry(text(200)),
        "height": Entry(integer(50, 5000)),
    }
    example = {"url": "https://www.youtube-nocookie.com/embed/9bZkp7q19f0", "title": "Demonstration", "height": 480}
