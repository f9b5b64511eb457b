"""Templates of certificates."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.certificates.models import CertificateTemplate
from apps.certificates.permissions import TemplatePolicy
from apps.certificates.serializers import PreviewSerializer, TemplateSerializer
from apps.certificates.services import create_template, delete_template, preview_template, update_template
from apps.certificates.views.examples import PREVIEW_REQUEST, TEMPLATE_ANSWER, TEMPLATE_REQUEST
from apps.certificates.views.pdf import PDF_ANSWER, PDFRenderer, pdf_response
from apps.core.http.renderers import ORJSONRenderer
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin

BOTH = [TEMPLATE_REQUEST, TEMPLATE_ANSWER]


@extend_schema_view(
    list=extend_schema(summary="List certificate templates", examples=[TEMPLATE_ANSWER]),
    retrieve=extend_schema(summary="Read a certificate template", examples=[TEMPLATE_ANSWER]),
    create=extend_schema(
        summary="Create a certificate template",
        description="As `is_default` it takes the place of the present default; new certificates take the default.",
        examples=BOTH,
    ),
    partial_update=extend_schema(
        summary="Change a certificate template",
        description="Certificates that have their PDF already keep it. Send `If-Match` to be told of others' changes.",
        examples=BOTH,
    ),
    destroy=extend_schema(
        summary="Delete a certificate template", description="Certificates that were issued in it stay."
    ),
)
class TemplateViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """How the school's certificates look."""

    policy = TemplatePolicy
    queryset = CertificateTemplate.objects.order_by("name", "id")
    serializer_class = TemplateSerializer
    rows = "as_rows"

    def get_serializer_class(self) -> Any:
        return PreviewSerializer if self.action == "preview" else TemplateSerializer

    def get_renderers(self) -> list[BaseRenderer]:
        return [PDFRenderer(), ORJSONRenderer()] if self.action == "preview" else super().get_renderers()

    def perform_create(self, serializer: BaseSerializer[Any]) -> CertificateTemplate:
        return create_template(**serializer.validated_data, by=self.actor)

    def perform_update(self, serializer: BaseSerializer[Any]) -> CertificateTemplate:
        template: Any = serializer.instance
        return update_template(template=template, changes=serializer.validated_data, by=self.actor)

    def perform_destroy(self, instance: CertificateTemplate) -> None:
        delete_template(template=instance, by=self.actor)

    @extend_schema(
        summary="Preview a certificate template",
        description="A sample certificate as PDF; with `design` or `language` in the body, as it would be with these.",
        request=PreviewSerializer,
        responses=PDF_ANSWER,
        examples=[PREVIEW_REQUEST],
    )
    def preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        template = self.get_object()
        pdf = preview_template(template=template, changes=self.validated(), now=timezone.now())
        return pdf_response(pdf, filename="preview.pdf")
