"""Folders and files on the wire."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.errors import InvalidInput, PermissionRefused
from apps.files.choices import ScanState, Visibility
from apps.files.models import FILE_ROW, FOLDER_ROW, LONGEST_NAME, File, Folder
from apps.files.permissions import FolderPolicy, may_show, may_take_out, may_write_in
from apps.files.pictures import pictures_of


class UnknownFolder(InvalidInput):
    """There is no such folder, or the actor may not know of it."""

    code = "unknown_folder"
    default_detail = "There is no such folder in this school, or it is not open to you. Choose another one."
    default_field = "folder"


class FolderNotWritable(PermissionRefused):
    """The actor sees the folder but may put nothing into it."""

    code = "folder_not_writable"
    default_detail = "You may look into this folder but put nothing there. Choose a folder of your own."
    default_field = "folder"


class FolderField(serializers.UUIDField):
    """The id of a folder that the actor may put something into; gives the Folder, or None.

    Raises:
        UnknownFolder: there is no such folder here, or it is not open to the actor.
        FolderNotWritable: the actor may only read it.
    """

    def run_validation(self, data: Any = serializers.empty) -> Any:
        found = super().run_validation(data)
        return self._folder(found) if isinstance(found, UUID) else found

    def _folder(self, folder_id: UUID) -> Folder:
        actor = self.context["request"].user
        folder: Folder | None = FolderPolicy.visible(actor, Folder.objects.filter(id=folder_id)).first()
        if folder is None:
            raise UnknownFolder(field=self.field_name)
        if not may_write_in(actor, folder):
            raise FolderNotWritable(field=self.field_name)
        return folder


class VisibilityRefused(PermissionRefused):
    """The actor may not decide that these people find the folder."""

    code = "visibility_not_allowed"
    default_detail = (
        "Only staff show folders to staff or school, and only who made a shared folder takes it back as private. "
        "Ask an admin of the school."
    )
    default_field = "visibility"


class FileNotYours(PermissionRefused):
    """The file would vanish for those who share it, and somebody else uploaded it."""

    code = "file_not_yours"
    default_detail = (
        "Outside of shared folders only one person finds a file, and somebody else uploaded this one. Choose a folder "
        "that is shared."
    )
    default_field = "folder"


class FolderSerializer(serializers.ModelSerializer[Folder]):
    """A folder, and how much lies directly in it."""

    parent = serializers.UUIDField(source="parent_id", allow_null=True)  # type: ignore[assignment]  # as DRF takes it
    visibility = serializers.ChoiceField(choices=Visibility.choices, help_text="Who finds it, besides admins.")
    owner = serializers.UUIDField(source="owner_id", allow_null=True, help_text="Whose private folder it is.")
    created_by = serializers.UUIDField(source="created_by_id", allow_null=True)
    file_count = serializers.IntegerField(help_text="Files directly in it.")
    size_bytes = serializers.IntegerField(help_text="What the files directly in it take.")

    class Meta:
        model = Folder
        fields = (*FOLDER_ROW, "owner", "created_by", "file_count", "size_bytes")
        read_only_fields = fields


class NewFolderSerializer(serializers.Serializer[Any]):
    """What a new folder is made of."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    parent = FolderField(  # type: ignore[assignment]  # DRF takes declared fields off the class
        required=False, allow_null=True, help_text="The folder to make it in; without one it stands at the top."
    )
    visibility = serializers.ChoiceField(
        choices=Visibility.choices,
        required=False,
        help_text="Who finds it. The default is that of the parent, and at the top private.",
    )

    def validate_visibility(self, visibility: str) -> str:
        """Raises VisibilityRefused."""
        if not may_show(self.context["request"].user, visibility, self.instance):
            raise VisibilityRefused
        return visibility


class FolderChangeSerializer(NewFolderSerializer):
    """A new name, another parent (null: the top), or who finds the folder and all below it."""

    visibility = serializers.ChoiceField(
        choices=Visibility.choices, help_text="Who finds it and all that lies in it; private: the caller."
    )

    def validate_parent(self, parent: Folder | None) -> Folder | None:
        """Ask of a parent what is asked of its visibility, which the folder takes. Raises VisibilityRefused."""
        if parent is not None and not may_show(self.context["request"].user, parent.visibility, self.instance):
            raise VisibilityRefused(field="parent")
        return parent


class VariantsSerializer(serializers.Serializer[Any]):
    """Where browsers get a picture, by size."""

    thumbnail = serializers.URLField(help_text="At most 160 pixels on a side.")
    card = serializers.URLField(help_text="At most 640.")
    full = serializers.URLField(help_text="At most 1920.")


class FileSerializer(serializers.ModelSerializer[File]):
    """A file: its name and place, and what its current version is like."""

    folder = serializers.UUIDField(source="folder_id", allow_null=True)
    scan_state = serializers.ChoiceField(
        choices=ScanState.choices, source="blob.scan_state", help_text="What the malware scanner said."
    )
    uploaded_by = serializers.UUIDField(source="uploaded_by_id", allow_null=True)
    variants = serializers.SerializerMethodField(
        help_text="Addresses of a picture in three sizes, for `<img>`: they need no login, and others come tomorrow."
    )

    class Meta:
        model = File
        fields = (*FILE_ROW, "scan_state", "uploaded_by", "variants")
        read_only_fields = fields

    @extend_schema_field(VariantsSerializer(allow_null=True))
    def get_variants(self, file: File) -> dict[str, str] | None:
        return pictures_of(file_id=file.id, media_type=file.media_type, version_number=file.version_number)


class FileChangeSerializer(serializers.Serializer[Any]):
    """A new name, or another folder (null: none, private to who uploaded it)."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    folder = FolderField(required=False, allow_null=True)

    def validate_folder(self, folder: Folder | None) -> Folder | None:
        """Raises FileNotYours."""
        file: Any = self.instance
        is_shared = bool(file and file.folder and file.folder.visibility != Visibility.PRIVATE)
        vanishes = folder is None or (is_shared and folder.visibility == Visibility.PRIVATE)
        if vanishes and file is not None and not may_take_out(self.context["request"].user, file):
            raise FileNotYours
        return folder


class FolderContentSerializer(serializers.Serializer[Any]):
    """What lies in a folder: a subfolder (`media_type`, `scan_state` and `version_number` are null) or a file."""

    kind = serializers.ChoiceField(choices=["folder", "file"])
    id = serializers.UUIDField()
    name = serializers.CharField()
    size_bytes = serializers.IntegerField(help_text="Of a subfolder: what the files directly in it take.")
    file_count = serializers.IntegerField(allow_null=True, help_text="Files directly in a subfolder; null for a file.")
    media_type = serializers.CharField(allow_null=True)
    scan_state = serializers.ChoiceField(choices=ScanState.choices, allow_null=True)
    version_number = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FileUseSerializer(serializers.Serializer[Any]):
    """One place where a file is used."""

    kind = serializers.CharField(help_text="What it is used by: `course`, `content_item`, …")
    id = serializers.UUIDField()
    title = serializers.CharField()


class DownloadSerializer(serializers.Serializer[Any]):
    """Where the bytes are to be fetched: by GET, without any header of ours, until `expires_at`."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()
    file_name = serializers.CharField()
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    is_inline = serializers.BooleanField(help_text="A browser shows it instead of saving it.")
