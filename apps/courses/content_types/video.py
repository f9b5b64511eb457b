"""A video: a file of the school, or at an address."""

from typing import Final

from apps.courses.content_types.base import Entry, Payload
from apps.courses.content_types.checks import language, list_of, one_of, seconds, text
from apps.courses.content_types.urls import host_of, https_url
from apps.files.inspection.types import GROUPS

_PROVIDERS: Final = {
    "youtube.com": "youtube",
    "www.youtube.com": "youtube",
    "youtu.be": "youtube",
    "www.youtube-nocookie.com": "youtube",
    "vimeo.com": "vimeo",
    "player.vimeo.com": "vimeo",
}
_CAPTIONS: Final = {
    "language": Entry(language, required=True),
    "url": Entry(https_url, required=True),
    "label": Entry(text(100)),
}


class Video:
    """The provider follows from the address unless it is given."""

    name = "video"
    description = "A video: `file` or `url`, and `provider`, `duration_seconds`, `captions`, `transcript`."
    entries = {
        "url": Entry(https_url, required=True, or_file=True),
        "provider": Entry(one_of("youtube", "vimeo", "file")),
        "duration_seconds": Entry(seconds),
        "captions": Entry(list_of(_CAPTIONS, most=50)),
        "transcript": Entry(text(200_000)),
    }
    file_types = frozenset(GROUPS["video"])
    example = {
        "url": "https://media.example.org/decorators.mp4",
        "duration_seconds": 540,
        "captions": [{"language": "en", "url": "https://media.example.org/decorators.en.vtt", "label": "English"}],
    }

    def finish(self, payload: Payload) -> Payload:
        host = host_of(payload["url"]) if "url" in payload else ""
        return {"provider": _PROVIDERS.get(host, "file"), **payload}
