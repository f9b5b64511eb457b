"""Scales of the school: what turns per cent into letters, or into passed and failed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from apps.core.errors import Conflict, InvalidInput
from apps.core.policies import Actor, actor_id_of
from apps.courses.models import CourseInstructor
from apps.gradebook.choices import ScaleKind
from apps.gradebook.models import Gradebook, GradeScale

MOST_BANDS: Final = 50
LONGEST_LABEL: Final = 50
WRITE_ALL: Final = "assessments:write"
_KEYS: Final = frozenset({"label", "from_percentage", "is_passing"})
_WHOLE: Final = Decimal(100)
_HUNDREDTH: Final = Decimal("0.01")
Problem = dict[str, str]


class InvalidBands(InvalidInput):
    """The bands make no scale; `errors` names each wrong entry."""

    code = "invalid_bands"
    default_detail = "These bands make no scale; see `errors` for each of them."


class GradeScaleTwice(Conflict):
    """The school has a scale of this name."""

    code = "grade_scale_exists"
    default_detail = "There is a scale of this name already."
    default_field = "name"


class ScaleInUse(Conflict):
    """Gradebooks use the scale."""

    code = "scale_in_use"
    default_detail = "Gradebooks of courses use this scale. Choose another one there first."


@transaction.atomic
def create_scale(*, by: Actor | None, name: str, bands: Sequence[Any], kind: str = ScaleKind.LETTER) -> GradeScale:
    """Add a scale to the school.

    Args:
        by: who makes it.
        name: once in the school.
        bands: best first, the last from 0: each `{"label", "from_percentage", "is_passing"}`.
        kind: of letters, or of passed and failed: the latter has two bands.

    Raises:
        InvalidBands, GradeScaleTwice: nothing was created.
    """
    scale = GradeScale(name=name, kind=kind, bands=checked_bands(kind, bands), created_by_id=actor_id_of(by))
    _save(scale, is_new=True)
    return scale


@transaction.atomic
def change_scale(*, scale: GradeScale, by: Actor | None, **changes: Any) -> GradeScale:
    """Change a scale: any of `name`, `kind`, `bands`. Grades that are frozen keep their labels.

    Raises:
        InvalidBands, GradeScaleTwice: nothing was changed.
        ScaleInUse: the bands would change in courses of others, and the actor does not keep all gradebooks.
    """
    scale = GradeScale.objects.select_for_update().get(id=scale.id)
    bands = checked_bands(changes.get("kind", scale.kind), changes.get("bands", scale.bands))
    if bands != scale.bands and _is_used_beyond(scale, by):
        detail = "Courses that you do not teach use this scale, so its bands stay. Make another scale for yours."
        raise ScaleInUse(detail, field="bands")
    for name, value in (changes | {"bands": bands}).items():
        setattr(scale, name, value)
    scale.version += 1
    _save(scale, is_new=False)
    return scale


@transaction.atomic
def delete_scale(*, scale: GradeScale, by: Actor | None) -> None:
    """Delete a scale that no gradebook uses.

    Raises:
        ScaleInUse: one does.
    """
    del by
    list(GradeScale.objects.select_for_update().filter(id=scale.id))
    try:
        scale.delete()
    except ProtectedError as error:
        raise ScaleInUse from error


def checked_bands(kind: str, bands: Any) -> list[dict[str, Any]]:
    """Return the bands as they are stored.

    Raises:
        InvalidBands: with one error per wrong entry (`bands.2.from_percentage`).
    """
    if not isinstance(bands, list) or not 1 <= len(bands) <= MOST_BANDS:
        raise InvalidBands(_SIZE, field="bands")
    if kind == ScaleKind.PASS_FAIL and len(bands) != len(_PASS_FAIL):
        raise InvalidBands(_TWO, field="bands")
    problems: list[Problem] = []
    clean = [_checked_band(band, f"bands.{place}", problems) for place, band in enumerate(bands)]
    if not problems:
        problems = [*_out_of_order(clean), *_ambiguous(clean), *_passing_below_failing(kind, clean)]
    if problems:
        raise InvalidBands(extra={"errors": problems})
    return clean


_SIZE: Final = f"A scale is a list of 1 to {MOST_BANDS} bands."
_TWO: Final = "A scale of passed and failed has exactly two bands."
_PASS_FAIL: Final = (True, False)


def _checked_band(band: Any, place: str, problems: list[Problem]) -> dict[str, Any]:
    """Return one band in its stored form; note what is wrong with it by itself."""
    if not isinstance(band, Mapping):
        problems.append(_problem(place, "A band is an object of label, from_percentage and is_passing."))
        return {}
    strange = sorted(str(key)[:LONGEST_LABEL] for key in band.keys() - _KEYS)
    problems += [_problem(f"{place}.{key}", "A band has no such entry.") for key in strange]
    label, is_passing = band.get("label"), band.get("is_passing")
    if not isinstance(label, str) or not label.strip() or len(label) > LONGEST_LABEL or "\x00" in label:
        problems.append(_problem(f"{place}.label", f"Enter a label of 1 to {LONGEST_LABEL} characters."))
    if not isinstance(is_passing, bool):
        problems.append(_problem(f"{place}.is_passing", "Say true or false."))
    from_percentage = _percentage(band.get("from_percentage"))
    if from_percentage is None:
        message = "Enter a number from 0 to 100, with at most two decimals."
        problems.append(_problem(f"{place}.from_percentage", message))
    return {
        "label": label.strip() if isinstance(label, str) else "",
        "from_percentage": f"{from_percentage or 0:.2f}",
        "is_passing": is_passing,
    }


def _percentage(value: Any) -> Decimal | None:
    """Return a number of per cent in hundredths; None: it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return None
    try:
        number = Decimal(str(value)[:LONGEST_LABEL])
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= _WHOLE or number != number.quantize(_HUNDREDTH):
        return None
    return number


