"""Pictures for `<img>`: browsers send no Authorization header with it, so the address itself is the permission."""

from abc import abstractmethod
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.http import HttpResponseRedirect
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from apps.core.capabilities import Capability, read_capability
from apps.core.choices import TenantStatus
from apps.core.errors import NotFound, PermissionRefused
from apps.core.http.schema import failure
from apps.core.http.views import BaseViewSet
from apps.core.images import AVIF
from apps.core.storage import Delivered, object_store
from apps.core.tenancy.context import tenant_context

# Short, for a store's address holds no longer than the credentials that signed it, and those may be lent for hours.
SECONDS: Final = 3600
_SLACK: Final = 300
TOKEN: Final = OpenApiParameter("token", str, OpenApiParameter.PATH, description="As it came with the picture.")
ANSWERS: Final = {
    (200, "image/webp"): OpenApiResponse(OpenApiTypes.BINARY, "The picture, where the redirect leads."),
    302: OpenApiResponse(description="`Location` is the picture in the store, for an hour."),
    403: failure("403"),
}


class SchoolClosed(PermissionRefused):
    """The school of the picture is suspended or archived."""

    code = "tenant_suspended"
    default_detail = "This school is closed at the moment, and so are its pictures."


class AnyAnswer(DefaultContentNegotiation):
    """Pictures are asked for as pictures, failures come as JSON: no `Accept` is refused."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a picture lies in the store, and for how many seconds a browser may go on asking there."""

    key: str
    media_type: str
    seconds: int = SECONDS


class PictureViewSet(BaseViewSet):
    """Leads the holder of a capability to the picture in the store.

    Subclasses set `purpose` and `queryset`, and find the picture. A capability is good for its own school only:
    elsewhere, and once that school is closed, it opens nothing.
    """

    authentication_classes = ()
    content_negotiation_class = AnyAnswer
    pagination_class = None
    purpose: ClassVar[str]

    def retrieve(self, request: Request, token: str) -> HttpResponseRedirect:
        capability = read_capability(self.purpose, token, now=timezone.now())
        entered: Any = getattr(request, "tenant", None)  # by the host's name, or as somebody of that school
        if entered is not None and entered.id != capability.tenant_id:
            raise NotFound
        with tenant_context(capability.tenant_id) if capability.tenant_id else nullcontext():
            picture = self.find_picture(capability, takes_avif=AVIF in request.headers.get("Accept", ""))
        return _redirect(picture)

    @abstractmethod
    def find_picture(self, capability: Capability, *, takes_avif: bool) -> Picture:
        """Return the picture, inside of its school.

        Raises:
            NotFound: there is none (any more).
            SchoolClosed: its school is.
        """
        ...


def refuse_closed(status: str) -> None:
    """Refuse the pictures of a school in this status, unless its people may log in.

    Raises:
        SchoolClosed: they may not.
    """
    if not TenantStatus(status).allows_login:
        raise SchoolClosed


def _redirect(picture: Picture) -> HttpResponseRedirect:
    delivered = Delivered("picture", picture.media_type, is_inline=True)
    signed = object_store().sign_get(picture.key, delivered, seconds=picture.seconds + _SLACK)
    headers = {
        "Cache-Control": f"private, max-age={picture.seconds}",
        # Front ends of other origins show it; the address is the permission.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept",
    }
    return HttpResponseRedirect(signed.url, headers=headers)
