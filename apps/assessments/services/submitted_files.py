"""Files as answers: a learner hands in what they uploaded themselves, of the types and sizes that were asked for.

What counts is a version of the file: the one that an answer was saved with; and when the attempt is handed in, the
current one by then, where it came in time and is what the question takes. Afterwards it stays, whatever becomes of
the file.
"""

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final
from uuid import UUID

from apps.assessments.models import Attempt, AttemptFile
from apps.assessments.question_types import InvalidAnswer
from apps.files.models import File, FileVersion

FILE_UPLOAD: Final = "file_upload"
_MEGABYTE: Final = 1024 * 1024


def require_own_files(slots: Mapping[str, Any], answers: Mapping[str, Any], *, user_id: UUID) -> None:
    """Look at the files that some answers name: one statement, and none where no answer names a file.

    Until the transaction ends nobody deletes them or gives them another content.

    Args:
        slots: of the paper, by question.
        answers: as the questions' types have cleaned them, by question.
        user_id: the learner.

    Raises:
        InvalidAnswer: a file is not the learner's, or not what the question takes; `field` names the question.
    """
    named = {
        question: [UUID(file_id) for file_id in answer["files"]]
        for question, answer in answers.items()
        if answer and slots[question]["question_type"] == FILE_UPLOAD
    }
    if not named:
        return
    wanted = {file_id for files in named.values() for file_id in files}
    held = File.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=wanted, uploaded_by_id=user_id)
    own = {file.id: file for file in held.order_by("id")}
    for question, files in named.items():
        rules = slots[question]["type_specific_data"]
        for file_id in files:
            if problem := _problem_with(own.get(file_id), rules):
                raise InvalidAnswer(problem, field=f"answers.{question}.files")


def _problem_with(file: File | FileVersion | None, rules: Mapping[str, Any]) -> str:
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


def keep_files(attempt: Attempt, answers: Mapping[str, Any]) -> None:
    """Note which files the saved answers name, at their present versions, and let go of those that they do not.

    Three statements, and none where no answer is to a question that asks for files.

    Args:
        attempt: locked by the caller, like the files (see `require_own_files`).
        answers: that have just been stored, by question.
    """
    asked = {slot["question"] for slot in attempt.paper if slot["question_type"] == FILE_UPLOAD} & answers.keys()
    if not asked:
        return
    AttemptFile.objects.filter(attempt_id=attempt.id, question_id__in=asked).delete()
    named = [each for question in asked for each in _named_by(attempt, question, answers[question])]
    numbers = dict(File.objects.filter(id__in=[each.file_id for each in named]).values_list("id", "version_number"))
    for each in named:
        each.version_number = numbers[each.file_id]
    AttemptFile.objects.bulk_create(named)


def _named_by(attempt: Attempt, question: str, answer: Any) -> list[AttemptFile]:
    """Return what an answer names; its version is for the caller to say."""
    files = answer["files"] if answer else []
    return [AttemptFile(attempt_id=attempt.id, question_id=UUID(question), file_id=UUID(each)) for each in files]


def pin_files(attempt: Attempt, answers: Mapping[str, Any], *, until: datetime | None = None) -> list[dict[str, Any]]:
    """Settle which versions of its files an attempt hands in; return them, for the journal.

    That is the current one, where it came in time and is what the question takes; else the one that was there when
    the answer was saved. Four statements, and none for a paper that asks for no file.

    Args:
        attempt: locked by the caller.
        answers: with which it is handed in, by question.
        until: only what was uploaded by then counts; None: what is there now.

    Returns:
        for each file `{"question", "file", "version", "sha256"}`.
    """
    slots = {slot["question"]: slot for slot in attempt.paper if slot["question_type"] == FILE_UPLOAD}
    if not slots:
        return []
    named = [each for question in slots for each in _named_by(attempt, question, answers.get(question))]
    rows = {(row.question_id, row.file_id): row for row in AttemptFile.objects.filter(attempt_id=attempt.id)}
    found = FileVersion.objects.filter(file__in=[each.file_id for each in named]).select_related("file", "blob")
    versions = {(version.file_id, version.number): version for version in found}
    current = {version.file_id: versions[version.file_id, version.file.version_number] for version in found}
    named = [each for each in named if each.file_id in current]
    for each in named:
        saved, now = rows.get((each.question_id, each.file_id)), current[each.file_id]
        is_in_time = until is None or now.created_at <= until
        is_fit = is_in_time and not _problem_with(now, slots[str(each.question_id)]["type_specific_data"])
        each.version_number = now.number if saved is None or is_fit else saved.version_number
    AttemptFile.objects.filter(attempt_id=attempt.id).delete()
    AttemptFile.objects.bulk_create(named)
    return [
        {
            "question": each.question_id,
            "file": each.file_id,
            "version": each.version_number,
            "sha256": versions[each.file_id, each.version_number].blob.sha256,
        }
        for each in named
    ]