def _out_of_order(bands: Sequence[dict[str, Any]]) -> list[Problem]:
    begin = [Decimal(band["from_percentage"]) for band in bands]
    problems = [
        _problem(f"bands.{place}.from_percentage", f"The band above begins at {begin[place - 1]}: begin below it.")
        for place in range(1, len(begin))
        if begin[place] >= begin[place - 1]
    ]
    if begin[-1] != 0:
        problems.append(_problem(f"bands.{len(begin) - 1}.from_percentage", "The last band begins at 0."))
    return problems


def _ambiguous(bands: Sequence[dict[str, Any]]) -> list[Problem]:
    labels = [band["label"] for band in bands]
    return [
        _problem(f"bands.{place}.label", "Another band has this label.")
        for place, label in enumerate(labels)
        if label in labels[:place]
    ]


def _passing_below_failing(kind: str, bands: Sequence[dict[str, Any]]) -> list[Problem]:
    passing = [band["is_passing"] for band in bands]
    if kind == ScaleKind.PASS_FAIL and tuple(passing) != _PASS_FAIL:
        wrong = 0 if not passing[0] else 1
        return [
            _problem(f"bands.{wrong}.is_passing", "Of passed and failed the first passes, and the second does not.")
        ]
    return [
        _problem(f"bands.{place}.is_passing", "This band would pass, and a better one does not.")
        for place in range(1, len(passing))
        if passing[place] and not passing[place - 1]
    ]


def _problem(field: str, detail: str) -> Problem:
    return {"field": field, "code": InvalidBands.code, "detail": detail}


def _is_used_beyond(scale: GradeScale, by: Actor | None) -> bool:
    """Whether the scale counts in courses whose gradebooks the actor does not keep."""
    if by is None or by.id is None or WRITE_ALL in by.permissions:
        return False
    taught = CourseInstructor.objects.filter(user_id=by.id).values("course_id")
    return Gradebook.objects.filter(scale=scale).exclude(course_id__in=taught).exists()


def _save(scale: GradeScale, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            scale.save(force_insert=is_new)
    except IntegrityError as error:
        raise GradeScaleTwice from error
