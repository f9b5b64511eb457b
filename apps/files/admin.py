"""Folders and files in the admin: the same services as behind the API, so the same rules. Files come in by the API."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from apps.core.admin import AdminForm, TenantModelAdmin, TenantTabularInline
from apps.files.choices import ScanState
from apps.files.models import Blob, File, FileVersion, Folder, ImageVariant, StorageUsage, Upload
from apps.files.services.files import change_file, delete_file
from apps.files.services.folders import UNCHANGED, change_folder, create_folder, delete_folder
from apps.files.services.quota import limit_of
from apps.files.services.scanning import rescan_file
from apps.files.services.uploads import abort_upload
from apps.users.models import User

_READ = "files:read"
_WRITE = "files:write"
_IN_QUARANTINE = (ScanState.INFECTED, ScanState.ERROR)


def _by(request: HttpRequest) -> User:
    """Return who acts; the admin lets nobody in without an account."""
    return cast("User", request.user)


class _FileModelAdmin(TenantModelAdmin):
    """Rows with the address of whom they belong to, in the same statement."""

    read_permission = _READ
    write_permission = _WRITE
    person_column = "uploaded_by_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        person = User.objects.filter(pk=OuterRef(self.person_column))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(person_email=Subquery(person.values("email")))
        return rows

    @admin.display(description="person", empty_value="—")
    def person(self, obj: Any) -> str | None:
        """Whose it is; nobody's where the account is gone, or it belongs to the school."""
        email: str | None = obj.person_email
        return email

    @admin.display(description="size", ordering="size_bytes")
    def size(self, obj: Any) -> str:
        return filesizeformat(obj.size_bytes)


@admin.register(Folder)
class FolderAdmin(_FileModelAdmin):
    """The tree of folders; deleting one puts it into the trash."""

    person_column = "owner_id"
    list_display = ("name", "parent", "visibility", "person", "updated_at")
    list_filter = ("visibility",)
    list_select_related = ("parent",)
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("name", "parent", "visibility")
    raw_id_fields = ("parent",)
    actions = ("move_to_trash",)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return create_folder(by=_by(request), **form.cleaned_data)

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_folder(folder=obj, by=_by(request), **self.changes(form))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_folder(folder=obj, by=_by(request))

    @admin.action(description="Move to the trash", permissions=["write"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put the chosen folders into the trash; one that went with another is there already."""
        folders = list(queryset)
        for folder in folders:
            if Folder.objects.filter(id=folder.id).exists():
                delete_folder(folder=folder, by=_by(request))
        self.message_user(request, f"{len(folders)} folders are in the trash.")


class VersionInline(TenantTabularInline):
    """What a file has been."""

    model = FileVersion
    read_permission = _READ
    fields = ("number", "name", "size_bytes", "media_type", "created_at")
    readonly_fields = ("created_at",)
    ordering = ("-number",)


@admin.register(File)
class FileAdmin(_FileModelAdmin):
    """Files; deleting one puts it into the trash. What is in quarantine stays there, whoever asks."""

    list_display = ("name", "folder", "person", "size", "media_type", "scan_state", "created_at")
    list_filter = ("blob__scan_state",)
    list_select_related = ("folder", "blob")
    search_fields = ("name",)
    ordering = ("-created_at", "-id")
    fields = ("name", "folder", "media_type", "size", "version_number", "scan_state", "person", "created_at")
    readonly_fields = ("media_type", "size", "version_number", "scan_state", "person", "created_at")
    raw_id_fields = ("folder",)
    inlines = (VersionInline,)
    actions = ("move_to_trash", "scan_again")

    @admin.display(description="scan", ordering="blob__scan_state")
    def scan_state(self, obj: File) -> str:
        return obj.blob.get_scan_state_display()

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        changes = self.changes(form)
        change_file(file=obj, name=changes.get("name"), folder=changes.get("folder", UNCHANGED), by=_by(request))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_file(file=obj, by=_by(request))

    @admin.action(description="Move to the trash", permissions=["write"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        files = list(queryset)
        for file in files:
            delete_file(file=file, by=_by(request))
        self.message_user(request, f"{len(files)} files are in the trash.")

    @admin.action(description="Scan again for malware", permissions=["write"])
    def scan_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        files = list(queryset)
        for file in files:
            rescan_file(file=file, by=_by(request))
        self.message_user(request, f"{len(files)} files are being scanned again.")


class HolderInline(TenantTabularInline):
    """Which files have these bytes, in one of their versions."""

    model = FileVersion
    read_permission = _READ
    fields = ("file", "number", "name", "created_at")
    readonly_fields = ("created_at",)
    ordering = ("-created_at", "-id")


class VariantInline(TenantTabularInline):
    """The sizes in which a picture is kept besides."""

    model = ImageVariant
    read_permission = _READ
    fields = ("kind", "media_type", "width", "height", "size_bytes")
    ordering = ("kind", "media_type")


@admin.register(Blob)
class BlobAdmin(TenantModelAdmin):
    """The quarantine: bytes in which the scanner found something, or which it could not read.

    Nothing is let out by hand. A new scan of a file may clear it; else the file goes to the trash.
    """

    read_permission = _READ
    write_permission = _WRITE
    list_display = ("sha256", "media_type", "size", "scan_state", "scan_finding", "scanned_at")
    search_fields = ("sha256", "scan_finding")
    ordering = ("-scanned_at", "-id")
    fields = ("sha256", "media_type", "size_bytes", "scan_state", "scan_finding", "scanned_at", "created_at")
    inlines = (HolderInline, VariantInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(scan_state__in=_IN_QUARANTINE)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = {"title": "Quarantine: what the malware scanner objected to, or could not read"}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    @admin.display(description="size", ordering="size_bytes")
    def size(self, obj: Blob) -> str:
        return filesizeformat(obj.size_bytes)


@admin.register(Upload)
class UploadAdmin(_FileModelAdmin):
    """Uploads under way, and what became of them."""

    list_display = ("name", "person", "size", "state", "failure_code", "expires_at", "created_at")
    list_filter = ("state",)
    search_fields = ("name",)
    ordering = ("-created_at", "-id")
    fields = (
        "name", "folder", "size_bytes", "media_type", "state", "failure_code", "failure_detail", "file", "person",
        "expires_at", "created_at",
    )  # fmt: skip
    actions = ("abort",)

    @admin.action(description="Abort", permissions=["write"])
    def abort(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        uploads = list(queryset)
        for upload in uploads:
            abort_upload(upload=upload, by=_by(request))
        self.message_user(request, f"{len(uploads)} uploads are aborted; their room is free again.")


@admin.register(StorageUsage)
class StorageUsageAdmin(_FileModelAdmin):
    """How much room the school and each person take."""

    person_column = "user_id"
    list_display = ("whose", "used", "reserved", "limit")
    ordering = ("-used_bytes", "id")
    fields = ("whose", "used", "reserved", "limit")

    @admin.display(description="whose")
    def whose(self, obj: Any) -> str:
        if obj.user_id is None:
            return "The school"
        return obj.person_email or str(obj.user_id)

    @admin.display(description="used", ordering="used_bytes")
    def used(self, obj: StorageUsage) -> str:
        return filesizeformat(obj.used_bytes)

    @admin.display(description="reserved", ordering="reserved_bytes")
    def reserved(self, obj: StorageUsage) -> str:
        return filesizeformat(obj.reserved_bytes)

    @admin.display(description="limit")
    def limit(self, obj: StorageUsage) -> str:
        return filesizeformat(limit_of(obj.user_id))
