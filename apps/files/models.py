"""Folders, files and their versions, the bytes they stand for, uploads under way, and how much room is taken.

A file is what people see: a name in a folder. Its bytes are a `Blob`, one per content and tenant, which several
files and versions may share; who deletes one of them takes nothing from the others.
"""

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models.functions import Cast, Coalesce, Lower, Now

from apps.core.tenancy.models import TenantForeignKey, TenantManager, TenantModel
from apps.core.trash.models import NOT_IN_TRASH, TrashableModel
from apps.files.choices import ScanState, UploadState, VariantKind, Visibility
from apps.users.models import User

LONGEST_NAME: Final = 255
FOLDER_ROW: Final = ("id", "name", "parent", "visibility", "created_at", "updated_at")
FILE_ROW: Final = ("id", "name", "folder", "size_bytes", "media_type", "version_number", "created_at", "updated_at")


class FolderQuerySet(models.QuerySet["Folder"]):
    def with_contents(self) -> "FolderQuerySet":
        """Add what lies directly in each folder: `file_count` and `size_bytes`, of the current versions."""
        files = File.objects.filter(folder=models.OuterRef("pk")).order_by().values("folder")
        return self.annotate(
            file_count=_total_of(files.annotate(total=models.Count("*"))),
            size_bytes=_total_of(files.annotate(total=Cast(models.Sum("size_bytes"), models.BigIntegerField()))),
        )

    def as_rows(self) -> models.QuerySet["Folder", dict[str, Any]]:
        """Return the rows of the folder list, keyed as on the wire."""
        rows: models.QuerySet[Folder, dict[str, Any]] = self.with_contents().values(
            *FOLDER_ROW, "file_count", "size_bytes", owner=models.F("owner_id"), created_by=models.F("created_by_id")
        )
        return rows


class FileQuerySet(models.QuerySet["File"]):
    def as_rows(self) -> models.QuerySet["File", dict[str, Any]]:
        """Return the rows of the file list, keyed as on the wire."""
        rows: models.QuerySet[File, dict[str, Any]] = self.values(
            *FILE_ROW, scan_state=models.F("blob__scan_state"), uploaded_by=models.F("uploaded_by_id")
        )
        return rows


def _total_of(totals: models.QuerySet[Any, Any]) -> Coalesce:
    """Return the total of what lies in a folder; 0 where nothing does."""
    return Coalesce(models.Subquery(totals.values("total")), 0, output_field=models.BigIntegerField())


class StorageUsageQuerySet(models.QuerySet["StorageUsage"]):
    def as_rows(self) -> models.QuerySet["StorageUsage", dict[str, Any]]:
        """Return what each person takes, keyed as on the wire, with who they are (null for who is gone)."""
        person = User.objects.filter(pk=models.OuterRef("user_id"))
        rows: models.QuerySet[StorageUsage, Any] = self.values(
            "used_bytes",
            "reserved_bytes",
            user=models.F("user_id"),
            email=models.Subquery(person.values("email")),
            first_name=models.Subquery(person.values("first_name")),
            last_name=models.Subquery(person.values("last_name")),
        )
        return rows


FolderManager = TenantManager.from_queryset(FolderQuerySet)
FileManager = TenantManager.from_queryset(FileQuerySet)
StorageUsageManager = TenantManager.from_queryset(StorageUsageQuerySet)


class Folder(TrashableModel):
    """A place for files. A private folder belongs to one person; the others belong to the school."""

    parent = TenantForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=LONGEST_NAME)
    visibility = models.CharField(max_length=16, choices=Visibility.choices, default=Visibility.PRIVATE)
    owner_id = models.UUIDField(null=True, editable=False, help_text="The account that a private folder belongs to.")
    created_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[FolderManager["Folder"]] = FolderManager()

    class Meta(TrashableModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant", "parent", "owner_id", Lower("name"),
                condition=NOT_IN_TRASH, nulls_distinct=False, name="files_folder_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="files_folder_visibility"
            ),
            models.CheckConstraint(
                condition=models.Q(visibility=Visibility.PRIVATE, owner_id__isnull=False)
                | (~models.Q(visibility=Visibility.PRIVATE) & models.Q(owner_id__isnull=True)),
                name="files_folder_private_is_owned",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "parent", "name"], name="files_folder_of_parent"),
            models.Index(fields=["tenant", "trash_entry"], name="files_folder_in_trash"),
        ]

    def __str__(self) -> str:
        return self.name


