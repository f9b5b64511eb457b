"""Assessments, and the questions that stand on them."""

from typing import Any

from django.db.models import F, QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.assessments.filters import AssessmentFilter
from apps.assessments.models import Assessment, AssessmentItem, Question, QuestionVersion
from apps.assessments.permissions import (
    TAKE,
    AssessmentPolicy,
    QuestionPolicy,
    QuestionsOfAssessmentPolicy,
    manages,
)
from apps.assessments.serializers import (
    AssessmentRowSerializer,
    AssessmentSerializer,
    CopySerializer,
    QuestionSerializer,
    TakenAssessmentSerializer,
)
from apps.assessments.services import (
    change_assessment,
    copy_assessment,
    create_assessment,
    delete_assessment,
    put_new_question,
    remove_item,
    standing_of,
)
from apps.assessments.views import authoring_examples, examples
from apps.assessments.views.base import OfAssessmentMixin
from apps.assessments.views.references import with_filed_rows
from apps.core.http.idempotency import answer_once
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin, lookup_of
from apps.courses.models import Course
from apps.courses.permissions import CoursePolicy


@extend_schema_view(
    list=extend_schema(
        summary="List assessments",
        description="Learners see the published ones of the courses that they are in; who teaches, those of their "
        "courses; admins and principals all. Newest first.",
        responses=AssessmentRowSerializer(many=True),
        examples=[examples.ASSESSMENT],
    ),
    retrieve=extend_schema(
        summary="Show an assessment",
        description="Access code and networks are for those who may change it. Learners also get their `terms`: the "
        "dates, time limit and attempts that hold for them, accommodations included, and what they have used.",
        responses=PolymorphicProxySerializer(
            component_name="AssessmentOrTaken",
            serializers=[AssessmentSerializer, TakenAssessmentSerializer],
            resource_type_field_name=None,
        ),
        examples=[examples.ASSESSMENT, authoring_examples.TAKEN_ASSESSMENT],
    ),
    create=extend_schema(
        summary="Create an assessment",
        description="For a course that you teach. Published unless you say `status: draft`; it may be published before "
        "it has questions, and starting it then answers 409 `assessment_empty`.",
        examples=[examples.NEW_ASSESSMENT, examples.ASSESSMENT],
    ),
    partial_update=extend_schema(
        summary="Change an assessment",
        description="Attempts under way keep their paper and their deadline. `status` publishes, archives, or takes "
        "back to a draft: the last only while nobody has taken it (409 `assessment_taken`).",
        examples=[examples.ASSESSMENT_CHANGE, examples.ASSESSMENT],
    ),
    destroy=extend_schema(
        summary="Delete an assessment",
        description="Only while nobody has taken it (409 `assessment_taken`); its questions stay in the bank.",
    ),
)
class AssessmentViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Assessments."""

    policy = AssessmentPolicy
    queryset = Assessment.objects.order_by("-created_at", "-id")
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return AssessmentRowSerializer if self.action == "list" else AssessmentSerializer

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Leave out, for those who only take it, what would let them start somewhere else; tell them their terms."""
        response = super().answer(obj, status_code=status_code)
        if self.action == "retrieve" and not manages(self.actor, obj):
            obj.terms = standing_of(self.actor, obj) if TAKE in self.actor.permissions else None
            response.data = TakenAssessmentSerializer(obj).data
        return response

    def perform_create(self, serializer: BaseSerializer[Any]) -> Assessment:
        fields = dict(serializer.validated_data)
        course = self._course_named(fields.pop("course"))
        if not manages(self.actor, course):
            raise PermissionDenied
        return create_assessment(course=course, by=self.actor, **fields)

    def perform_update(self, serializer: BaseSerializer[Any]) -> Assessment:
        changes = {name: value for name, value in serializer.validated_data.items() if name != "course"}
        return change_assessment(assessment=serializer.instance, by=self.actor, **changes)  # type: ignore[arg-type]

    def perform_destroy(self, instance: Assessment) -> None:
        delete_assessment(assessment=instance, by=self.actor)

    @extend_schema(
        summary="Copy an assessment",
        description="With all settings, lines and questions, as a draft: into the same course or another one that you "
        "teach. Questions of the bank that you may not use are copied into your part of it. Attempts and "
        "accommodations stay with the original.",
        request=CopySerializer,
        responses={201: AssessmentSerializer},
        examples=[authoring_examples.COPY, examples.ASSESSMENT],
    )
    def copy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._copy)

    def _copy(self) -> Response:
        assessment = self.get_object()
        given = CopySerializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        named = given.validated_data.get("course")
        course = self._course_named(named) if named else assessment.course
        if not manages(self.actor, course):
            raise PermissionDenied
        usable = QuestionPolicy.visible(self.actor, Question.objects.filter(assessment_items__assessment=assessment))
        copy = copy_assessment(
            assessment=assessment, by=self.actor, course=course, title=given.validated_data.get("title", ""),
            usable=usable.values_list("id", flat=True),
        )  # fmt: skip
        return self.answer(copy, status_code=status.HTTP_201_CREATED)

    def _course_named(self, identifier: str) -> Course:
        lookup = lookup_of(identifier, "slug")
        courses = CoursePolicy.visible(self.actor, Course.objects.all())
        course: Course | None = courses.filter(**lookup).first() if lookup else None
        if course is None:
            raise ValidationError({"course": ["There is no such course."]}, code="does_not_exist")
        return course


@extend_schema_view(
    list=extend_schema(
        summary="List the questions of an assessment",
        description="With their keys, in their order: for those who teach its course.",
        responses=QuestionSerializer(many=True),
        examples=[examples.QUESTION],
    ),
    create=extend_schema(
        summary="Add a question to an assessment",
        description="A new question: it goes into your part of the bank, and to the end of the assessment.",
        responses={201: QuestionSerializer},
        examples=[*examples.NEW_QUESTIONS, examples.QUESTION],
    ),
    destroy=extend_schema(
        summary="Take a question off an assessment",
        description="It stays in the bank, and on the papers that have it.",
    ),
)
class AssessmentQuestionViewSet(OfAssessmentMixin, ListMixin, CreateMixin, DestroyMixin):
    """The questions of one assessment."""

    policy = QuestionsOfAssessmentPolicy
    queryset = QuestionVersion.objects.all()
    serializer_class = QuestionSerializer

    def get_queryset(self) -> QuerySet[QuestionVersion]:
        assessment = self.assessment_in_url()
        self.check_object_permissions(self.request, assessment)
        lines = QuestionVersion.objects.filter(
            question__assessment_items__assessment_id=assessment.id, number=F("question__version_number")
        )
        return lines.select_related("question").order_by("question__assessment_items__order", "id")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def perform_create(self, serializer: BaseSerializer[Any]) -> QuestionVersion:
        assessment = self.assessment_in_url()
        self.check_object_permissions(self.request, assessment)
        fields = with_filed_rows(serializer.validated_data, self.actor)
        return put_new_question(assessment=assessment, by=self.actor, **fields)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        assessment = self.assessment_in_url()
        self.check_object_permissions(self.request, assessment)
        lookup = lookup_of(self.kwargs["question_id"])
        items = AssessmentItem.objects.filter(assessment_id=assessment.id)
        item = items.filter(question_id=lookup["id"]).first() if lookup else None
        if item is None:
            raise NotFound
        remove_item(item=item, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
