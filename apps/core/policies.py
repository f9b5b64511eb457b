"""Policies: who may do what to what. One class per resource, built from one-line predicates.

A predicate answers for an actor and an object. Asked without an object (may they do this at all?), a
predicate about objects does not object: it is asked again once the object is known.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Actor(Protocol):
    """Who acts: an account, or nobody (`is_authenticated` is False)."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def is_authenticated(self) -> bool: ...
    @property
    def is_platform_staff(self) -> bool: ...
    @property
    def permissions(self) -> frozenset[str]: ...


def actor_id_of(actor: Actor | None) -> UUID | None:
    """Return the id of who acts; None for the command line and for the clock."""
    return actor.id if actor else None


class Predicate:
    """A condition on (actor, object), to be joined with `|` and `&`."""

    def __init__(self, test: Callable[[Any, Any], bool]) -> None:
        self.test = test

    def __call__(self, actor: Any, obj: Any = None) -> bool:
        return self.test(actor, obj)

    def __or__(self, other: "Predicate") -> "Predicate":
        return Predicate(lambda actor, obj: self(actor, obj) or other(actor, obj))

    def __and__(self, other: "Predicate") -> "Predicate":
        return Predicate(lambda actor, obj: self(actor, obj) and other(actor, obj))


def on_actor(test: Callable[[Any], bool]) -> Predicate:
    """Make a predicate about the actor alone."""
    return Predicate(lambda actor, _obj: test(actor))


def on_object(test: Callable[[Any, Any], bool]) -> Predicate:
    """Make a predicate about actor and object; without an object it does not object."""
    return Predicate(lambda actor, obj: obj is None or test(actor, obj))


def has(permission: str) -> Predicate:
    """The actor's roles grant `permission` (`courses:write`)."""
    return on_actor(lambda actor: actor.is_authenticated and permission in actor.permissions)


anyone: Final = Predicate(lambda _actor, _obj: True)
nobody: Final = Predicate(lambda _actor, _obj: False)
authenticated: Final = on_actor(lambda actor: actor.is_authenticated)
platform_staff: Final = on_actor(lambda actor: actor.is_authenticated and actor.is_platform_staff)


class Policy:
    """Base of the policies: `rules` maps an action to its predicate; what is not there is refused."""

    rules: ClassVar[Mapping[str, Predicate]] = {}

    @classmethod
    def can(cls, actor: Any, action: str, obj: Any = None) -> bool:
        """Whether `actor` may do `action` to `obj`, or to some object when `obj` is None."""
        return cls.rules.get(action, nobody)(actor, obj)

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        """Narrow `queryset` to what `actor` may know of; the rest answers 404."""
        del actor
        return queryset

    @classmethod
    def variant(cls, actor: Any) -> str | None:
        """Name what `visible` makes of any queryset for `actor`, when many actors share it; else None.

        Lists remember the statements of a variant, so two actors with the same one must see the same rows.
        """
        del actor
        return None
