"""Whose pages may be shown in a frame: a setting of the school."""

from typing import Final, cast

from apps.core.selectors import get_setting

EMBED_HOSTS: Final = "courses.embed_hosts"
DEFAULT_EMBED_HOSTS: Final = (
    "youtube.com", "www.youtube-nocookie.com", "player.vimeo.com", "docs.google.com", "codepen.io", "codesandbox.io",
    "jsfiddle.net", "www.figma.com", "miro.com", "www.geogebra.org", "phet.colorado.edu", "view.genial.ly",
)  # fmt: skip


def embed_hosts() -> list[str]:
    """Return the hosts that may be embedded, with all names below them."""
    return cast("list[str]", get_setting(EMBED_HOSTS))
