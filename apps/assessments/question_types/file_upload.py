"""File upload: an assignment's submission, graded by a person."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any, Final
from uuid import UUID

from apps.assessments.question_types.base import Data, Grade, InvalidAnswer, InvalidQuestion, grade_blank
from apps.assessments.question_types.forms import Form

_MOST_FILES: Final = 20
_MOST_MB: Final = 5000
_MOST_TYPES: Final = 50
_TYPE: Final = re.compile(r"\A[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/(\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,62})\Z")


class FileUpload:
    """One file or several, uploaded before through the files API, named here by their ids."""

    name = "file_upload"
    description = (
        "`allowed_types`: media types such as `application/pdf` or `image/*`, all unless told; `max_files` (1 unless "
        "told) and `max_file_mb`; learners see all of it. A person grades. Answer: `file`, the id of an uploaded "
        "file, or `files`, several."
    )
    example_text = "Hand in your report."
    example = {"allowed_types": ["application/pdf", "image/*"], "max_files": 2, "max_file_mb": 20}
    answer_example = {"file": "0198c2f5-4d40-7f54-8d04-4e5f6a7b8c94"}

    def clean(self, data: Any) -> Data:
        form = Form(data, InvalidQuestion, known=("allowed_types", "max_files", "max_file_mb"))
        types = form.texts("allowed_types", least=0, most=_MOST_TYPES, longest=127)
        for index, media_type in enumerate(types):
            if not _TYPE.match(media_type):
                form.refuse("Enter a media type such as application/pdf or image/*.", f"allowed_types.{index}")
        form.require_different(types, "allowed_types")
        return {
            "allowed_types": types,
            "max_files": form.integer("max_files", least=1, most=_MOST_FILES, default=1),
            "max_file_mb": form.integer("max_file_mb", least=1, most=_MOST_MB),
        }

    def learner_view(self, data: Data, dice: Random | None) -> Data:
        del dice
        return {name: data[name] for name in ("allowed_types", "max_files", "max_file_mb")}

    def clean_answer(self, view: Data, answer: Any) -> Data | None:
        form = Form(answer, InvalidAnswer, known=("file", "files"))
        if form.entries.get("file") is not None:
            if form.entries.get("files"):
                form.refuse("Name one file here, or several in files, not both.", "file")
            return {"files": [_uuid(form, form.entries["file"], "file")]}
        if form.entries.get("files") is None:
            return None
        entries = form.entries_of("files", least=0, most=view["max_files"])
        files = [_uuid(form, entry, f"files.{index}") for index, entry in enumerate(entries)]
        form.require_different(files, "files")
        return {"files": files} if files else None

    def grade(self, data: Data, answer: Data | None) -> Grade | None:
        del data
        return None if answer else grade_blank()

    def responses(self, data: Data, answer: Data | None) -> Sequence[str]:
        del data
        return ("answered",) if answer else ()


def _uuid(form: Form, value: Any, key: str) -> str:
    try:
        return str(UUID(value)) if isinstance(value, str) else form.refuse("Enter the id of a file, as text.", key)
    except ValueError:
        form.refuse("Enter the id of a file that you uploaded.", key)
