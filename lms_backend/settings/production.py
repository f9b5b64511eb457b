"""Settings of production. It refuses to start half-configured, and says what is missing."""

from django.core.exceptions import ImproperlyConfigured

from apps.core.logging import logging_configuration
from lms_backend.environment import env
from lms_backend.settings.base import *  # noqa: F403  the shared settings
from lms_backend.settings.base import DEVELOPMENT_SECRET, STORAGES

SECRET_BYTES = 32
MAKE_A_SECRET = "make one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`"  # noqa: S105  advice


def _required(variable: str, advice: str) -> str:
    value = str(env.str(variable, default=""))
    if not value:
        message = f"{variable} is not set: {advice}."
        raise ImproperlyConfigured(message)
    return value


def _required_secret(variable: str) -> str:
    value = _required(variable, MAKE_A_SECRET)
    if value == DEVELOPMENT_SECRET or value.startswith("your-strong-"):
        message = f"{variable} is a published example: {MAKE_A_SECRET}."
        raise ImproperlyConfigured(message)
    if len(value.encode()) < SECRET_BYTES:
        message = f"{variable} is shorter than {SECRET_BYTES} bytes: {MAKE_A_SECRET}."
        raise ImproperlyConfigured(message)
    return value


if env.bool("DEBUG", default=False):
    _message = "DEBUG is on: production never shows its insides, set DEBUG=False."
    raise ImproperlyConfigured(_message)
_required_secret("SECRET_KEY")
_required_secret("JWT_SECRET_KEY")
_required("DATABASE_URL", "give the URL of the unprivileged role, postgres://user:password@host:5432/name")
_required("ALLOWED_HOSTS", "list the host names that this installation answers to, .example.com for all below one")
if "*" in env.list("ALLOWED_HOSTS"):
    _message = "ALLOWED_HOSTS holds *: name the hosts, a request's host decides its tenant."
    raise ImproperlyConfigured(_message)

# HTTPS. Behind a proxy that ends TLS, set SECURE_PROXY_SSL_HEADER=true, and have it overwrite X-Forwarded-Proto.
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("SECURE_PROXY_SSL_HEADER", default=False) else None
)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = logging_configuration(as_json=env.bool("LOG_JSON", default=True))
