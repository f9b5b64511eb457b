"""`/files/<id>/download/`: a short-lived address of the bytes, or the way there."""

from typing import Any, Final, cast

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.schema import failure
from apps.core.http.views import BaseViewSet, lookup_of
from apps.files.models import File
from apps.files.permissions import FilePolicy, VersionPolicy, file_open_to
from apps.files.serializers import DownloadSerializer
from apps.files.services.downloads import sign_download
from apps.files.services.versions import UnknownVersion
from apps.files.uses import versions_opened_by_use
from apps.files.views import examples

JSON: Final = "application/json"
REDIRECTED: Final = ("text/html", "application/octet-stream")
# The address opens the bytes to whoever has it, so nobody keeps the answer.
HEADERS: Final = {"Cache-Control": "no-store"}


class AnyAccepted(DefaultContentNegotiation):
    """Answers in JSON whatever is accepted: who accepts pages or bytes is sent on instead."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        del request, format_suffix
        return renderers[0], renderers[0].media_type


class DownloadQuerySerializer(serializers.Serializer[Any]):
    """What may stand in the address."""

    version = serializers.IntegerField(required=False, min_value=1, max_value=2_147_483_647)
    inline = serializers.BooleanField(required=False, default=False)


class DownloadViewSet(BaseViewSet):
    """The way to a file's bytes, for who may see the file."""

    policy = FilePolicy
    queryset = File.objects.all()
    serializer_class = DownloadSerializer
    content_negotiation_class = AnyAccepted

    @extend_schema(
        summary="Download a file",
        description="A signed address that is good for five minutes, for whoever has it; range requests work there. "
        "Who accepts `text/html` or `application/octet-stream` before JSON, a browser for example, is sent on to it. "
        "Open to who finds the file's folder, and to who may open what it is used in. 409 while the malware scanner "
        "has not cleared it: `scan_pending`, `file_infected`, `scan_failed`.",
        parameters=[
            OpenApiParameter(
                "version",
                int,
                description="A version's number; without it the current one. Others than that are for who may list "
                "the versions, and for who may open what this very one is used in, such as an attempt.",
            ),
            OpenApiParameter(
                "inline", bool, description="Let a browser show it; only types that cannot run as a page are."
            ),
        ],
        responses={
            200: DownloadSerializer,
            302: OpenApiResponse(description="`Location` is the signed address."),
            400: failure("400"),
            409: failure("409"),
        },
        examples=[examples.DOWNLOAD],
    )
    def download(self, request: Request, **kwargs: Any) -> Response:
        query = DownloadQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        file, number = self._opened(query.validated_data.get("version"))
        found = sign_download(file=file, by=self.actor, number=number, inline=query.validated_data["inline"])
        if wants_redirect(request):
            return Response(status=status.HTTP_302_FOUND, headers={"Location": found.url, **HEADERS})
        return Response(DownloadSerializer(found).data, headers=HEADERS)

    def _opened(self, number: int | None) -> tuple[File, int]:
        """Return the file that the URL names, and its version: the current one, unless the actor wants another.

        Who may read the file reads what is current; what was replaced, those alone who may list the versions: it was
        replaced for a reason. A version that is used as such is open to whom its use lets open it.
        """
        lookup = lookup_of(self.kwargs["id"])
        file = file_open_to(self.actor, lookup["id"]) if lookup else None
        if file is not None and (number in {None, file.version_number} or VersionPolicy.can(self.actor, "list", file)):
            return file, number or file.version_number
        numbers = versions_opened_by_use(self.actor, lookup["id"]) if lookup else set()
        wanted = max(numbers, default=None) if number is None else number
        if wanted is not None and wanted in numbers:
            return self.find(File.objects.select_related("blob"), self.kwargs["id"]), wanted
        raise NotFound if file is None else UnknownVersion


def wants_redirect(request: Request) -> bool:
    """Whether the caller prefers a page or bytes to JSON; who takes anything gets JSON."""
    try:
        preferred = cast("HttpRequest", request).get_preferred_type([JSON, *REDIRECTED])
    except ValueError:  # a parameter in an encoding that nobody knows
        return False
    return preferred in REDIRECTED
