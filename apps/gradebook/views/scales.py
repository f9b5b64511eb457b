"""The scales of the school."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.serializers import BaseSerializer

from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.gradebook.filters import GradeScaleFilter
from apps.gradebook.models import GradeScale
from apps.gradebook.permissions import GradeScalePolicy
from apps.gradebook.serializers.scales import GradeScaleSerializer
from apps.gradebook.services import change_scale, create_scale, delete_scale
from apps.gradebook.views import setup_examples as examples


@extend_schema_view(
    list=extend_schema(
        summary="List the scales of the school",
        description="Ordered by name; for everybody who teaches, and for the school's staff.",
        examples=[examples.SCALE],
    ),
    retrieve=extend_schema(summary="Show a scale", examples=[examples.SCALE]),
    create=extend_schema(
        summary="Make a scale",
        description="Bands best first, each from a percentage, the last from 0; a label is used once. A scale of "
        "`pass_fail` has two. What is wrong is named entry by entry (`bands.2.from_percentage`), as 400 "
        "`invalid_bands` where entries do not fit together.",
        examples=[examples.NEW_LETTERS, examples.NEW_PASS_FAIL, examples.SCALE],
    ),
    partial_update=extend_schema(
        summary="Change a scale",
        description="By who made it, or an admin. Labels change at once wherever the scale is used; frozen final "
        "grades keep theirs. Bands that count in courses which you do not teach stay, unless you are an admin (409 "
        "`scale_in_use`).",
        examples=[examples.SCALE_CHANGE, examples.SCALE],
    ),
    destroy=extend_schema(
        summary="Delete a scale", description="Only while no gradebook uses it (409 `scale_in_use`)."
    ),
)
class GradeScaleViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Scales."""

    policy = GradeScalePolicy
    queryset = GradeScale.objects.order_by("name", "id")
    serializer_class = GradeScaleSerializer
    filterset_class = GradeScaleFilter

    def perform_create(self, serializer: BaseSerializer[Any]) -> GradeScale:
        return create_scale(by=self.actor, **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> GradeScale:
        return change_scale(scale=cast("GradeScale", serializer.instance), by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: GradeScale) -> None:
        delete_scale(scale=instance, by=self.actor)
