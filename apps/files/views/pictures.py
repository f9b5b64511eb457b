"""The pictures in files, for `<img>`."""

from typing import Final

from drf_spectacular.utils import extend_schema, extend_schema_view

from apps.core.capabilities import Capability
from apps.core.errors import NotFound
from apps.core.http.pictures import ANSWERS, TOKEN, Picture, PictureViewSet, refuse_closed
from apps.core.http.schema import failure
from apps.core.images import AVIF, WEBP
from apps.files.models import File, ImageVariant
from apps.files.permissions import PicturePolicy
from apps.files.pictures import KINDS, PURPOSE, RASTER_TYPES
from apps.files.services.downloads import require_harmless

# How long a browser makes do with the original where the smaller pictures are still being drawn.
SECONDS_OF_ORIGINAL: Final = 60


class NoPicture(NotFound):
    """The file is gone, lies in the trash, or holds something else by now."""

    code = "no_picture"
    default_detail = "This file holds no picture (any more). Ask for the file again."


@extend_schema_view(
    retrieve=extend_schema(
        summary="Show the picture in a file",
        description="By an address that came with a file or a course: it needs no login, holds for a day at least, "
        "and leads to the picture in the store: AVIF for who accepts it, else WebP; the original while smaller ones "
        "are being drawn. Refused (409) as a download is: `scan_pending`, `file_infected`, `scan_failed`.",
        parameters=[TOKEN],
        responses={**ANSWERS, 409: failure("409")},
        auth=[],
    )
)
class FilePictureViewSet(PictureViewSet):
    """The current picture of a file."""

    policy = PicturePolicy
    queryset = File.objects.none()
    purpose = PURPOSE

    def find_picture(self, capability: Capability, *, takes_avif: bool) -> Picture:
        kind = KINDS.get(capability.kind)
        if kind is None or capability.tenant_id is None:
            raise NoPicture
        file = File.objects.select_related("blob", "tenant").filter(id=capability.subject_id).first()
        if file is None or file.blob.media_type not in RASTER_TYPES:
            raise NoPicture
        refuse_closed(file.tenant.status)
        require_harmless(file.blob)
        drawn = dict(ImageVariant.objects.filter(blob=file.blob, kind=kind).values_list("media_type", "key"))
        media_type = AVIF if takes_avif and AVIF in drawn else WEBP
        if media_type in drawn:
            return Picture(drawn[media_type], media_type)
        return Picture(file.blob.key, file.blob.media_type, seconds=SECONDS_OF_ORIGINAL)
