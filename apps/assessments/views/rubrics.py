"""Rubrics: what people grade by."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import F
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.assessments.filters import RubricFilter
from apps.assessments.models import Rubric, RubricVersion
from apps.assessments.permissions import QuestionPolicy, RubricPolicy
from apps.assessments.selectors import questions_with, rubric_usage_rows
from apps.assessments.serializers import RubricSerializer, RubricUsageSerializer, RubricVersionSerializer
from apps.assessments.services.rubrics import change_rubric, create_rubric, delete_rubric
from apps.assessments.views import rubric_examples as examples
from apps.core.http.versions import etag_of
from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin


@extend_schema_view(
    list=extend_schema(
        summary="List the rubrics",
        description="Your own and those that others share; admins and principals see all. Archived ones are listed on "
        "their own, with `is_archived=true`. Newest first.",
        responses=RubricSerializer(many=True),
        examples=[examples.RUBRIC],
    ),
    retrieve=extend_schema(summary="Show a rubric", examples=[examples.RUBRIC]),
    create=extend_schema(
        summary="Make a rubric",
        description="A criterion has levels, or `max_points` up to which a grader is free. Questions name the rubric "
        "in their `rubric`: essays, file uploads, code and short answers.",
        responses={201: RubricSerializer},
        examples=[examples.NEW_RUBRIC, examples.RUBRIC],
    ),
    partial_update=extend_schema(
        summary="Change a rubric",
        description="Other criteria make a new version: papers keep the one of their start, and the answers on them "
        "are graded by that. `is_archived`: no new question may name it.",
        examples=[examples.RUBRIC_CHANGE, examples.RUBRIC],
    ),
    destroy=extend_schema(
        summary="Delete a rubric",
        description="One that no question names, nor has named on a paper; else 409 `rubric_used`: archive it.",
    ),
)
class RubricViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    """Rubrics, each as its current version."""

    policy = RubricPolicy
    queryset = Rubric.objects.order_by("-created_at", "-id")
    serializer_class = RubricSerializer
    filterset_class = RubricFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rubrics = self.filter_queryset(self.get_queryset())
        if "is_archived" not in request.query_params:
            rubrics = rubrics.filter(is_archived=False)
        page = self.paginate_queryset(rubrics)
        return self.get_paginated_response(self.get_serializer(_current(page or []), many=True).data)

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the current version, with the entity tag of the rubric."""
        version = obj if isinstance(obj, RubricVersion) else _current([obj])[0]
        tag = etag_of(version.rubric) or ""
        return Response(self.get_serializer(version).data, status=status_code, headers={"ETag": tag})

    def perform_create(self, serializer: BaseSerializer[Any]) -> RubricVersion:
        return create_rubric(by=self.actor, **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> RubricVersion:
        rubric = cast("Rubric", serializer.instance)
        return change_rubric(rubric=rubric, by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: Rubric) -> None:
        delete_rubric(rubric=instance, by=self.actor)

    @extend_schema(
        summary="List the versions of a rubric",
        description="Newest first. A version never changes; other criteria make another one.",
        responses=RubricVersionSerializer(many=True),
        filters=False,
        examples=[examples.RUBRIC_VERSION],
    )
    def versions(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        versions = RubricVersion.objects.filter(rubric=self.get_object()).select_related("rubric")
        page = self.paginate_queryset(versions.order_by("-number"))
        return self.get_paginated_response(RubricVersionSerializer(page, many=True).data)

    @extend_schema(
        summary="List where a rubric is used",
        description="The questions that name it, or have named it on a paper: for its author, and for who reads the "
        "whole bank. Newest first.",
        responses=RubricUsageSerializer(many=True),
        filters=False,
        examples=[examples.RUBRIC_USAGE],
    )
    def usage(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rubric = self.get_object()
        questions = questions_with(rubric)
        page = self.paginate_queryset(questions) or []
        ids = [question.id for question in page]
        readable = QuestionPolicy.visible(self.actor, questions.filter(id__in=ids)).values_list("id", flat=True)
        rows = rubric_usage_rows(rubric, page, readable=readable)
        return self.get_paginated_response(RubricUsageSerializer(rows, many=True).data)


def _current(rubrics: Sequence[Rubric]) -> Sequence[RubricVersion]:
    """Return the current versions in the order of the rubrics: one statement."""
    versions = RubricVersion.objects.filter(
        rubric__in=[rubric.id for rubric in rubrics], number=F("rubric__version_number")
    ).select_related("rubric")
    by_rubric = {version.rubric_id: version for version in versions}
    return [by_rubric[rubric.id] for rubric in rubrics]
