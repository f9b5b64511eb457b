"""Modules of a course: read as a tree, written one by one."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.idempotency import answer_once
from apps.core.http.views import DestroyMixin, UpdateMixin, lookup_of
from apps.courses.models import Module
from apps.courses.permissions import ModulePolicy
from apps.courses.selectors import module_prerequisites
from apps.courses.serializers import (
    ModulePrerequisiteSerializer,
    ModuleSerializer,
    ModuleWriteSerializer,
    ReorderSerializer,
)
from apps.courses.services import (
    add_module_prerequisite,
    change_module,
    create_module,
    delete_module,
    remove_module_prerequisite,
    reorder_modules,
)
from apps.courses.views import examples
from apps.courses.views.base import PartViewSet, bounded
from apps.courses.views.courses import as_id


@extend_schema_view(
    list=extend_schema(
        summary="Show the content of a course",
        description="All modules with their items, nested, in one answer. An item's `text_content` and `payload` "
        "come only to who is enrolled, teaches, or reads all courses, and for free previews; modules whose "
        "prerequisites are not met are locked and say why.",
        responses=ModuleSerializer(many=True),
        examples=[examples.MODULE_PAGE],
    ),
    create=extend_schema(
        summary="Add a module to a course",
        request=ModuleWriteSerializer,
        responses={201: ModuleSerializer},
        examples=[examples.NEW_MODULE, examples.MODULE],
    ),
    retrieve=extend_schema(
        summary="Show a module with its items", responses=ModuleSerializer, examples=[examples.MODULE]
    ),
    partial_update=extend_schema(
        summary="Change a module",
        request=ModuleWriteSerializer(partial=True),
        responses=ModuleSerializer,
        examples=[examples.MODULE_CHANGE, examples.MODULE],
    ),
    destroy=extend_schema(summary="Delete a module", description="With its items, and what learners had done in them."),
)
class ModuleViewSet(UpdateMixin, DestroyMixin, PartViewSet):
    """Modules, under their course or flat."""

    policy = ModulePolicy
    queryset = Module.objects.all()
    serializer_class = ModuleWriteSerializer
    pagination_class = None
    filter_backends = []

    def list(self, request: Request, **kwargs: Any) -> Response:
        return bounded(self.tree(lookup_of(kwargs["course_id"], "slug")).modules)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return self.answer_node(self.module_node(kwargs["id"]))

    def create(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def _create(self) -> Response:
        course = self.course_in_url()
        module = create_module(course=course, by=self.actor, **self.validated())
        return self.answer(module, status_code=status.HTTP_201_CREATED)

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer to a change with what a read would show."""
        return self.answer_node(self.module_node(str(obj.pk)), status_code=status_code)

    def perform_update(self, serializer: Any) -> Module:
        return change_module(module=serializer.instance, by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: Module) -> None:
        delete_module(module=instance, by=self.actor)

    @extend_schema(
        summary="Put the modules of a course in order",
        description="All or nothing: the list must name every module of the course exactly once; `errors` says "
        "what is wrong with which row.",
        request=ReorderSerializer,
        responses=ModuleSerializer(many=True),
        examples=[examples.REORDER, examples.MODULE_PAGE],
    )
    def reorder(self, request: Request, **kwargs: Any) -> Response:
        course = self.course_in_url()
        given = ReorderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reorder_modules(course=course, ids=given.validated_data["ids"], by=self.actor)
        return bounded(self.tree({"id": course.id}).modules)


@extend_schema_view(
    list=extend_schema(
        summary="List what a module asks for first",
        responses=ModulePrerequisiteSerializer(many=True),
        examples=[examples.MODULE_PREREQUISITE_PAGE],
    ),
    create=extend_schema(
        summary="Add a prerequisite to a module",
        description="Another module of the same course. Circles are refused (409 `prerequisite_cycle`).",
        examples=[examples.NEW_MODULE_PREREQUISITE, examples.MODULE_PREREQUISITE],
    ),
    destroy=extend_schema(summary="Remove a prerequisite from a module"),
)
class ModulePrerequisiteViewSet(PartViewSet):
    """What one module asks for."""

    policy = ModulePolicy
    queryset = Module.objects.none()
    serializer_class = ModulePrerequisiteSerializer
    pagination_class = None

    def list(self, request: Request, **kwargs: Any) -> Response:
        return bounded(self.get_serializer(module_prerequisites(self.module_in_url().id), many=True).data)

    def create(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def _create(self) -> Response:
        module = self.module_in_url()
        given = self.validated()
        created = add_module_prerequisite(
            module=module, required_module_id=given.pop("required_id"), by=self.actor, **given
        )
        row = next(row for row in module_prerequisites(module.id) if row["id"] == created.id)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        remove_module_prerequisite(
            module=self.module_in_url(), prerequisite_id=as_id(kwargs["prerequisite_id"]), by=self.actor
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
