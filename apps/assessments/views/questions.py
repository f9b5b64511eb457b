"""The question bank."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.assessments.filters import QuestionFilter
from apps.assessments.models import Question, QuestionVersion
from apps.assessments.permissions import QuestionPolicy
from apps.assessments.serializers import QuestionSerializer
from apps.assessments.services import change_question, create_question
from apps.assessments.views import examples
from apps.core.http.views import CreateMixin, ListMixin, RetrieveMixin


@extend_schema_view(
    list=extend_schema(
        summary="List the questions of the bank",
        description="Your own and those that others share; admins and principals see all. Newest first.",
        responses=QuestionSerializer(many=True),
        examples=[examples.QUESTION],
    ),
    retrieve=extend_schema(summary="Show a question of the bank", examples=[examples.QUESTION]),
    create=extend_schema(
        summary="Put a question into the bank",
        responses={201: QuestionSerializer},
        examples=[*examples.NEW_QUESTIONS, examples.QUESTION],
    ),
)
class QuestionViewSet(ListMixin, RetrieveMixin, CreateMixin):
    """Questions, each as its current version."""

    policy = QuestionPolicy
    queryset = Question.objects.filter(is_archived=False).order_by("-created_at", "-id")
    serializer_class = QuestionSerializer
    filterset_class = QuestionFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(self._current(page or []), many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self._current([self.get_object()])[0]).data)

    @extend_schema(
        summary="Change a question",
        description="A question that stands on a paper gets a new version; those papers keep the old one.",
        examples=[examples.QUESTION_CHANGE, examples.QUESTION],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        question = self.get_object()
        version = change_question(question=question, by=self.actor, **self.validated(partial=True))
        return Response(self.get_serializer(version).data)

    def perform_create(self, serializer: BaseSerializer[Any]) -> QuestionVersion:
        return create_question(by=self.actor, **serializer.validated_data)

    def _current(self, questions: Sequence[Question]) -> Sequence[QuestionVersion]:
        """Return the current versions in the order of the questions: one statement."""
        versions: QuerySet[QuestionVersion] = QuestionVersion.objects.filter(
            question__in=[question.id for question in questions], number=F("question__version_number")
        ).select_related("question")
        by_question = {version.question_id: version for version in versions}
        return [by_question[question.id] for question in questions]
