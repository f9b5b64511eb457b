"""The Django admin of certificates: every change goes through the services, so the same rules hold."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.certificates.links import verification_url
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.permissions import READ_ALL, WRITE_ALL
from apps.certificates.services import (
    create_template,
    delete_template,
    preview_template,
    read_document,
    reissue_certificate,
    revoke_certificate,
    update_template,
)
from apps.core.admin import AdminForm, TenantModelAdmin
from apps.core.errors import DomainError


class ReasonForm(ActionForm):
    """The choice of an action, with room for a reason."""

    reason = forms.CharField(required=False, max_length=500, label="Reason (to revoke):")


class PdfAdmin(TenantModelAdmin):
    """Shows a PDF of each row under `<id>/pdf/`."""

    def pdf_of(self, row: Any) -> bytes:
        """Return the document."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_pdf"
        view = self.admin_site.admin_view(self.pdf_view)
        return [path("<path:object_id>/pdf/", view, name=name), *super().get_urls()]

    def pdf_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with the document, or with why there is none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        try:
            pdf = self.pdf_of(row)
        except DomainError as error:
            return HttpResponse(error.detail, status=error.status, content_type="text/plain; charset=utf-8")
        headers = {"Content-Disposition": "inline", "Cache-Control": "private, no-cache"}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    @admin.display(description="PDF")
    def pdf_link(self, row: Any) -> str:
        """Return the link to the document."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_pdf"
        return format_html('<a href="{}">PDF</a>', reverse(name, args=[row.pk]))


@admin.register(Certificate)
class CertificateAdmin(PdfAdmin):
    """Certificates, revoked and reissued by actions; nothing in one is ever edited."""

    read_permission = READ_ALL
    write_permission = WRITE_ALL
    list_display = ("number", "recipient_name", "course_title", "status", "issued_at", "expires_at", "pdf_link")
    list_filter = ("status",)
    search_fields = ("number", "recipient_name", "course_title")
    ordering = ("-issued_at", "-id")
    actions = ("revoke", "reissue")
    action_form = ReasonForm
    fields: ClassVar = (
        "number", "status", "recipient_name", "user", "course_title", "course", "enrollment", "template",
        "completed_at", "issued_at", "issued_by_id", "expires_at", "revoked_at", "revoked_by_id", "revocation_reason",
        "supersedes", "pdf_link", "verification_link",
    )  # fmt: skip
    readonly_fields = ("issued_by_id", "revoked_by_id", "pdf_link", "verification_link")

    def pdf_of(self, row: Certificate) -> bytes:
        return read_document(certificate=row)

    @admin.display(description="Verification page")
    def verification_link(self, row: Certificate) -> str:
        """Return the link to the public page."""
        return format_html('<a href="{0}">{0}</a>', verification_url(row.number))

    @admin.action(description="Revoke the chosen certificates, for the reason given here", permissions=["write"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Declare that these can no longer be relied on."""
        by: Any = request.user
        chosen = list(queryset.order_by("id"))
        for certificate in chosen:
            revoke_certificate(certificate=certificate, reason=request.POST.get("reason", ""), by=by)
        self.message_user(request, f"Revoked: {len(chosen)} certificates.")

    @admin.action(description="Reissue the chosen certificates with the names of today", permissions=["write"])
    def reissue(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put new ones in their place."""
        by: Any = request.user
        chosen = list(queryset.order_by("id"))
        for certificate in chosen:
            reissue_certificate(certificate=certificate, by=by)
        self.message_user(request, f"Reissued: {len(chosen)} certificates.")


@admin.register(CertificateTemplate)
class CertificateTemplateAdmin(PdfAdmin):
    """How certificates look; the PDF is a sample."""

    read_permission = READ_ALL
    write_permission = WRITE_ALL
    list_display = ("name", "language", "is_default", "valid_days", "updated_at", "pdf_link")
    search_fields = ("name",)
    ordering = ("name", "id")
    fields = ("name", "design", "language", "is_default", "valid_days")

    def pdf_of(self, row: CertificateTemplate) -> bytes:
        return preview_template(template=row, changes={}, now=timezone.now())

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> CertificateTemplate:
        return create_template(**form.cleaned_data, by=request.user)  # type: ignore[arg-type]  # who gets here is logged in

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        by: Any = request.user
        update_template(template=obj, changes=self.changes(form), by=by)

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        by: Any = request.user
        delete_template(template=obj, by=by)
