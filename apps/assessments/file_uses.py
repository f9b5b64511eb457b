"""Which files attempts hang on, and whom that lets open them: asked by `apps.files.uses`."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from apps.assessments.choices import AttemptStatus
from apps.assessments.models import Attempt, AttemptFile
from apps.assessments.permissions import AttemptPolicy
from apps.files.uses import FileUse

ATTEMPT: Final = "attempt"


class HandedInFiles:
    """Files that answers name: of running attempts, and of those that are handed in."""

    def uses(self, file_ids: Collection[UUID], /) -> list[FileUse]:
        """Return the attempts that name these files, by title of the assessment: one statement."""
        rows = AttemptFile.objects.filter(file_id__in=file_ids).order_by("attempt__assessment__title", "attempt_id")
        named = rows.values_list("file_id", "attempt_id", "attempt__assessment__title").distinct()
        return [FileUse(file_id=file, kind=ATTEMPT, id=attempt, title=title) for file, attempt, title in named]

    def opens(self, actor: Any, file_id: UUID, /) -> bool:
        """Say no: an attempt hangs on one version of a file, not on what it becomes."""
        del actor, file_id
        return False

    def opens_versions(self, actor: Any, file_id: UUID, /) -> set[int]:
        """Return what `actor` may open: learners, what they name themselves; graders, what is handed in.

        One statement.
        """
        is_open = Q(user_id=actor.id) | ~Q(status=AttemptStatus.IN_PROGRESS)
        attempts = AttemptPolicy.visible(actor, Attempt.objects.filter(is_open)).values("id")
        rows = AttemptFile.objects.filter(file_id=file_id, attempt__in=attempts)
        return set(rows.values_list("version_number", flat=True))
