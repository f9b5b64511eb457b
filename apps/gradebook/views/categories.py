"""The categories of a gradebook, below their course or flat."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.gradebook.models import GradeCategory
from apps.gradebook.permissions import GradeSetupPolicy
from apps.gradebook.selectors.setup import gradebook_of, setup_warnings
from apps.gradebook.serializers.setup import GradeCategoryRowSerializer, GradeCategorySerializer
from apps.gradebook.services import change_category, create_category, delete_category
from apps.gradebook.views import setup_examples as examples
from apps.gradebook.views.parts import PartMixin


@extend_schema_view(
    list=extend_schema(
        summary="List the categories of a gradebook",
        description="In their order; for those who keep the gradebook.",
        responses=GradeCategoryRowSerializer(many=True),
        examples=[examples.CATEGORY_ROW],
    ),
    retrieve=extend_schema(summary="Show a category of a gradebook", examples=[examples.CATEGORY]),
    create=extend_schema(
        summary="Add a category to a gradebook",
        description="`weight_percentage` counts in a weighted gradebook only. Weights that do not come to 100 are "
        "scaled, and `warnings` say so. Of `drop_lowest` items what is left is worth the most; one is always kept. "
        "Names are used once per course (409 `grade_category_exists`).",
        examples=[examples.NEW_CATEGORY, examples.CATEGORY],
    ),
    partial_update=extend_schema(
        summary="Change a category of a gradebook",
        description="Totals follow at once. `order` sorts the list, the smallest first.",
        examples=[examples.CATEGORY_CHANGE, examples.CATEGORY],
    ),
    destroy=extend_schema(
        summary="Delete a category of a gradebook", description="Its items stay, without a category."
    ),
)
class GradeCategoryViewSet(PartMixin, ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Categories."""

    policy = GradeSetupPolicy
    queryset = GradeCategory.objects.order_by("order", "id")
    serializer_class = GradeCategorySerializer

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return GradeCategoryRowSerializer if self.action == "list" else GradeCategorySerializer

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Say with each category what may be wrong with all weights together."""
        obj.warnings = setup_warnings(gradebook_of(obj.course_id))
        return super().answer(obj, status_code=status_code)

    def perform_create(self, serializer: BaseSerializer[Any]) -> GradeCategory:
        return create_category(course=self.checked_course(), by=self.actor, **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> GradeCategory:
        category = cast("GradeCategory", serializer.instance)
        return change_category(category=category, by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: GradeCategory) -> None:
        delete_category(category=instance, by=self.actor)
