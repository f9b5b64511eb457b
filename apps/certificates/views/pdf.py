"""PDF as an answer of the API."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from apps.core.http.renderers import ORJSONRenderer

PDF_ANSWER = {(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The document.")}


class PDFRenderer(BaseRenderer):
    """Sends bytes as they are; a failure of the same view is JSON, as everywhere."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return data if isinstance(data, bytes) else ORJSONRenderer().render(data)


def pdf_response(pdf: bytes, *, filename: str) -> Response:
    """Return the document as a file; for its reader alone, and asked for anew each time."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-cache"}
    return Response(pdf, content_type="application/pdf", headers=headers)
