"""Who may do what to accounts, sessions, invitations and groups."""

from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Model, QuerySet

from apps.core.policies import Policy, anyone, authenticated, has

M = TypeVar("M", bound=Model)

READ_USERS: Final = "users:read"
WRITE_USERS: Final = "users:write"
READ_GROUPS: Final = "groups:read"
WRITE_GROUPS: Final = "groups:write"


class AuthPolicy(Policy):
    """Coming in and going out: the services decide by what they are shown, a password or a token."""

    rules: ClassVar = {
        "log_in": anyone,
        "refresh": anyone,
        "log_out": anyone,
        "register": anyone,
        "switch": authenticated,
    }


class SessionPolicy(Policy):
    """Everybody sees and ends their own sessions, and nobody else's."""

    rules: ClassVar = {"list": authenticated, "destroy": authenticated, "destroy_others": authenticated}

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        return queryset.filter(user_id=actor.id)


class ProfilePolicy(Policy):
    """Everybody reads and changes their own profile and password."""

    rules: ClassVar = {
        "retrieve": authenticated,
        "partial_update": authenticated,
        "change_password": authenticated,
    }


class AvatarPolicy(Policy):
    """Whoever has the address of a picture may see it."""

    rules: ClassVar = {"retrieve": anyone}


class UserPolicy(Policy):
    """Staff of the school see its accounts; admins change them (the services refuse what goes too far)."""

    rules: ClassVar = {
        "list": has(READ_USERS),
        "retrieve": has(READ_USERS),
        "create": has(WRITE_USERS),
        "partial_update": has(WRITE_USERS),
        "destroy": has(WRITE_USERS),
        "suspend": has(WRITE_USERS),
        "activate": has(WRITE_USERS),
        "set_roles": has(WRITE_USERS),
    }


class InvitationPolicy(Policy):
    """Whoever may create accounts may invite."""

    rules: ClassVar = {
        "list": has(WRITE_USERS),
        "retrieve": has(WRITE_USERS),
        "create": has(WRITE_USERS),
        "destroy": has(WRITE_USERS),
    }


class GroupPolicy(Policy):
    """Groups, and who is in them."""

    rules: ClassVar = {
        "list": has(READ_GROUPS),
        "retrieve": has(READ_GROUPS),
        "create": has(WRITE_GROUPS),
        "partial_update": has(WRITE_GROUPS),
        "destroy": has(WRITE_GROUPS),
    }
