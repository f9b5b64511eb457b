"""The files that answers name, each as the version that counts."""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import F

from apps.assessments.models import Attempt, AttemptFile

FILE_UPLOAD: Final = "file_upload"
HandedIn: TypeAlias = dict[tuple[UUID, str], list[dict[str, Any]]]


def files_of(attempt: Attempt) -> HandedIn:
    """Return the files of one attempt: one statement, and none where its paper asks for no file."""
    if not any(slot["question_type"] == FILE_UPLOAD for slot in attempt.paper):
        return {}
    return handed_in_files([attempt.id])


def handed_in_files(attempt_ids: Iterable[UUID]) -> HandedIn:
    """Return the files of these attempts by attempt and question: one statement, and none for no attempts.

    Each is `{"file", "version_number", "name", "media_type", "size_bytes"}`, of the version that counts.
    """
    ids = set(attempt_ids)
    if not ids:
        return {}
    rows = AttemptFile.objects.filter(attempt_id__in=ids, file__versions__number=F("version_number")).order_by("id")
    found: HandedIn = {}
    for attempt_id, question_id, file_id, number, name, media_type, size_bytes in rows.values_list(
        "attempt_id",
        "question_id",
        "file_id",
        "version_number",
        "file__versions__name",
        "file__versions__media_type",
        "file__versions__size_bytes",
    ):
        file = {
            "file": str(file_id),
            "version_number": number,
            "name": name,
            "media_type": media_type,
            "size_bytes": size_bytes,
        }
        found.setdefault((attempt_id, str(question_id)), []).append(file)
    return found
