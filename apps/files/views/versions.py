"""`/files/<id>/versions/`: what a file has been."""

from typing import Any

from django.db.models import BooleanField, F, QuerySet
from django.db.models.expressions import ExpressionWrapper
from django.db.models.lookups import Exact
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.idempotency import answer_once
from apps.core.http.streaming import file_of
from apps.core.http.views import ListMixin, lookup_of
from apps.files.models import File, FileVersion
from apps.files.permissions import VersionPolicy
from apps.files.serializers import FileSerializer, FileVersionSerializer, NewVersionSerializer
from apps.files.services.receiving import receive_version
from apps.files.services.versions import restore_version
from apps.files.views import examples, upload_examples
from apps.files.views.receiving import ReceivingMixin

_MOST_DIGITS = 9


@extend_schema_view(
    list=extend_schema(
        summary="List the versions of a file",
        description="Newest first; for who may change the file, and who reads everything.",
        filters=False,
        responses=FileVersionSerializer(many=True),
        examples=[upload_examples.VERSION],
    ),
    create=extend_schema(
        summary="Replace a file by a new version",
        description="A multipart form with the new content as `file`. The file keeps its id, its name and its place, "
        "so whatever it is used in shows the new content; the type must fit the name. Every version counts towards "
        "the quota of who uploaded it.",
        request={"multipart/form-data": NewVersionSerializer},
        responses={201: FileSerializer},
        examples=[examples.FILE],
    ),
)
class FileVersionViewSet(ListMixin, ReceivingMixin):
    """The versions of the file that the URL names."""

    policy = VersionPolicy
    queryset = FileVersion.objects.all()
    serializer_class = FileVersionSerializer
    filter_backends = []

    def file_in_url(self) -> File:
        """Return the file that the URL names, if the actor may do the action to it."""
        lookup = lookup_of(self.kwargs["id"])
        files = VersionPolicy.visible(self.actor, File.objects.select_related("folder", "blob"))
        file: File | None = files.filter(**lookup).first() if lookup else None
        if file is None:
            raise NotFound
        self.check_object_permissions(self.request, file)
        return file

    def get_queryset(self) -> QuerySet[Any]:
        is_current = ExpressionWrapper(Exact(F("number"), F("file__version_number")), output_field=BooleanField())
        versions = FileVersion.objects.filter(file=self.file_in_url()).annotate(is_current=is_current)
        return versions.select_related("blob").order_by("-number", "-id")

    def create(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def _create(self) -> Response:
        file = self.file_in_url()
        received = file_of(self.request)
        changed = receive_version(
            source=received.source, name=received.name, size=received.size, by=self.actor, file=file
        )
        return self.answer_file(changed, status_code=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Make an older version the current one again",
        description="It keeps its number: nothing is copied, and nothing more is counted. The next new version gets "
        "the number after the highest.",
        request=None,
        responses=FileSerializer,
        examples=[examples.FILE],
    )
    def restore(self, request: Request, **kwargs: Any) -> Response:
        number = kwargs["number"]
        file = self.file_in_url()
        if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
            raise NotFound
        return self.answer_file(restore_version(file=file, number=int(number), by=self.actor))