class Blob(TenantModel):
    """Bytes in the object store, one row per content and tenant. Never shared between tenants."""

    key = models.CharField(max_length=200, unique=True, help_text="Where the object store keeps it.")
    sha256 = models.CharField(max_length=64, help_text="Of the bytes as stored, in lower-case hex.")
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=127, help_text="As found in the content, not as claimed.")
    scan_state = models.CharField(max_length=16, choices=ScanState.choices, default=ScanState.PENDING)
    scan_finding = models.CharField(max_length=200, blank=True, default="", help_text="Signature, or what failed.")
    scanned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "sha256"], name="files_blob_once"),
            models.CheckConstraint(condition=models.Q(scan_state__in=ScanState.values), name="files_blob_scan_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "scan_state", "id"], name="files_blob_by_scan_state"),
        ]

    def __str__(self) -> str:
        return self.key


class File(TrashableModel):
    """What people see: a name in a folder, and the current version of its bytes.

    Without a folder it is private to who uploaded it. Size and type are those of the current version.
    """

    folder = TenantForeignKey(Folder, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    name = models.CharField(max_length=LONGEST_NAME)
    blob = TenantForeignKey(Blob, on_delete=models.PROTECT, related_name="files")
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=127)
    version_number = models.PositiveIntegerField(default=1, help_text="Which of its versions is the current one.")
    uploaded_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Of this row, for its entity tag.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[FileManager["File"]] = FileManager()

    class Meta(TrashableModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant", "folder", Lower("name"),
                condition=NOT_IN_TRASH & models.Q(folder__isnull=False), name="files_file_name_once",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "folder", "-created_at", "-id"], name="files_file_of_folder"),
            models.Index(fields=["tenant", "uploaded_by_id", "-created_at", "-id"], name="files_file_of_person"),
            models.Index(fields=["tenant", "blob"], name="files_file_of_blob"),
            models.Index(fields=["tenant", "trash_entry"], name="files_file_in_trash"),
        ]

    def __str__(self) -> str:
        return self.name


class FileVersion(TenantModel):
    """One of the contents that a file has had."""

    file = TenantForeignKey(File, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    blob = TenantForeignKey(Blob, on_delete=models.PROTECT, related_name="versions")
    name = models.CharField(max_length=LONGEST_NAME, help_text="The file's name when this version was uploaded.")
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=127)
    uploaded_by_id = models.UUIDField(null=True, editable=False, help_text="Whose quota it counts towards.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "file", "number"], name="files_version_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "blob"], name="files_version_of_blob")]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Upload(TenantModel):
    """A reservation: room for bytes that the client sends to the object store itself."""

    folder = TenantForeignKey(Folder, on_delete=models.CASCADE, null=True, related_name="uploads")
    replaces = TenantForeignKey(
        File, on_delete=models.CASCADE, null=True, related_name="+", help_text="The file that gets a new version."
    )
    name = models.CharField(max_length=LONGEST_NAME)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=127, help_text="As claimed; the content decides.")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=UploadState.choices, default=UploadState.RESERVED)
    failure_code = models.CharField(max_length=50, blank=True, default="")
    failure_detail = models.CharField(max_length=500, blank=True, default="")
    key = models.CharField(max_length=200, unique=True)
    multipart_id = models.CharField(max_length=300, blank=True, default="", help_text="Empty: one PUT.")
    part_size_bytes = models.PositiveBigIntegerField(null=True)
    file = TenantForeignKey(File, on_delete=models.CASCADE, null=True, related_name="+", help_text="What became of it.")
    uploaded_by_id = models.UUIDField(null=True, editable=False)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=UploadState.values), name="files_upload_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "uploaded_by_id", "-created_at", "-id"], name="files_upload_of_person"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state__in=[UploadState.RESERVED, UploadState.PROCESSING]),
                name="files_upload_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StorageUsage(TenantModel):
    """How much room is taken: by one person, or (without a person) by the whole school.

    `used_bytes` counts every version of every file, the trash included, as often as it was uploaded: sharing equal
    bytes saves the school's bill, not a person's quota. `reserved_bytes` is what open uploads have set aside.
    """

    user_id = models.UUIDField(null=True)
    used_bytes = models.PositiveBigIntegerField(default=0)
    reserved_bytes = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[StorageUsageManager["StorageUsage"]] = StorageUsageManager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "storage usage"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "user_id"], nulls_distinct=False, name="files_usage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or 'school'}: {self.used_bytes}"


class ImageVariant(TenantModel):
    """A picture in another size and format, drawn by a worker."""

    blob = TenantForeignKey(Blob, on_delete=models.CASCADE, related_name="variants")
    kind = models.CharField(max_length=16, choices=VariantKind.choices)
    media_type = models.CharField(max_length=127, help_text="image/webp or image/avif.")
    key = models.CharField(max_length=200, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "blob", "kind", "media_type"], name="files_variant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.media_type}"
