"""What wraps every request before anybody knows who sent it: its id, its headers, its log line."""

import logging
import re
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from apps.core.ids import new_id
from apps.core.request_context import request_id_context

logger = logging.getLogger("lms.request")

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = "X-Request-Id"
_ACCEPTABLE_ID = re.compile(r"\A[A-Za-z0-9._-]{8,64}\Z")
_PROBES = frozenset({"/health", "/ready"})

API_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)


class RequestIdMiddleware:
    """Give each request an id (the caller's `X-Request-Id` if it is well-formed) and one log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get(REQUEST_ID, "")
        request_id = offered if _ACCEPTABLE_ID.match(offered) else str(new_id())
        started = time.perf_counter()
        with request_id_context(request_id):
            response = self.get_response(request)
            if request.path not in _PROBES:
                _log(request, response, time.perf_counter() - started)
        response[REQUEST_ID] = request_id
        return response


class CompressionMiddleware(GZipMiddleware):
    """Compress answers, but never an object on its way: ranges count its own bytes, and so does Content-Length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if request.path.startswith("/storage/") else super().process_response(request, response)


def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Log the route, not the path: paths may carry names and numbers of people."""
    match = request.resolver_match
    tenant = getattr(request, "tenant", None)
    user = getattr(request, "bearer_user", None)
    logger.info(
        "request",
        extra={
            "method": request.method,
            "route": match.route if match else "(none)",
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
            "tenant": str(tenant.id) if tenant else None,
            "user": str(user.id) if user else None,
        },
    )


class SecurityHeadersMiddleware:
    """Headers that Django's SecurityMiddleware does not set; a view may set its own policy first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        headers = response.headers
        headers.setdefault("Content-Security-Policy", PAGE_CSP if is_page else API_CSP)
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-site")
        if request.path.startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
        return response
