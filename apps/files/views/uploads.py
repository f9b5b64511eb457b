"""`/files/uploads/`: room is reserved here, the bytes go to the object store, and the end is told here."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.views import CreateMixin, DestroyMixin, RetrieveMixin
from apps.files.choices import UploadState
from apps.files.models import File, Folder, Upload
from apps.files.permissions import FilePolicy, UploadPolicy, may_write_in
from apps.files.serializers import (
    FileNotChangeable,
    FolderNotWritable,
    NewUploadSerializer,
    UploadSerializer,
)
from apps.files.services.upload_parts import parts_of
from apps.files.services.uploads import abort_upload, complete_upload, reserve_upload
from apps.files.views import upload_examples


@extend_schema_view(
    create=extend_schema(
        summary="Reserve an upload",
        description="Send each of `parts` with its `method` to its `url`, with exactly its `headers`, and then "
        "complete the upload. Below 64 MB there is one part. The addresses are good for an hour, the reservation for "
        "a day: GET the upload for new ones, and for what has arrived. Errors: `quota_exceeded` (409, `quota` says "
        "whose), `too_many_uploads` (409: 100 of one person are open at a time), `file_too_large` (413), `name_taken` "
        "(409), `invalid_name`, `unknown_folder`, `unknown_file`.",
        request=NewUploadSerializer,
        responses={201: UploadSerializer},
        examples=[upload_examples.NEW_UPLOAD, upload_examples.UPLOAD],
    ),
    retrieve=extend_schema(
        summary="Show an upload",
        description="Where it stands, which parts have arrived, and fresh addresses for the others.",
        responses=UploadSerializer,
        examples=[upload_examples.UPLOAD],
    ),
    destroy=extend_schema(
        summary="Abort an upload", description="What has arrived is deleted, and the room is free again."
    ),
)
class UploadViewSet(CreateMixin, RetrieveMixin, DestroyMixin):
    """The caller's own uploads."""

    policy = UploadPolicy
    queryset = Upload.objects.all()
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return NewUploadSerializer if self.action == "create" else UploadSerializer

    def perform_create(self, serializer: Any) -> Upload:
        return reserve_upload(by=self.actor, now=timezone.now(), **serializer.validated_data)

    def perform_destroy(self, instance: Upload) -> None:
        abort_upload(upload=instance, by=self.actor)

    @extend_schema(
        summary="Complete an upload",
        description="Size and SHA-256 are compared with what the store has, and the content is checked: now, or for "
        "larger files by a worker (202, state `processing`: GET the upload until it is `completed` or `failed`). "
        "Errors: `upload_incomplete` (409; the upload stays open), `size_mismatch`, `checksum_mismatch` and those of "
        "the content, such as `type_not_allowed` (the upload has failed), `upload_completed` (409, `file` says what "
        "became of it), `upload_expired`, `upload_aborted`, `upload_processing`.",
        request=None,
        responses={200: UploadSerializer, 202: UploadSerializer},
        examples=[upload_examples.COMPLETED, upload_examples.PROCESSING],
    )
    def complete(self, request: Request, **kwargs: Any) -> Response:
        upload = self.get_object()
        self._require_still_allowed(upload)
        done = complete_upload(upload=upload, by=self.actor, now=timezone.now())
        is_done = done.state == UploadState.COMPLETED
        return self.answer(done, status_code=status.HTTP_200_OK if is_done else status.HTTP_202_ACCEPTED)

    def _require_still_allowed(self, upload: Upload) -> None:
        """Who lost the right to the place since the reservation does not get there by it."""
        folder = Folder.objects.filter(id=upload.folder_id).first() if upload.folder_id else None
        if folder is not None and not may_write_in(self.actor, folder):
            raise FolderNotWritable
        files = File.objects.select_related("folder")
        file = files.filter(id=upload.replaces_id).first() if upload.replaces_id else None
        if file is not None and not FilePolicy.can(self.actor, "partial_update", file):
            raise FileNotChangeable

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer with the upload and its parts, as the store has them now."""
        obj.parts = parts_of(obj, now=timezone.now())
        return Response(UploadSerializer(obj).data, status=status_code)
