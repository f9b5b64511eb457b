"""Work to hand in: the task is stored; submissions belong to the assessments."""

from apps.courses.content_types.base import NO_FILES, Entry, Payload
from apps.courses.content_types.checks import identifier, integer, text
from apps.courses.content_types.markdown import to_html


class Assignment:
    name = "assignment"
    description = "Work to hand in: `instructions` in Markdown, and `assessment_id`, `maximum_points`."
    entries = {
        "instructions": Entry(text(50_000), required=True),
        "assessment_id": Entry(identifier),
        "maximum_points": Entry(integer(0, 10_000)),
    }
    file_types = NO_FILES
    example = {"instructions": "Write a decorator that **times** a function.", "maximum_points": 20}

    def finish(self, payload: Payload) -> Payload:
        return {**payload, "html": to_html(payload["instructions"])}
