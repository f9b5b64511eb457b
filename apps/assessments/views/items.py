"""The lines of assessments: fixed questions and random sections, below their assessment or flat."""

from typing import Any, cast

from django.db.models import OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.assessments.models import AssessmentItem, Question, QuestionCategory, QuestionVersion
from apps.assessments.permissions import AssessmentItemPolicy, QuestionPolicy
from apps.assessments.serializers import AssessmentItemOrderSerializer, AssessmentItemSerializer
from apps.assessments.services import add_question, add_section, change_item, remove_item, reorder_items
from apps.assessments.views import authoring_examples as examples
from apps.assessments.views.base import OfAssessmentMixin
from apps.assessments.views.references import referred, with_rows
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin

_CURRENT = QuestionVersion.objects.filter(
    question_id=OuterRef("question_id"), number=OuterRef("question__version_number")
)


@extend_schema_view(
    list=extend_schema(
        summary="List the lines of an assessment",
        description="In their order, without keys: for those who make and grade it.",
        examples=[examples.ITEM],
    ),
    retrieve=extend_schema(summary="Show a line of an assessment", examples=[examples.ITEM]),
    create=extend_schema(
        summary="Put a question of the bank, or a random section, on an assessment",
        description="Behind what is there. A section draws questions for each attempt, from the shared ones and from "
        "those of the assessment's author; where the bank has not enough of them: 409 `bank_too_small`, with how many "
        "are `available`. A question stands on an assessment once (409 `question_twice`).",
        examples=[examples.NEW_ITEM, examples.NEW_SECTION, examples.ITEM],
    ),
    partial_update=extend_schema(
        summary="Change a line of an assessment",
        description="Its points, and of a section what it draws. Papers that exist stay as they are.",
        examples=[examples.ITEM_CHANGE, examples.ITEM],
    ),
    destroy=extend_schema(
        summary="Take a line off an assessment",
        description="The question stays in the bank, and on the papers that have it.",
    ),
)
class ItemViewSet(OfAssessmentMixin, ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Lines of assessments."""

    policy = AssessmentItemPolicy
    queryset = AssessmentItem.objects.select_related("assessment").order_by("order", "id")
    serializer_class = AssessmentItemSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[AssessmentItem]:
        items: QuerySet[AssessmentItem] = super().get_queryset()
        if "assessment_id" in self.kwargs:
            items = items.filter(assessment_id=self.checked_assessment().id)
        return self._with_questions(items)

    @staticmethod
    def _with_questions(items: QuerySet[AssessmentItem]) -> QuerySet[AssessmentItem]:
        return items.annotate(
            question_type=Subquery(_CURRENT.values("question_type")),
            question_text=Subquery(_CURRENT.values("question_text")),
            question_points=Subquery(_CURRENT.values("points")),
        )

    def perform_create(self, serializer: BaseSerializer[Any]) -> AssessmentItem:
        assessment = self.checked_assessment()
        fields = dict(serializer.validated_data)
        if "question" not in fields:
            item = add_section(assessment=assessment, by=self.actor, **self._with_category(fields))
        else:
            bank = QuestionPolicy.visible(self.actor, Question.objects.all())
            question = cast("Question", referred(bank, fields["question"], "question"))
            item = add_question(assessment=assessment, question=question, by=self.actor, points=fields.get("points"))
        return self._as_shown(item)

    def perform_update(self, serializer: BaseSerializer[Any]) -> AssessmentItem:
        item = cast("AssessmentItem", serializer.instance)
        changes = {name: value for name, value in serializer.validated_data.items() if name != "question"}
        return self._as_shown(change_item(item=item, by=self.actor, **self._with_category(changes)))

    def perform_destroy(self, instance: AssessmentItem) -> None:
        remove_item(item=instance, by=self.actor)

    @extend_schema(
        summary="Put the lines of an assessment in order",
        description="All or nothing: the list must name every line of the assessment exactly once; `errors` says what "
        "is wrong with which row.",
        request=AssessmentItemOrderSerializer,
        responses=AssessmentItemSerializer(many=True),
        examples=[examples.ITEM_ORDER, examples.ITEM],
    )
    def reorder(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = AssessmentItemOrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reorder_items(assessment=self.checked_assessment(), ids=given.validated_data["ids"], by=self.actor)
        return self.list(request, *args, **kwargs)

    def _as_shown(self, item: AssessmentItem) -> AssessmentItem:
        return self._with_questions(AssessmentItem.objects.filter(id=item.id)).get()

    @staticmethod
    def _with_category(fields: dict[str, Any]) -> dict[str, Any]:
        return with_rows(fields, draw_category=QuestionCategory.objects.all())
