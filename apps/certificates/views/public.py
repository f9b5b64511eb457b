"""The public page that a certificate's QR code leads to. It works without JavaScript and without cookies."""

import re
import secrets
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.certificates.numbers import normalize_number
from apps.certificates.selectors import find_verification
from apps.certificates.throttling import count_verification
from apps.certificates.wording import is_right_to_left
from apps.users.services.throttle import TooManyAttempts

TEMPLATE: Final = "certificates/verify.html"
DEFAULT_COLOR: Final = "#1f3a5f"
_COLOR = re.compile(r"\A#[0-9a-fA-F]{6}\Z")
_HEADERS: Final = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_BRIGHT: Final = 150
_LONGEST_SHOWN: Final = 64


@require_safe
def verification_form(request: HttpRequest) -> HttpResponse:
    """Ask for a number; a number in the query leads on to its page."""
    typed = request.GET.get("number", "").strip()
    if not typed:
        return _page(request, {})
    number = normalize_number(typed)
    if number is None:
        return _page(request, {"mistyped": typed[:_LONGEST_SHOWN]}, status=HTTPStatus.NOT_FOUND)
    return redirect("verification-page", number=number)


@require_safe
def verification_page(request: HttpRequest, number: str) -> HttpResponse:
    """Tell whether the certificate with this number holds."""
    try:
        count_verification(request)
    except TooManyAttempts as error:
        wait = error.extra["retry_after"]
        headers = {"Retry-After": str(wait)}
        return _page(request, {"too_many": wait}, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
    canonical = normalize_number(number)
    if canonical is None:
        return _page(request, {"mistyped": number[:_LONGEST_SHOWN]}, status=HTTPStatus.NOT_FOUND)
    if canonical != number:
        return redirect("verification-page", number=canonical)
    found = find_verification(canonical, now=timezone.now())
    if found is None:
        return _page(request, {"unknown": canonical}, status=HTTPStatus.NOT_FOUND)
    context = {
        "certificate": found.certificate,
        "direction": "rtl" if is_right_to_left(found.language) else "ltr",
        "color": found.theme.get("primary_color"),
    }
    return _page(request, context)


def _page(
    request: HttpRequest,
    context: dict[str, Any],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    nonce = secrets.token_urlsafe(16)
    color = context.get("color")
    color = color if isinstance(color, str) and _COLOR.match(color) else DEFAULT_COLOR
    context |= {"nonce": nonce, "color": color, "on_color": _readable_on(color)}
    response = render(request, TEMPLATE, context, status=status)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    for name, value in {**_HEADERS, "Content-Security-Policy": policy, **(headers or {})}.items():
        response[name] = value
    return response


def _readable_on(color: str) -> str:
    """Return black or white, whichever can be read on `color` (perceived brightness, W3C AERT 2.2)."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#000000" if (299 * red + 587 * green + 114 * blue) / 1000 > _BRIGHT else "#ffffff"
