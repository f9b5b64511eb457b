"""`manage.py check` names models that can't go to the trash."""

from typing import Any, ClassVar

import pytest
from django.db import models
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from apps.core.trash.checks import check_trashable_model, check_trashable_models
from apps.core.trash.models import NOT_IN_TRASH, TrashableModel


def found(model: type[models.Model]) -> list[str]:
    return [message.id or "" for message in check_trashable_model(model)]


def model_with(constraint: Any = None, *, field: Any = None, indexes: list[Any] | None = None, **meta: Any) -> Any:
    """Return a model called Thing with `name`, this constraint and these options."""
    is_found = models.Index(fields=["tenant", "trash_entry"], name="thing_in_trash")

    class Thing(TrashableModel):
        name = field or models.CharField(max_length=10)

        class Meta(TrashableModel.Meta):
            app_label = "core"
            constraints: ClassVar = [constraint] if constraint else []
            indexes: ClassVar = [is_found]

        def __str__(self) -> str:
            return self.name

    Thing._meta.indexes = [is_found] if indexes is None else indexes
    for option, value in meta.items():
        setattr(Thing._meta, option, value)
    return Thing


@pytest.mark.parametrize(
    "constraint",
    [
        None,
        models.UniqueConstraint("tenant", Lower("name"), condition=NOT_IN_TRASH, name="a"),
        models.UniqueConstraint(fields=["name"], condition=NOT_IN_TRASH & ~models.Q(name=""), name="b"),
        models.UniqueConstraint(fields=["tenant", "id"], name="c"),
        models.CheckConstraint(condition=~models.Q(name=""), name="d"),
    ],
    ids=["none", "expressions", "with more", "the key itself", "a check"],
)
@isolate_apps("apps.core")
def test_a_model_whose_names_are_free_again_passes(constraint: Any) -> None:
    assert found(model_with(constraint)) == []


@pytest.mark.parametrize(
    "constraint",
    [
        models.UniqueConstraint(fields=["tenant", "name"], name="a"),
        models.UniqueConstraint(fields=["name"], condition=~models.Q(name=""), name="b"),
        models.UniqueConstraint(fields=["name"], condition=NOT_IN_TRASH | models.Q(name=""), name="c"),
        models.UniqueConstraint(fields=["name"], condition=~NOT_IN_TRASH, name="d"),
    ],
    ids=["unconditional", "another condition", "or", "not"],
)
@isolate_apps("apps.core")
def test_a_name_that_the_trash_would_keep_is_an_error(constraint: Any) -> None:
    assert found(model_with(constraint)) == ["trash.E001"]


@isolate_apps("apps.core")
def test_so_is_one_of_a_field() -> None:
    assert found(model_with(field=models.CharField(max_length=10, unique=True))) == ["trash.E001"]


@isolate_apps("apps.core")
def test_so_is_one_of_fields_together() -> None:
    assert found(model_with(unique_together=(("tenant", "name"),))) == ["trash.E001"]


@isolate_apps("apps.core")
def test_a_deletion_must_be_found_by_an_index() -> None:
    assert found(model_with(indexes=[models.Index(fields=["tenant", "name"], name="n")])) == ["trash.E002"]


def test_the_models_pass() -> None:
    assert check_trashable_models(None) == []
