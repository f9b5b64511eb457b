"""The items of a gradebook, below their course or flat."""

from collections.abc import Callable
from typing import Any, cast

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.filters import UsedFiltersBackend
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.gradebook.filters import GradeItemFilter
from apps.gradebook.models import GradeCategory, GradeItem
from apps.gradebook.permissions import GradeSetupPolicy
from apps.gradebook.serializers.items import GradeItemOrderSerializer, GradeItemSerializer
from apps.gradebook.services import change_item, create_item, delete_item, hide_item, post_item, reorder_items
from apps.gradebook.views import setup_examples as examples
from apps.gradebook.views.parts import PartMixin, referred


@extend_schema_view(
    list=extend_schema(
        summary="List the items of a gradebook",
        description="In their order, hidden ones included; for those who keep the gradebook. Each assessment has one, "
        "practices and surveys excepted: it comes by itself.",
        examples=[examples.ITEM],
    ),
    retrieve=extend_schema(summary="Show an item of a gradebook", examples=[examples.ITEM]),
    create=extend_schema(
        summary="Add an item that people grade",
        description="For what has no assessment: participation, a presentation. Behind what is there.",
        examples=[examples.NEW_ITEM, examples.MANUAL_ITEM],
    ),
    partial_update=extend_schema(
        summary="Change an item of a gradebook",
        description="Title, points and due date of an assessment's item follow the assessment: 400 "
        "`follows_assessment` with the field. Its category, whether it counts and who sees it are yours to say.",
        examples=[examples.ITEM_CHANGE, examples.ITEM],
    ),
    destroy=extend_schema(
        summary="Delete an item that people grade",
        description="Only while nothing is, and nothing was, graded in it (409 `item_graded`): a history of grades "
        "stays. An assessment's item goes with its assessment (409 `item_of_assessment`).",
    ),
)
class GradeItemViewSet(PartMixin, ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Items."""

    policy = GradeSetupPolicy
    queryset = GradeItem.objects.order_by("order", "id")
    serializer_class = GradeItemSerializer
    filter_backends = (UsedFiltersBackend,)  # type: ignore[assignment]  # the base has none
    filterset_class = GradeItemFilter

    def perform_create(self, serializer: BaseSerializer[Any]) -> GradeItem:
        course = self.checked_course()
        fields = self._with_category(dict(serializer.validated_data), course_id=course.id)
        return create_item(course=course, by=self.actor, **fields)

    def perform_update(self, serializer: BaseSerializer[Any]) -> GradeItem:
        item = cast("GradeItem", serializer.instance)
        changes = self._with_category(dict(serializer.validated_data), course_id=item.course_id)
        return change_item(item=item, by=self.actor, **changes)

    def perform_destroy(self, instance: GradeItem) -> None:
        delete_item(item=instance, by=self.actor)

    @extend_schema(
        summary="Show an item to learners",
        description="With what they have in it, as far as its assessment shows scores. A shown item stays as it is.",
        request=None,
        responses=GradeItemSerializer,
        examples=[examples.ITEM],
    )
    def post_item(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._shown_by(post_item)

    @extend_schema(
        summary="Hide an item from learners",
        description="Until it is posted; it counts nothing in the total that they see. A hidden item stays as it is.",
        request=None,
        responses=GradeItemSerializer,
        examples=[examples.ITEM],
    )
    def hide_item(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._shown_by(hide_item)

    def _shown_by(self, service: Callable[..., GradeItem]) -> Response:
        with transaction.atomic():
            item = service(item=self.get_object(), by=self.actor)
        return self.answer(item)

    @extend_schema(
        summary="Put the items of a gradebook in order",
        description="All or nothing: the list must name every item of the course exactly once; `errors` says what is "
        "wrong with which row.",
        request=GradeItemOrderSerializer,
        responses=GradeItemSerializer(many=True),
        examples=[examples.ITEM_ORDER, examples.ITEM],
    )
    def reorder(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = GradeItemOrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reorder_items(course=self.checked_course(), ids=given.validated_data["ids"], by=self.actor)
        return self.list(request, *args, **kwargs)

    @staticmethod
    def _with_category(fields: dict[str, Any], *, course_id: Any) -> dict[str, Any]:
        if "category_id" not in fields:
            return fields
        categories = GradeCategory.objects.filter(course_id=course_id)
        return {**fields, "category": referred(categories, fields.pop("category_id"), "category")}
