"""The base of every error that the product raises on purpose.

An app defines its own errors beside the code that raises them; each carries what the error envelope
needs (`apps.core.http.errors`): a stable code, an HTTP status, and the field that is at fault, if one is.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A rule of the product was broken by the caller.

    Args:
        detail: what happened, why, and what to do next; defaults to the class's `default_detail`.
        field: the input field at fault, in wire notation (`modules.0.title`), if there is one.
        extra: further facts for the client, added to the problem document.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid"
    default_detail: ClassVar[str] = "The request could not be carried out."
    default_field: ClassVar[str | None] = None
    # What the service has written before it refused stays, an `Idempotency-Key` or not: say, that a guess was wrong.
    keeps_changes: ClassVar[bool] = False

    def __init__(
        self,
        detail: str | None = None,
        *,
        field: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.detail = detail or self.default_detail
        self.field = field or self.default_field
        self.extra = dict(extra or {})
        super().__init__(self.detail)


class InvalidInput(DomainError):
    """A value is well-formed but not acceptable; `field` says which."""


class PermissionRefused(DomainError):
    """The actor may know of the thing but may not do this to it."""

    status = 403
    code = "permission_denied"
    default_detail = "You do not have permission to perform this action."


class NotFound(DomainError):
    """There is no such thing, or the actor may not know of it."""

    status = 404
    code = "not_found"
    default_detail = "Not found."


class Conflict(DomainError):
    """The request is fine but does not fit the present state."""

    status = 409
    code = "conflict"
    default_detail = "The request does not fit the present state of the resource."


class TenantRequired(DomainError):
    """The request works on a school's data and names no school."""

    code = "tenant_required"
    default_detail = (
        "This works inside of one school, and the request names none. "
        "Use the school's own host, or send its slug as X-Tenant-Slug."
    )
