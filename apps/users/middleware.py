"""Where a request gets its tenant: host, header, token and account must agree."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from apps.core.actor_context import actor_context
from apps.core.http.errors import database_unavailable
from apps.core.http.problems import problem_response
from apps.core.tenancy.context import NO_SCOPE, Scope, platform_context, tenant_context
from apps.core.validators import validate_slug
from apps.users.entry import Entry, TenantHint, enter, is_alive
from apps.users.tokens import ACCESS, InvalidToken, read_token

GetResponse = Callable[[HttpRequest], HttpResponse]
SLUG_HEADER = "X-Tenant-Slug"
_TOKEN_FAILURE = ("token_invalid", "The access token is malformed or has expired; refresh it or log in again.")
_SESSION_FAILURE = ("session_ended", "This session has ended, or its account is suspended; log in again.")


class TenantMismatch(Exception):
    """Host and header, or host and token, name different tenants."""


class UnknownTenant(Exception):
    """The host or the header names no tenant of this installation."""


class EntryMiddleware:
    """Prove the caller and open the context that the whole request runs in.

    Sets `request.tenant`, `request.named_tenant` (the same, but only as host or header name it),
    `request.bearer_user` and its `request.bearer_session_id` and, when a token came that is not good,
    `request.bearer_failure`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = None  # type: ignore[attr-defined]
        request.named_tenant = None  # type: ignore[attr-defined]
        request.bearer_session_id = None  # type: ignore[attr-defined]
        request.bearer_user = None  # type: ignore[attr-defined]
        request.bearer_failure = None  # type: ignore[attr-defined]
        if request.path.startswith(settings.PATHS_WITHOUT_ENTRY):
            return self.get_response(request)
        try:
            entry = _enter(request)
        except TenantMismatch:
            detail = "The host, the X-Tenant-Slug header and the access token do not belong to the same school."
            return problem_response(status=403, code="tenant_mismatch", detail=detail)
        except UnknownTenant:
            detail = "No school of this installation has this host or slug."
            return problem_response(status=404, code="unknown_tenant", detail=detail)
        except OperationalError:
            body = database_unavailable()
            return problem_response(status=503, code=body["code"], detail=body["detail"], headers={"Retry-After": "5"})
        user = entry.user if entry else None
        with _context(entry.scope if entry else NO_SCOPE), actor_context(str(user.id) if user else None):
            return self.get_response(request)


def _context(scope: Scope) -> AbstractContextManager[None]:
    if scope.tenant_id:
        return tenant_context(scope.tenant_id)
    return platform_context(reason=scope.reason) if scope.platform else nullcontext()


def _enter(request: HttpRequest) -> Entry | None:
    """Run the entry statement, if there is anything to enter with, and note its result on the request."""
    hint = tenant_hint(request)
    claims = None
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            claims = read_token(raw.strip(), kind=ACCESS)
        except InvalidToken:
            request.bearer_failure = _TOKEN_FAILURE  # type: ignore[attr-defined]
    if claims is None and not hint:
        return None
    entry = enter(claims, hint)
    if claims is not None:
        if entry.user is not None and not entry.hint_agrees:
            raise TenantMismatch
        if is_alive(entry):
            request.bearer_user = entry.user  # type: ignore[attr-defined]
            request.bearer_session_id = claims.session_id  # type: ignore[attr-defined]
        else:
            request.bearer_failure = _SESSION_FAILURE  # type: ignore[attr-defined]
        if entry.user is None and hint:  # the session is over; the host still names a tenant, for a new login
            claims, entry = None, enter(None, hint)
    if claims is None and entry.tenant is None:
        raise UnknownTenant
    request.tenant = entry.tenant  # type: ignore[attr-defined]
    request.named_tenant = entry.tenant if hint else None  # type: ignore[attr-defined]
    return entry


def tenant_hint(request: HttpRequest) -> TenantHint:
    """Return how the request names a tenant.

    Raises:
        TenantMismatch: the host is one school's, the header another's.
        UnknownTenant: the header is no slug.
    """
    from_host = _hint_of_host(request)
    header = request.headers.get(SLUG_HEADER)
    if header is None:
        return from_host
    slug = header.strip().lower()
    if not _is_slug(slug):
        raise UnknownTenant
    if from_host.slug and from_host.slug != slug:
        raise TenantMismatch
    return TenantHint(slug=slug, domain=from_host.domain)


def _hint_of_host(request: HttpRequest) -> TenantHint:
    name, _ = split_domain_port(request.get_host())
    if validate_host(name, settings.PLATFORM_HOSTS):
        return TenantHint()
    slug = name.removesuffix(f".{settings.TENANT_BASE_DOMAIN}")
    if slug != name:
        if not _is_slug(slug):
            raise UnknownTenant
        return TenantHint(slug=slug)
    return TenantHint(domain=name)


def _is_slug(value: str) -> bool:
    try:
        validate_slug(value)
    except ValidationError:
        return False
    return True
