"""`ETag` and `If-Match` on what people edit together: nobody overwrites what they have not seen."""

from typing import Any

from rest_framework.request import Request

from apps.core.errors import DomainError


class PreconditionFailed(DomainError):
    """Somebody else changed the resource since the caller read it."""

    status = 412
    code = "precondition_failed"
    default_detail = "The resource has changed since you read it. Read it again and repeat your change."


def etag_of(obj: Any) -> str | None:
    """Return the entity tag of an object with a `version` counter; None for one without."""
    version = getattr(obj, "version", None)
    return None if version is None else f'"{version}"'


def require_match(request: Request, obj: Any) -> None:
    """Refuse the change unless `If-Match`, when it is sent, names the present version.

    Raises:
        PreconditionFailed: the tag is another one.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    if etag_of(obj) not in tags:
        raise PreconditionFailed
