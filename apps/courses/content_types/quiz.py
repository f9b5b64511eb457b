"""A quiz: the reference is stored; attempts belong to the assessments."""

from apps.courses.content_types.base import Entry, Plain
from apps.courses.content_types.checks import identifier, text


class Quiz(Plain):
    name = "quiz"
    description = "A quiz: `assessment_id`, and `instructions`."
    entries = {"assessment_id": Entry(identifier), "instructions": Entry(text(20_000))}
    example = {"assessment_id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", "instructions": "Ten questions, no notes."}
