"""Hints of a practice, one after the other."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from apps.assessments.models import Attempt
from apps.assessments.permissions import HintPolicy
from apps.assessments.serializers import AttemptHintsSerializer, HintWantedSerializer, QuestionHintsSerializer
from apps.assessments.services.hints import hints_of, reveal_hint
from apps.assessments.views import examples
from apps.core.http.idempotency import answer_once
from apps.core.http.views import BaseViewSet


@extend_schema_view(
    list=extend_schema(
        summary="Show the hints of an attempt",
        description="Of an attempt at a `practice`: what was shown so far, question by question, and how many are "
        "left. Elsewhere 409 `hints_closed`.",
        responses=AttemptHintsSerializer,
        filters=False,
        examples=[examples.HINTS],
    ),
    create=extend_schema(
        summary="Show the next hint of a question",
        description="While an attempt at a `practice` runs; elsewhere, and afterwards, 409 `hints_closed`. Answers "
        "with all that were shown of the question. Where none is left nothing changes. The journal notes it. With an "
        "`Idempotency-Key` a request sent again shows no further hint.",
        request=HintWantedSerializer,
        responses=QuestionHintsSerializer,
        examples=[examples.HINT_WANTED, examples.QUESTION_HINTS],
    ),
)
class HintViewSet(BaseViewSet):
    """The hints of one attempt."""

    policy = HintPolicy
    queryset = Attempt.objects.select_related("assessment")
    serializer_class = HintWantedSerializer
    filter_backends = ()
    pagination_class = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt: Attempt = self.get_object()
        return Response(AttemptHintsSerializer({"attempt": attempt.id, "questions": hints_of(attempt)}).data)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._reveal)

    def _reveal(self) -> Response:
        attempt: Attempt = self.get_object()
        wanted = self.validated()["question"]
        shown = reveal_hint(attempt_id=attempt.id, question_id=wanted)
        return Response(QuestionHintsSerializer(shown).data)
