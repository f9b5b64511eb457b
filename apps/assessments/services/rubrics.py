"""Rubrics: criteria in versions, for the questions that people grade.

A question names a rubric; a paper names the version of the moment at which it was made. Whatever becomes of the
rubric afterwards, the answers on that paper are graded by what held when the learner began.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, ProtectedError

from apps.assessments.models import QuestionVersion, Rubric, RubricVersion
from apps.assessments.services.criteria import clean_criteria, most_of
from apps.core.errors import Conflict, InvalidInput
from apps.core.policies import Actor, actor_id_of

# The types whose answers wait for a person, in one mode of grading or another.
GRADED_BY_PEOPLE: Final = frozenset({"essay", "file_upload", "code", "short_answer"})


class RubricUsed(Conflict):
    """Questions are graded by the rubric."""

    code = "rubric_used"
    default_detail = "Questions name this rubric. Archive it instead: PATCH is_archived to true."


class RubricArchived(Conflict):
    """The rubric is for no new question."""

    code = "rubric_archived"
    default_field = "rubric"
    default_detail = "This rubric is archived. Take it out of the archive first: PATCH is_archived to false."


class NotForType(InvalidInput):
    """No person grades such a question."""

    code = "rubric_not_for_type"
    default_field = "rubric"
    default_detail = f"A rubric goes with what people grade: {', '.join(sorted(GRADED_BY_PEOPLE))}."


class RubricGone(InvalidInput):
    """The rubric was deleted a moment ago."""

    code = "does_not_exist"
    default_field = "rubric"
    default_detail = "There is no such object."


@transaction.atomic
def create_rubric(*, by: Actor | None, title: str, criteria: Any, **fields: Any) -> RubricVersion:
    """Make a rubric; return its first version, with the rubric.

    Args:
        by: its author.
        title: what people call it.
        criteria: see `clean_criteria`.
        fields: any of `description`, `is_shared`, `is_archived`.

    Raises:
        InvalidRubric: the criteria do not hold; `field` names the entry.
    """
    checked = clean_criteria(criteria)
    rubric = Rubric(title=title, created_by_id=actor_id_of(by), **fields)
    rubric.save(force_insert=True)
    return _add_version(rubric, checked, by)


@transaction.atomic
def change_rubric(*, rubric: Rubric, by: Actor | None, **changes: Any) -> RubricVersion:
    """Change a rubric; return its current version, with the rubric.

    Other criteria make a new version, by which the papers are graded that are made from now on.

    Args:
        rubric: which one.
        by: who changes it.
        changes: any of `title`, `description`, `criteria`, `is_shared`, `is_archived`.

    Raises:
        InvalidRubric: the criteria do not hold; nothing was changed.
    """
    wanted = clean_criteria(changes.pop("criteria")) if "criteria" in changes else None
    rubric = Rubric.objects.select_for_update(no_key=True).get(id=rubric.id)
    current = RubricVersion.objects.get(rubric=rubric, number=rubric.version_number)
    for name, value in changes.items():
        setattr(rubric, name, value)
    if wanted is not None and wanted != current.criteria:
        rubric.version_number += 1
        current = _add_version(rubric, wanted, by)
    rubric.version += 1
    rubric.save()
    current.rubric = rubric
    return current


def _add_version(rubric: Rubric, criteria: Sequence[Mapping[str, Any]], by: Actor | None) -> RubricVersion:
    return RubricVersion.objects.create(
        rubric=rubric,
        number=rubric.version_number,
        criteria=criteria,
        max_points=most_of([dict(criterion) for criterion in criteria]),
        created_by_id=actor_id_of(by),
    )


@transaction.atomic
def delete_rubric(*, rubric: Rubric, by: Actor | None) -> None:
    """Delete a rubric that no question names, or has named on a paper.

    Raises:
        RubricUsed: one does.
    """
    del by
    locked = Rubric.objects.select_for_update().get(id=rubric.id)
    try:
        locked.delete()
    except ProtectedError as error:
        raise RubricUsed from error


def require_rubric(rubric: Rubric) -> None:
    """Require that a question may begin to name the rubric, which nobody deletes until the transaction ends.

    Raises:
        RubricGone: it was deleted.
        RubricArchived: it is for no new question.
    """
    held = Rubric.objects.select_for_update(no_key=True).filter(id=rubric.id).first()
    if held is None:
        raise RubricGone
    if held.is_archived:
        raise RubricArchived


def name_rubrics(slots: Sequence[Any], versions: Mapping[UUID, QuestionVersion]) -> None:
    """Write into the slots of a new paper by which versions of rubrics people will grade: one statement, or none.

    Args:
        slots: of the paper; changed in place.
        versions: what they ask, by question.
    """
    wanted = {version.rubric_id for version in versions.values() if version.rubric_id}
    if not wanted:
        return
    current = RubricVersion.objects.filter(rubric_id__in=wanted, number=F("rubric__version_number"))
    ids = dict(current.values_list("rubric_id", "id"))
    for slot in slots:
        version = versions[UUID(slot["question"])]
        if version.rubric_id:
            slot["rubric"] = str(ids[version.rubric_id])
            slot["shows_rubric"] = version.shows_rubric
