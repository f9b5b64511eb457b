"""Certificates: read, downloaded, revoked, reissued, issued by hand."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.certificates.filters import CertificateFilter
from apps.certificates.models import Certificate
from apps.certificates.permissions import CertificatePolicy
from apps.certificates.serializers import CertificateRowSerializer, CertificateSerializer, RevocationSerializer
from apps.certificates.services import issue_certificate, read_document, reissue_certificate, revoke_certificate
from apps.certificates.views.examples import ONE, REASON, REVOKED, ROW
from apps.certificates.views.pdf import PDF_ANSWER, PDFRenderer, pdf_response
from apps.core.http.idempotency import answer_once
from apps.core.http.renderers import ORJSONRenderer
from apps.core.http.views import BaseViewSet, ListMixin, RetrieveMixin
from apps.enrollments.models import Enrollment

NEWEST_FIRST = ("-issued_at", "-id")


class _CertificateAnswer(BaseViewSet):
    """Answers with one certificate."""

    policy = CertificatePolicy
    serializer_class: Any = CertificateSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": timezone.now()}

    def answer_with(self, certificate: Certificate, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Return `certificate`, whatever the body of the request looks like."""
        serializer = CertificateSerializer(certificate, context=self.get_serializer_context())
        return Response(serializer.data, status=status_code)


@extend_schema_view(
    list=extend_schema(
        summary="List certificates",
        description="One's own; for those who teach, those of their courses; for `certificates:read`, the school's.",
        responses=CertificateRowSerializer(many=True),
        examples=[ROW],
    ),
    retrieve=extend_schema(summary="Read a certificate", examples=[ONE]),
)
class CertificateViewSet(ListMixin, RetrieveMixin, _CertificateAnswer):
    """Certificates that the caller may know of."""

    queryset = Certificate.objects.select_related("template", "course").order_by(*NEWEST_FIRST)
    filterset_class = CertificateFilter
    rows = "as_rows"

    def get_serializer_class(self) -> Any:
        return RevocationSerializer if self.action == "revoke" else CertificateSerializer

    def get_renderers(self) -> list[BaseRenderer]:
        return [PDFRenderer(), ORJSONRenderer()] if self.action == "download" else super().get_renderers()

    @extend_schema(
        summary="Download a certificate",
        description="The PDF. Revoked and superseded certificates are not handed out (409).",
        responses=PDF_ANSWER,
    )
    def download(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        certificate = self.get_object()
        return pdf_response(read_document(certificate=certificate), filename=f"{certificate.number}.pdf")

    @extend_schema(
        summary="Revoke a certificate",
        description="From now on its verification page says that it was revoked, and when; never why.",
        request=RevocationSerializer,
        responses=CertificateSerializer,
        examples=[REASON, REVOKED],
    )
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        certificate = self.get_object()
        reason = self.validated()["reason"]
        return self.answer_with(revoke_certificate(certificate=certificate, reason=reason, by=self.actor))

    @extend_schema(
        summary="Reissue a certificate",
        description="A new certificate takes the place of this one, with the names and the template of today; for "
        "example after a name was corrected. The old one stays verifiable, as superseded.",
        request=None,
        responses={201: CertificateSerializer},
        examples=[ONE],
    )
    def reissue(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._reissue)

    def _reissue(self) -> Response:
        certificate = reissue_certificate(certificate=self.get_object(), by=self.actor)
        return self.answer_with(certificate, status_code=status.HTTP_201_CREATED)


@extend_schema_view(
    list=extend_schema(
        summary="List my certificates",
        description="Newest first, revoked and superseded ones included.",
        responses=CertificateRowSerializer(many=True),
        examples=[ROW],
    )
)
class MyCertificatesViewSet(ListMixin):
    """The caller's own certificates."""

    policy = CertificatePolicy
    queryset = Certificate.objects.order_by(*NEWEST_FIRST)
    serializer_class = CertificateRowSerializer
    filterset_class = CertificateFilter
    rows = "as_rows"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(user_id=self.request.user.id)


class EnrollmentCertificateViewSet(_CertificateAnswer):
    """The certificate of one enrolment."""

    queryset = Enrollment.objects.select_related("user", "course")

    @extend_schema(
        summary="Issue the certificate of an enrolment",
        description="By hand, for a completed enrolment that has none; otherwise answers with the one it has. "
        "Completing a course does this by itself.",
        request=None,
        responses=CertificateSerializer,
        examples=[ONE],
    )
    def issue(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer_with(issue_certificate(enrollment=self.get_object(), by=self.actor))
