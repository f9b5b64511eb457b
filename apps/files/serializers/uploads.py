"""Uploads, versions and usage on the wire."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.core.errors import InvalidInput, PermissionRefused
from apps.files.choices import ScanState, UploadState
from apps.files.models import LONGEST_NAME, File, FileVersion, Upload
from apps.files.permissions import FilePolicy
from apps.files.serializers.files import FolderField


class UnknownFile(InvalidInput):
    """There is no such file, or the actor may not know of it."""

    code = "unknown_file"
    default_detail = "There is no such file in this school, or it is not open to you. Choose another one."
    default_field = "replaces"


class FileNotChangeable(PermissionRefused):
    """The actor sees the file but may not change it."""

    code = "file_not_changeable"
    default_detail = "You may read this file but not replace it. Upload yours as a file of its own."
    default_field = "replaces"


class ChangeableFileField(serializers.UUIDField):
    """The id of a file that the actor may change; gives the File. Raises UnknownFile, FileNotChangeable."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        found = super().run_validation(data)
        return self._file(found) if isinstance(found, UUID) else found

    def _file(self, file_id: UUID) -> File:
        actor = self.context["request"].user
        files = FilePolicy.visible(actor, File.objects.filter(id=file_id).select_related("folder"))
        file: File | None = files.first()
        if file is None:
            raise UnknownFile(field=self.field_name)
        if not FilePolicy.can(actor, "partial_update", file):
            raise FileNotChangeable(field=self.field_name)
        return file


class NewFileSerializer(serializers.Serializer[Any]):
    """A file, and where it goes: the fields of a form."""

    file = serializers.FileField(
        use_url=False, allow_empty_file=True, help_text="The bytes, and the name they are to have."
    )
    folder = FolderField(
        required=False, allow_null=True, help_text="Where it goes; without a folder it is private to the caller."
    )


class NewVersionSerializer(serializers.Serializer[Any]):
    """The new content of a file: the field of a form."""

    file = serializers.FileField(
        use_url=False, allow_empty_file=True, help_text="The bytes; the file keeps its own name."
    )


class NewUploadSerializer(serializers.Serializer[Any]):
    """What a client wants to send to the object store."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    size_bytes = serializers.IntegerField(min_value=1, max_value=2**62)
    sha256 = serializers.CharField(max_length=64, help_text="Of the bytes, in hex.")
    media_type = serializers.RegexField(
        r"\A[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+\Z",
        max_length=127,
        required=False,
        help_text="As claimed; the content decides.",
        error_messages={"invalid": "A media type has two halves, such as application/pdf. Send one, or leave it out."},
    )
    folder = FolderField(required=False, allow_null=True, help_text="Where it goes; not for a new version.")
    replaces = ChangeableFileField(required=False, allow_null=True, help_text="The file that gets a new version.")


class UploadPartSerializer(serializers.Serializer[Any]):
    """A piece of the upload, and the request that sends it (null once it has arrived)."""

    number = serializers.IntegerField()
    offset = serializers.IntegerField(help_text="Of its first byte in the file.")
    size_bytes = serializers.IntegerField()
    has_arrived = serializers.BooleanField()
    method = serializers.CharField(source="request.method", allow_null=True, default=None)
    url = serializers.CharField(source="request.url", allow_null=True, default=None)
    headers = serializers.DictField(
        child=serializers.CharField(), source="request.headers", allow_null=True, default=None
    )
    expires_at = serializers.DateTimeField(source="request.expires_at", allow_null=True, default=None)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """An upload: where it stands, and what is to be sent."""

    state = serializers.ChoiceField(choices=UploadState.choices)
    folder = serializers.UUIDField(source="folder_id", allow_null=True)
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)
    file = serializers.UUIDField(source="file_id", allow_null=True, help_text="What became of it, once completed.")
    parts = UploadPartSerializer(many=True, help_text="Empty once nothing more is taken.")

    class Meta:
        model = Upload
        fields = (
            "id", "state", "name", "size_bytes", "media_type", "sha256", "folder", "replaces", "file", "failure_code",
            "failure_detail", "part_size_bytes", "expires_at", "created_at", "parts",
        )  # fmt: skip
        read_only_fields = fields


class FileVersionSerializer(serializers.ModelSerializer[FileVersion]):
    """One of the contents that a file has had."""

    is_current = serializers.BooleanField()
    scan_state = serializers.ChoiceField(choices=ScanState.choices, source="blob.scan_state")
    uploaded_by = serializers.UUIDField(source="uploaded_by_id", allow_null=True)

    class Meta:
        model = FileVersion
        fields = ("number", "name", "size_bytes", "media_type", "is_current", "scan_state", "uploaded_by", "created_at")
        read_only_fields = fields


class UsageSerializer(serializers.Serializer[Any]):
    """How much room is taken, and how much there is; in bytes."""

    used_bytes = serializers.IntegerField(help_text="All versions of all files, those in the trash included.")
    reserved_bytes = serializers.IntegerField(help_text="Set aside for uploads under way.")
    limit_bytes = serializers.IntegerField()
    free_bytes = serializers.IntegerField()


class UsageReportSerializer(serializers.Serializer[Any]):
    """The caller's own use, and the school's for those who may see it."""

    own = UsageSerializer()
    school = UsageSerializer(allow_null=True)
    largest_file_bytes = serializers.IntegerField(help_text="How large one file may be.")


class PersonUsageSerializer(serializers.Serializer[Any]):
    """How much room one person takes; the names are null once the account is gone."""

    user = serializers.UUIDField()
    email = serializers.CharField(allow_null=True)
    first_name = serializers.CharField(allow_null=True)
    last_name = serializers.CharField(allow_null=True)
    used_bytes = serializers.IntegerField()
    reserved_bytes = serializers.IntegerField()
