"""Avatars, for `<img>`."""

from drf_spectacular.utils import extend_schema, extend_schema_view

from apps.core.capabilities import Capability
from apps.core.errors import NotFound
from apps.core.http.pictures import ANSWERS, TOKEN, Picture, PictureViewSet, refuse_closed
from apps.core.images import WEBP
from apps.core.models import Tenant
from apps.users.avatars import PURPOSE, SIDES, avatar_key, avatar_place
from apps.users.models import User
from apps.users.permissions import AvatarPolicy


@extend_schema_view(
    retrieve=extend_schema(
        summary="Show an avatar",
        description="By an address that came with an account: it needs no login, holds for a day at least, and leads "
        "to the picture in the store.",
        parameters=[TOKEN],
        responses=ANSWERS,
        auth=[],
    )
)
class AvatarViewSet(PictureViewSet):
    """The picture of an account. One that was replaced or taken away is no longer in the store."""

    policy = AvatarPolicy
    queryset = User.objects.none()
    purpose = PURPOSE

    def find_picture(self, capability: Capability, *, takes_avif: bool) -> Picture:
        del takes_avif  # drawn in one format
        side = SIDES.get(capability.kind)
        if side is None:
            raise NotFound
        if capability.tenant_id is not None:
            status = Tenant.objects.filter(id=capability.tenant_id).values_list("status", flat=True).first()
            if status is None:
                raise NotFound
            refuse_closed(status)
        return Picture(avatar_key(avatar_place(capability.tenant_id, capability.subject_id), side), WEBP)
