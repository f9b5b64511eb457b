"""Roles as sets of permissions; a permission is `<resource>:<verb>`.

`read` means all rows of the resource in the tenant; what a person may read of their own needs none.
"""

from collections.abc import Iterable
from typing import Final

from apps.users.choices import Role

_READ_ALL: Final = frozenset(
    {
        "users:read", "groups:read", "courses:read", "enrollments:read", "progress:read",
        "certificates:read", "settings:read", "events:read", "assessments:read", "files:read", "trash:read",
    }
)  # fmt: skip

PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    Role.LEARNER: frozenset({"enrollments:self", "files:upload"}),
    Role.INSTRUCTOR: frozenset(
        {"enrollments:self", "courses:author", "users:read", "groups:read", "files:upload", "files:staff"}
    ),
    Role.PRINCIPAL: _READ_ALL,
    Role.ADMIN: _READ_ALL
    | frozenset(
        {
            "users:write", "groups:write", "courses:author", "courses:write", "enrollments:self", "enrollments:write",
            "progress:write", "certificates:write", "settings:write", "events:write",
            "files:upload", "files:staff", "files:write", "trash:write", "assessments:write",
            "jobs:read", "jobs:write",
        }
    ),
}  # fmt: skip

ALL_PERMISSIONS: Final = frozenset().union(*PERMISSIONS.values())
BACK_OFFICE_ROLES: Final = frozenset({Role.ADMIN, Role.PRINCIPAL, Role.INSTRUCTOR})


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return the union of what the roles grant."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
