"""The base of every view: queryset, serializer, policy, filterset; one service call per change."""

from collections.abc import Hashable
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from apps.core.http.idempotency import answer_once
from apps.core.http.versions import etag_of, require_match
from apps.core.policies import Policy
from apps.core.rows import QueryRows, Rows

LONGEST_REMEMBERED_QUERY = 200


class BaseViewSet(GenericViewSet[Any]):
    """A resource of the API.

    Subclasses set `policy`, `queryset` and `serializer_class`; hot lists also `rows` (see `ListMixin`). An id
    that is no UUID answers 404, unless the view's `slug_field` lets objects answer to their slug too. Changes
    are refused in a read-only tenant, and where no tenant is open at all (platform staff on the platform's own
    host), unless `works_in_read_only_tenant` and `works_without_tenant` say otherwise.
    """

    policy: ClassVar[type[Policy]]
    works_in_read_only_tenant: ClassVar[bool] = False
    works_without_tenant: ClassVar[bool] = False
    slug_field: ClassVar[str | None] = None
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[^/]+"

    @property
    def actor(self) -> Any:
        """Who acts, for the `by=` of services."""
        return self.request.user

    def get_queryset(self) -> QuerySet[Any]:
        """Return what the actor may know of."""
        return self.policy.visible(self.request.user, super().get_queryset())

    def get_object(self) -> Any:
        """Return the object that the URL names, locked against other writers when the request changes it.

        Raises:
            NotFound: no such object, or the actor may not know of it.
        """
        obj = self.find(self.get_queryset(), self.kwargs[self.lookup_url_kwarg])
        self.check_object_permissions(self.request, obj)
        return obj

    def find(self, queryset: QuerySet[Any], identifier: str, *, slug_field: str | None = None) -> Any:
        """Return the one row of `queryset` with this id, or slug: by default in the view's own `slug_field`."""
        lookup = lookup_of(identifier, slug_field or self.slug_field)
        obj = queryset.filter(**lookup).first() if lookup else None
        if obj is None:
            raise NotFound
        return obj

    def answer(self, obj: Model | None, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Return `obj` through the view's serializer, with its entity tag."""
        headers = {"ETag": tag} if (tag := etag_of(obj)) else None
        return Response(self.get_serializer(obj).data, status=status_code, headers=headers)

    def validated(self, **kwargs: Any) -> dict[str, Any]:
        """Return the request's body, checked by the view's serializer for the action."""
        serializer = self.get_serializer(data=self.request.data, **kwargs)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


def lookup_of(identifier: str, slug_field: str | None = None) -> dict[str, Any]:
    """Return the filter for an identifier from a URL; empty when nothing can have it."""
    try:
        return {"id": UUID(identifier)}
    except ValueError:
        return {slug_field: identifier} if slug_field and "\x00" not in identifier else {}


class ListMixin(BaseViewSet):
    """GET of a collection.

    `rows` names a queryset method that returns `values()` with the keys of the serializer: one statement
    and no instances. Without it the serializer renders instances.
    """

    rows: ClassVar[str | None] = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        source: Any = self.row_source()
        if source is not None:
            return self.get_paginated_response(self.paginate_queryset(source))
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def row_source(self) -> Rows | None:
        """Return where the rows of the list come from; None: the serializer renders instances."""
        if self.rows is None:
            return None
        rows = self.rows

        def build() -> QuerySet[Any, Any]:
            queryset: QuerySet[Any, Any] = getattr(self.filter_queryset(self.get_queryset()), rows)()
            return queryset

        return QueryRows(build, remember_as=self._statement_key())

    def _statement_key(self) -> Hashable | None:
        """Name everything that the statements of the list follow from; None: do not remember them."""
        variant = self.policy.variant(self.request.user)
        query = self.request.META.get("QUERY_STRING", "")
        if variant is None or len(query) > LONGEST_REMEMBERED_QUERY:
            return None
        return (type(self), variant, query, tuple(self.kwargs.values()))


class RetrieveMixin(BaseViewSet):
    """GET of one object."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())


class CreateMixin(BaseViewSet):
    """POST to a collection: `perform_create` makes one service call and returns the new object."""

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answer_once(request, self._create)

    def _create(self) -> Response:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return self.answer(self.perform_create(serializer), status_code=status.HTTP_201_CREATED)

    def perform_create(self, serializer: BaseSerializer[Any]) -> Model:
        raise NotImplementedError


class UpdateMixin(BaseViewSet):
    """PATCH (and PUT) of one object: `perform_update` makes one service call and returns the object."""

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            obj = self.get_object()
            if "If-Match" in request.headers:
                obj = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
            require_match(request, obj)
            serializer = self.get_serializer(obj, data=request.data, partial=kwargs.get("partial", False))
            serializer.is_valid(raise_exception=True)
            changed = self.perform_update(serializer)
        return self.answer(changed)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.update(request, *args, partial=True, **kwargs)

    def perform_update(self, serializer: BaseSerializer[Any]) -> Model:
        raise NotImplementedError


class DestroyMixin(BaseViewSet):
    """DELETE of one object: `perform_destroy` makes one service call."""

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            obj = self.get_object()
            require_match(request, obj)
            self.perform_destroy(obj)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def perform_destroy(self, instance: Any) -> None:
        raise NotImplementedError
