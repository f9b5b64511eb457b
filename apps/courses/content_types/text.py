"""Text in Markdown; the HTML is made once, when it is written."""

from apps.courses.content_types.base import NO_FILES, Entry, Payload
from apps.courses.content_types.checks import text
from apps.courses.content_types.markdown import to_html


class Text:
    """On the wire the source is the item's own `text_content`, beside the payload."""

    name = "text"
    description = "Markdown in `text_content`; `payload.html` is the sanitised HTML."
    entries = {"text_content": Entry(text(200_000), required=True)}
    file_types = NO_FILES
    example = {"text_content": "# Decorators\n\nDecorators are functions that take a function and return one."}

    def finish(self, payload: Payload) -> Payload:
        return {**payload, "html": to_html(payload["text_content"])}
