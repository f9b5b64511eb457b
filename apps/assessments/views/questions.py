"""The question bank."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.assessments.filters import QuestionFilter
from apps.assessments.models import Question, QuestionVersion
from apps.assessments.permissions import QuestionPolicy
from apps.assessments.selectors import assessments_with, usage_rows
from apps.assessments.serializers import QuestionSerializer, QuestionUsageSerializer, QuestionVersionSerializer
from apps.assessments.services import change_question, create_question
from apps.assessments.views import authoring_examples, examples
from apps.assessments.views.references import with_filed_rows
from apps.core.http.versions import etag_of
from apps.core.http.views import CreateMixin, ListMixin, RetrieveMixin, UpdateMixin


@extend_schema_view(
    list=extend_schema(
        summary="List the questions of the bank",
        description="Your own and those that others share; admins and principals see all. Archived ones are listed on "
        "their own, with `is_archived=true`. Newest first.",
        responses=QuestionSerializer(many=True),
        examples=[examples.QUESTION],
    ),
    retrieve=extend_schema(summary="Show a question of the bank", examples=[examples.QUESTION]),
    create=extend_schema(
        summary="Put a question into the bank",
        responses={201: QuestionSerializer},
        examples=[*examples.NEW_QUESTIONS, examples.QUESTION],
    ),
    partial_update=extend_schema(
        summary="Change a question",
        description="A question that stands on a paper gets a new version; those papers keep the old one. Category, "
        "tags, difficulty, `is_shared` and `is_archived` change in place.",
        examples=[examples.QUESTION_CHANGE, examples.QUESTION],
    ),
)
class QuestionViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin):
    """Questions, each as its current version."""

    policy = QuestionPolicy
    queryset = Question.objects.order_by("-created_at", "-id")
    serializer_class = QuestionSerializer
    filterset_class = QuestionFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        questions = self.filter_queryset(self.get_queryset())
        if "is_archived" not in request.query_params:
            questions = questions.filter(is_archived=False)
        page = self.paginate_queryset(questions)
        return self.get_paginated_response(self.get_serializer(self._current(page or []), many=True).data)

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the current version, with the entity tag of the question."""
        version = obj if isinstance(obj, QuestionVersion) else self._current([obj])[0]
        tag = etag_of(version.question) or ""
        return Response(self.get_serializer(version).data, status=status_code, headers={"ETag": tag})

    def perform_create(self, serializer: BaseSerializer[Any]) -> QuestionVersion:
        return create_question(by=self.actor, **with_filed_rows(serializer.validated_data, self.actor))

    def perform_update(self, serializer: BaseSerializer[Any]) -> QuestionVersion:
        question = cast("Question", serializer.instance)
        return change_question(
            question=question, by=self.actor, **with_filed_rows(serializer.validated_data, self.actor)
        )

    @extend_schema(
        summary="List the versions of a question",
        description="Newest first. What stands on a paper is never changed: a change makes a new version.",
        responses=QuestionVersionSerializer(many=True),
        filters=False,
        examples=[authoring_examples.VERSION],
    )
    def versions(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        versions = QuestionVersion.objects.filter(question=self.get_object()).select_related("question")
        page = self.paginate_queryset(versions.order_by("-number"))
        return self.get_paginated_response(QuestionVersionSerializer(page, many=True).data)

    @extend_schema(
        summary="List where a question is used",
        description="The assessments that ask it, or have asked it, each with the number of papers: for its author, "
        "and for who reads the whole bank. Newest first. What random sections might draw is not listed.",
        responses=QuestionUsageSerializer(many=True),
        filters=False,
        examples=[authoring_examples.USAGE],
    )
    def usage(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        question = self.get_object()
        page = self.paginate_queryset(assessments_with(question))
        return self.get_paginated_response(QuestionUsageSerializer(usage_rows(question, page or []), many=True).data)

    def _current(self, questions: Sequence[Question]) -> Sequence[QuestionVersion]:
        """Return the current versions in the order of the questions: one statement."""
        versions: QuerySet[QuestionVersion] = QuestionVersion.objects.filter(
            question__in=[question.id for question in questions], number=F("question__version_number")
        ).select_related("question")
        by_question = {version.question_id: version for version in versions}
        return [by_question[question.id] for question in questions]
