"""Files as answers: a learner hands in what they uploaded themselves, of the types and sizes that were asked for."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final
from uuid import UUID

from apps.assessments.question_types import InvalidAnswer
from apps.files.models import File

FILE_UPLOAD: Final = "file_upload"
_MEGABYTE: Final = 1024 * 1024


def require_own_files(slots: Mapping[str, Any], answers: Mapping[str, Any], *, user_id: UUID) -> None:
    """Look at the files that some answers name: one statement, and none where no answer names a file.

    Args:
        slots: of the paper, by question.
        answers: as the questions' types have cleaned them, by question.
        user_id: the learner.

    Raises:
        InvalidAnswer: a file is not the learner's, or not what the question takes; `field` names the question.
    """
    named = {
        question: answer["files"]
        for question, answer in answers.items()
        if answer and slots[question]["question_type"] == FILE_UPLOAD
    }
    if not named:
        return
    wanted = [file_id for files in named.values() for file_id in files]
    own = File.objects.filter(id__in=wanted, uploaded_by_id=user_id).in_bulk()
    for question, files in named.items():
        rules = slots[question]["type_specific_data"]
        for file_id in files:
            if problem := _problem_with(own.get(UUID(file_id)), rules):
                raise InvalidAnswer(problem, field=f"answers.{question}.files")


def _problem_with(file: File | None, rules: Mapping[str, Any]) -> str:
    """Return what stands in the way of the file; "" where nothing does."""
    if file is None:
        return "There is no such file among those that you uploaded. Upload it first: POST /api/files/."
    types = rules["allowed_types"]
    if types and not any(fnmatchcase(file.media_type, pattern) for pattern in types):
        return f"{file.name} is of the type {file.media_type}; the question takes {', '.join(types)}."
    most = rules["max_file_mb"]
    if most is not None and file.size_bytes > most * _MEGABYTE:
        return f"{file.name} is larger than {most} MB."
    return ""
