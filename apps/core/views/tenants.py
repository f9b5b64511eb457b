"""Tenants, for the platform's staff, and the one at hand, for everybody."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.choices import TenantStatus
from apps.core.errors import NotFound
from apps.core.http.views import CreateMixin, ListMixin, RetrieveMixin, UpdateMixin
from apps.core.models import Tenant
from apps.core.permissions import TenantPolicy
from apps.core.selectors import public_settings
from apps.core.serializers import CurrentTenantSerializer, TenantSerializer
from apps.core.services import change_tenant, change_tenant_status, create_tenant

WANTED = {"name": "Acme Learning", "slug": "acme", "theme": {"primary_color": "#1d4ed8"}}
TENANT = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60", **WANTED, "status": "active",
    "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-05T08:00:00Z",
}  # fmt: skip
CURRENT = {
    "id": TENANT["id"], **WANTED,
    "settings": {"support": {"email": "help@acme.local"}, "platform": {"announcement": ""}},
}  # fmt: skip
REQUEST = OpenApiExample("Tenant", value=WANTED, request_only=True)
ANSWER = OpenApiExample("Tenant", value=TENANT, response_only=True)
Action = TypeVar("Action", bound=Callable[..., Response])
BY_SLUG = "The tenant is named by its id or its slug. For the platform's staff only."


class NoTenantHere(NotFound):
    """The host is the platform's own."""

    code = "no_tenant"
    default_detail = "This host names no school. Use the school's own host, or send its slug as X-Tenant-Slug."


def _to_status(verb: str, effect: str) -> Callable[[Action], Action]:
    return extend_schema(
        summary=f"{verb} a tenant", description=f"{effect} {BY_SLUG}", request=None, responses=TenantSerializer,
        examples=[ANSWER],
    )  # fmt: skip


@extend_schema_view(
    list=extend_schema(
        summary="List tenants",
        description="All tenants; on a school's own host, or with its `X-Tenant-Slug`, that one. "
        "For the platform's staff only.",
        examples=[ANSWER],
    ),
    retrieve=extend_schema(summary="Read a tenant", description=BY_SLUG, examples=[ANSWER]),
    create=extend_schema(
        summary="Create a tenant",
        description="Its first account is made with the `create_admin` command or, on its own host, under `users/`. "
        "For the platform's staff only.",
        examples=[REQUEST, ANSWER],
    ),
    partial_update=extend_schema(
        summary="Change a tenant",
        description=f"A new slug means a new host name. {BY_SLUG}",
        examples=[OpenApiExample("New name", value={"name": "Acme Academy"}, request_only=True), ANSWER],
    ),
)
class TenantViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin):
    """Schools and companies on this installation."""

    policy = TenantPolicy
    queryset = Tenant.objects.order_by("name", "id")
    serializer_class = TenantSerializer
    slug_field = "slug"
    works_without_tenant = True
    works_in_read_only_tenant = True

    def perform_create(self, serializer: BaseSerializer[Any]) -> Tenant:
        return create_tenant(**serializer.validated_data, by=self.actor)

    def perform_update(self, serializer: BaseSerializer[Any]) -> Tenant:
        tenant: Any = serializer.instance
        return change_tenant(tenant=tenant, changes=serializer.validated_data, by=self.actor)

    @_to_status("Suspend", "Its people can no longer log in, and tokens that they hold stop working at once.")
    def suspend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._change_status(TenantStatus.SUSPENDED)

    @_to_status("Activate", "Its people log in and work again.")
    def activate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._change_status(TenantStatus.ACTIVE)

    @_to_status("Make read-only", "Its people log in and read; every change answers 403 `tenant_read_only`.")
    def make_read_only(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._change_status(TenantStatus.READ_ONLY)

    @_to_status("Archive", "It is closed for good, and its rows are kept.")
    def archive(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._change_status(TenantStatus.ARCHIVED)

    def _change_status(self, wanted: TenantStatus) -> Response:
        return self.answer(change_tenant_status(tenant=self.get_object(), status=wanted, by=self.actor))


class CurrentTenantViewSet(RetrieveMixin):
    """The tenant that the host, or the header, names."""

    policy = TenantPolicy
    queryset = Tenant.objects.all()
    serializer_class = CurrentTenantSerializer
    authentication_classes = ()

    @extend_schema(
        summary="Read the tenant of this host",
        description="Public: what a login page shows. Named by the host (`acme.localhost`, a verified custom domain) "
        "or by `X-Tenant-Slug`; whatever the tenant's status. 404 `no_tenant` on the platform's own host.",
        examples=[OpenApiExample("Tenant", value=CURRENT, response_only=True)],
        auth=[],
    )
    def current(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        entered = request.tenant  # type: ignore[attr-defined]  # set by the entry
        tenant = entered and self.get_queryset().filter(id=entered.id).first()
        if tenant is None:
            raise NoTenantHere
        facts = {name: getattr(tenant, name) for name in ("id", "name", "slug", "theme")}
        return Response(CurrentTenantSerializer({**facts, "settings": public_settings()}).data)
