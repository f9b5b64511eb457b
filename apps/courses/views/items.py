"""Content items: listed under their module, addressed flat."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.idempotency import answer_once
from apps.core.http.views import DestroyMixin, UpdateMixin
from apps.courses.content_types import CONTENT_TYPES
from apps.courses.models import ContentItem
from apps.courses.permissions import ItemPolicy
from apps.courses.serializers import (
    ItemChangeSerializer,
    ItemReorderSerializer,
    ItemSerializer,
    ItemWriteSerializer,
)
from apps.courses.services import change_item, create_item, delete_item, reorder_items
from apps.courses.views import examples
from apps.courses.views.base import PartViewSet, bounded

_TYPES = "\n".join(f"- `{kind.name}`: {kind.description}" for kind in CONTENT_TYPES.values())


@extend_schema_view(
    list=extend_schema(
        summary="List the items of a module",
        description="Nested, and as open or locked as in the content of the course.",
        responses=ItemSerializer(many=True),
        examples=[examples.ITEM_PAGE],
    ),
    create=extend_schema(
        summary="Add an item to a module",
        description=f"The payload is checked by the item's type:\n\n{_TYPES}",
        request=ItemWriteSerializer,
        responses={201: ItemSerializer},
        examples=[*examples.NEW_ITEMS, examples.ITEM],
    ),
    retrieve=extend_schema(
        summary="Show an item",
        description="Without text and payload (`is_locked`) for who may know of it but not open it.",
        responses=ItemSerializer,
        examples=[examples.ITEM],
    ),
    partial_update=extend_schema(
        summary="Change an item",
        description="A new `module` of the same course moves it with what is nested under it. The type stays.",
        request=ItemChangeSerializer(partial=True),
        responses=ItemSerializer,
        examples=[examples.ITEM_CHANGE, examples.ITEM],
    ),
    destroy=extend_schema(
        summary="Delete an item", description="With what is nested under it, and what learners had done in it."
    ),
)
class ItemViewSet(UpdateMixin, DestroyMixin, PartViewSet):
    """Content items, under their module or flat."""

    policy = ItemPolicy
    queryset = ContentItem.objects.all()
    pagination_class = None
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return ItemWriteSerializer if self.action == "create" else ItemChangeSerializer

    def list(self, request: Request, **kwargs: Any) -> Response:
        return bounded(self.module_node(kwargs["module_id"])["items"])

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return self.answer_node(self.item_node(kwargs["id"]))

    def create(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def _create(self) -> Response:
        module = self.module_in_url()
        item = create_item(module=module, by=self.actor, **self.validated())
        return self.answer(item, status_code=status.HTTP_201_CREATED)

    def answer(self, obj: Any, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer to a change with what a read would show."""
        return self.answer_node(self.item_node(str(obj.pk)), status_code=status_code)

    def perform_update(self, serializer: Any) -> ContentItem:
        return change_item(item=serializer.instance, by=self.actor, **serializer.validated_data)

    def perform_destroy(self, instance: ContentItem) -> None:
        delete_item(item=instance, by=self.actor)

    @extend_schema(
        summary="Put the items of a module in order",
        description="One level at a time, all or nothing; `errors` says what is wrong with which row.",
        request=ItemReorderSerializer,
        responses=ItemSerializer(many=True),
        examples=[examples.REORDER, examples.ITEM_PAGE],
    )
    def reorder(self, request: Request, **kwargs: Any) -> Response:
        module = self.module_in_url()
        given = ItemReorderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        parent_id = given.validated_data["parent"]
        reorder_items(module=module, ids=given.validated_data["ids"], parent_id=parent_id, by=self.actor)
        return bounded(self.module_node(str(module.id))["items"])
