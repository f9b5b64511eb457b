"""One's own sessions."""

from typing import Any, cast

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.views import DestroyMixin, ListMixin
from apps.users.choices import RevocationReason
from apps.users.models import Session
from apps.users.permissions import SessionPolicy
from apps.users.scopes import account_scope
from apps.users.serializers.auth import SessionSerializer
from apps.users.services.sessions import revoke_session, revoke_sessions

SESSION = {
    "id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f62", "user_agent": "Mozilla/5.0", "ip_address": "203.0.113.7",
    "created_at": "2026-02-01T07:30:00Z", "last_used_at": "2026-02-01T09:00:00Z",
    "expires_at": "2026-03-03T09:00:00Z", "is_current": True,
}  # fmt: skip


class SessionViewSet(ListMixin, DestroyMixin):
    """Where one is logged in."""

    policy = SessionPolicy
    queryset = Session.objects.filter(revoked_at=None).order_by("-last_used_at", "-id")
    serializer_class = SessionSerializer
    rows = "as_rows"
    works_in_read_only_tenant = True
    works_without_tenant = True

    def get_queryset(self) -> QuerySet[Any]:
        current = ExpressionWrapper(Q(id=self.current_id), output_field=BooleanField())
        alive: QuerySet[Any] = super().get_queryset().filter(expires_at__gt=timezone.now())
        marked: QuerySet[Any] = alive.annotate(is_current=current)
        return marked

    @property
    def current_id(self) -> Any:
        """The session that this request belongs to."""
        return cast("Any", self.request).bearer_session_id

    @extend_schema(
        summary="List one's own sessions",
        description="Those that are alive, the latest used first.",
        examples=[OpenApiExample("Session", value=SESSION, response_only=True)],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with account_scope(self.actor.tenant_id):
            return super().list(request, *args, **kwargs)

    @extend_schema(
        summary="End one of one's own sessions",
        description="At once: its access tokens are refused from now on.",
        responses={204: OpenApiResponse(description="The session has ended.")},
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with account_scope(self.actor.tenant_id):
            return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, instance: Session) -> None:
        revoke_session(session=instance, by=self.actor)

    @extend_schema(
        operation_id="auth_sessions_destroy_others",
        summary="End all of one's other sessions",
        description="The session of this request goes on.",
        responses={204: OpenApiResponse(description="The other sessions have ended.")},
    )
    def destroy_others(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        revoke_sessions(user=self.actor, reason=RevocationReason.REVOKED, keep=self.current_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
