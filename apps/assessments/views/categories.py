"""The categories of the question bank."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.serializers import BaseSerializer

from apps.assessments.models import QuestionCategory
from apps.assessments.permissions import CategoryPolicy
from apps.assessments.serializers import CategorySerializer
from apps.assessments.services import change_category, create_category, delete_category
from apps.assessments.views import authoring_examples as examples
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin


@extend_schema_view(
    list=extend_schema(
        summary="List the categories of the bank", description="Ordered by name.", examples=[examples.CATEGORY]
    ),
    retrieve=extend_schema(summary="Show a category of the bank", examples=[examples.CATEGORY]),
    create=extend_schema(
        summary="Add a category to the bank",
        description="Names differ in more than upper and lower case (409 `category_exists`).",
        examples=[examples.NEW_CATEGORY, examples.CATEGORY],
    ),
    partial_update=extend_schema(
        summary="Rename a category",
        description="By who made it, or an admin.",
        examples=[examples.NEW_CATEGORY, examples.CATEGORY],
    ),
    destroy=extend_schema(
        summary="Delete a category",
        description="Only while no question and no random section names it (409 `category_in_use`).",
    ),
)
class CategoryViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Categories."""

    policy = CategoryPolicy
    queryset = QuestionCategory.objects.order_by("name", "id")
    serializer_class = CategorySerializer

    def perform_create(self, serializer: BaseSerializer[Any]) -> QuestionCategory:
        return create_category(by=self.actor, **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> QuestionCategory:
        category = cast("QuestionCategory", serializer.instance)
        return change_category(category=category, by=self.actor, **{"name": category.name, **serializer.validated_data})

    def perform_destroy(self, instance: QuestionCategory) -> None:
        delete_category(category=instance, by=self.actor)
