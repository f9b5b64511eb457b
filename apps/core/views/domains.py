"""Custom domains of tenants."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.core.http.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin
from apps.core.models import Tenant, TenantDomain
from apps.core.permissions import DomainPolicy
from apps.core.serializers import DomainSerializer
from apps.core.services import add_domain, remove_domain, set_primary_domain, verify_domain

DOMAIN = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f61", "tenant": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60",
    "domain": "learn.acme.example", "verification_token": "q2mFh8zO5wYx0cC3", "is_verified": True,
    "verified_at": "2026-01-05T08:00:00Z", "is_primary": True, "created_at": "2026-01-05T07:00:00Z",
}  # fmt: skip
REQUEST = OpenApiExample("Domain", value={"domain": "learn.acme.example"}, request_only=True)
ANSWER = OpenApiExample("Domain", value=DOMAIN, response_only=True)
STAFF = "For the platform's staff only."


@extend_schema_view(
    list=extend_schema(summary="List a tenant's domains", description=STAFF, examples=[ANSWER]),
    create=extend_schema(
        summary="Add a custom domain",
        description="It leads to the tenant once it is verified: let the school publish `verification_token` in a "
        f"TXT record of the domain. {STAFF}",
        examples=[REQUEST, ANSWER],
    ),
)
class TenantDomainViewSet(ListMixin, CreateMixin):
    """The domains of one tenant."""

    policy = DomainPolicy
    queryset = TenantDomain.objects.order_by("domain", "id")
    serializer_class = DomainSerializer
    works_without_tenant = True
    works_in_read_only_tenant = True

    @property
    def tenant(self) -> Tenant:
        found: Tenant = self.find(Tenant.objects.all(), self.kwargs["id"], slug_field="slug")
        return found

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(tenant=self.tenant)

    def perform_create(self, serializer: BaseSerializer[Any]) -> TenantDomain:
        return add_domain(tenant=self.tenant, domain=serializer.validated_data["domain"], by=self.actor)


@extend_schema_view(
    retrieve=extend_schema(summary="Read a domain", description=STAFF, examples=[ANSWER]),
    destroy=extend_schema(summary="Remove a domain", description=f"From now on the host name leads nowhere. {STAFF}"),
)
class DomainViewSet(RetrieveMixin, DestroyMixin):
    """One custom domain."""

    policy = DomainPolicy
    queryset = TenantDomain.objects.all()
    serializer_class = DomainSerializer
    works_without_tenant = True
    works_in_read_only_tenant = True

    @extend_schema(
        summary="Verify a domain",
        description="Confirms that the school owns the domain. Where the installation has no `DOMAIN_PROOF` of its "
        f"own, the staff member looks up the TXT record and confirms by this call. {STAFF}",
        request=None,
        responses=DomainSerializer,
        examples=[ANSWER],
    )
    def verify(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(verify_domain(domain=self.get_object(), by=self.actor))

    @extend_schema(
        summary="Make a domain the primary one",
        description=f"The domain that links carry; it must be verified. {STAFF}",
        request=None,
        responses=DomainSerializer,
        examples=[ANSWER],
    )
    def make_primary(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(set_primary_domain(domain=self.get_object(), by=self.actor))

    def perform_destroy(self, instance: Any) -> None:
        remove_domain(domain=instance, by=self.actor)
