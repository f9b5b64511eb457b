"""Verification for programs."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.certificates.models import Certificate
from apps.certificates.permissions import VerificationPolicy
from apps.certificates.selectors import find_verification
from apps.certificates.serializers import VerificationSerializer
from apps.certificates.throttling import count_verification
from apps.certificates.views.examples import VERIFICATION_ANSWER
from apps.core.errors import NotFound
from apps.core.http.schema import failure
from apps.core.http.views import BaseViewSet


class CertificateUnknown(NotFound):
    """No certificate of any school has this number."""

    code = "certificate_unknown"
    default_detail = "There is no certificate with this number. Compare it with the paper, character by character."


class VerificationViewSet(BaseViewSet):
    """Whether a certificate holds; open to everybody."""

    policy = VerificationPolicy
    authentication_classes = ()
    queryset = Certificate.objects.none()
    serializer_class = VerificationSerializer

    @extend_schema(
        summary="Verify a certificate",
        description="By its number, in upper or lower case, with or without dashes. Open to everybody, limited per "
        "network. Answers what the paper says and how it stands today, nothing else.",
        parameters=[OpenApiParameter("number", str, OpenApiParameter.PATH, description="As printed on the paper.")],
        responses={200: VerificationSerializer, 429: failure("429")},
        auth=[],
        examples=[VERIFICATION_ANSWER],
    )
    def retrieve(self, request: Request, number: str) -> Response:
        count_verification(request)
        found = find_verification(number, now=timezone.now())
        if found is None:
            raise CertificateUnknown
        return Response(VerificationSerializer(found.certificate).data)
