"""Whose pages may be shown in a frame."""

from typing import Final

DEFAULT_EMBED_HOSTS: Final = (
    "youtube.com", "www.youtube-nocookie.com", "player.vimeo.com", "docs.google.com", "codepen.io", "codesandbox.io",
    "jsfiddle.net", "www.figma.com", "miro.com", "www.geogebra.org", "phet.colorado.edu", "view.genial.ly",
)  # fmt: skip


def embed_hosts() -> tuple[str, ...]:
    """Return the hosts that may be embedded, with all names below them."""
    return DEFAULT_EMBED_HOSTS
