"""Modules of a course."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, F, IntegerField, Max, Value, When
from django.db.models.functions import Now

from apps.core.errors import InvalidInput, NotFound
from apps.courses.models import Course, Module
from apps.courses.services.ordering import check_permutation, next_order
from apps.courses.services.structure import changing_structure
from apps.users.models import User

CHANGEABLE: Final = frozenset({"title", "description", "order", "is_published"})


def create_module(
    *, course: Course, by: User, title: str, description: str = "", order: int | None = None, is_published: bool = True
) -> Module:
    """Add a module to the course; without `order`, behind the others."""
    del by
    with changing_structure(course.id) as locked:
        if order is None:
            order = next_order(Module.objects.filter(course=locked).aggregate(last=Max("order"))["last"])
        return Module.objects.create(
            course=locked, title=title, description=description, order=order, is_published=is_published
        )


def change_module(*, module: Module, by: User, **changes: Any) -> Module:
    """Change fields of the module (any of `CHANGEABLE`).

    Raises:
        NotFound: it was deleted meanwhile.
    """
    del by
    if unknown := changes.keys() - CHANGEABLE:
        message = f"These cannot be set: {', '.join(sorted(unknown))}."
        raise InvalidInput(message)
    with changing_structure(module.course_id):
        module = _fresh(module.id)
        for name, value in changes.items():
            setattr(module, name, value)
        module.version += 1
        module.save(update_fields=[*changes, "version", "updated_at"])
    return module


def _fresh(module_id: UUID) -> Module:
    module = Module.objects.filter(id=module_id).first()
    if module is None:
        raise NotFound
    return module


def delete_module(*, module: Module, by: User) -> None:
    """Delete the module with all its items and what learners had done in them."""
    del by
    with changing_structure(module.course_id):
        _fresh(module.id).delete()


def reorder_modules(*, course: Course, ids: Sequence[UUID], by: User) -> None:
    """Put the modules of the course in the order of `ids`.

    Raises:
        InvalidOrder: `ids` is no permutation of the course's modules.
    """
    del by
    with changing_structure(course.id):
        modules = Module.objects.filter(course_id=course.id)
        check_permutation(list(modules.order_by("order", "id").values_list("id", flat=True)), ids)
        modules.update(order=positions(ids), version=F("version") + 1, updated_at=Now())


def positions(ids: Sequence[UUID]) -> Case:
    """Return the expression that gives each row its place in `ids`."""
    places = [When(id=identifier, then=Value(place)) for place, identifier in enumerate(ids)]
    return Case(*places, default=F("order"), output_field=IntegerField())
