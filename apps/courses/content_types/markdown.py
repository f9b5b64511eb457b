"""Markdown to HTML that is safe to show: CommonMark with tables and strike-through, then an allow-list."""

from typing import Final

import nh3
from markdown_it import MarkdownIt

_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "code": {"class"},
    "ol": {"start"},
    "th": {"style"},
    "td": {"style"},
}
_TAGS: Final = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p",
    "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_markdown: Final = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep classes only where they name the language of a code block, styles only where they align a cell."""
    if name == "class":
        return value if tag == "code" and value.startswith("language-") and " " not in value else None
    if name == "src":
        return value if value.lower().startswith("https://") else None
    return value


def to_html(source: str) -> str:
    """Return `source` as HTML without scripts, handlers, frames, forms, foreign schemes or styles."""
    return nh3.clean(
        _markdown.render(source),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties={"text-align"},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math"},
    )
