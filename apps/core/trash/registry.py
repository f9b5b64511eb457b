"""What an app says about its models that go to the trash. Filled at start-up, from each app's `handlers` module.

A model needs no registration to be trashable; it registers to have a name for people, or to react:

    register_trashable(File, label="file", after_trash=refuse_files_in_use, before_purge=release_room)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from apps.core.policies import Actor
from apps.core.trash.models import TrashableModel

# Gets the rows of one model that go, come back or are deleted for good, and who does it (None: the clock). It runs in
# the service's transaction with the trash in sight; what it raises leaves everything as it was.
Hook = Callable[[QuerySet[Any], Actor | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trashable:
    """How one model behaves on its way to the trash and back.

    Args:
        model: the model.
        label: what people call such a row: `folder`.
        after_trash: the rows have gone to the trash; a `DomainError` keeps them from going.
        after_restore: the rows are back.
        before_purge: the rows, and what hangs on them, are about to be deleted for good.
    """

    model: type[TrashableModel]
    label: str
    after_trash: Hook | None = None
    after_restore: Hook | None = None
    before_purge: Hook | None = None


_registered: dict[type[TrashableModel], Trashable] = {}


def register_trashable(
    model: type[TrashableModel],
    *,
    label: str = "",
    after_trash: Hook | None = None,
    after_restore: Hook | None = None,
    before_purge: Hook | None = None,
) -> None:
    """Say how `model` is called and what happens around its deletion; see `Trashable`.

    Raises:
        ValueError: the model is registered already.
    """
    if model in _registered:
        message = f"{model._meta.label} is registered for the trash already."
        raise ValueError(message)
    _registered[model] = Trashable(
        model=model,
        label=label or str(model._meta.verbose_name),
        after_trash=after_trash,
        after_restore=after_restore,
        before_purge=before_purge,
    )


def trashable_of(model: type[TrashableModel]) -> Trashable:
    """Return what was registered for `model`, or the defaults."""
    return _registered.get(model) or Trashable(model=model, label=str(model._meta.verbose_name))


def trashable_models() -> Iterator[type[TrashableModel]]:
    """Yield every model whose rows go to the trash."""
    for model in apps.get_models():
        if issubclass(model, TrashableModel):
            yield model


def kind_of(model: type[TrashableModel]) -> str:
    """Return the `TrashEntry.kind` of rows of `model`: `files.folder`."""
    return model._meta.label_lower


def model_of(kind: str) -> type[TrashableModel] | None:
    """Return the model of a kind; None when the code no longer has it."""
    return next((model for model in trashable_models() if kind_of(model) == kind), None)


def label_of(kind: str) -> str:
    """Return what people call a row of this kind."""
    model = model_of(kind)
    return trashable_of(model).label if model else kind
