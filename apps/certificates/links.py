"""Addresses that are printed: they must hold for as long as the paper does."""

from django.conf import settings


def verification_base() -> str:
    """Return what every verification address begins with."""
    base = str(settings.PUBLIC_BASE_URL)
    return f"{base.rstrip('/')}/verify/"


def verification_url(number: str) -> str:
    """Return the public page that tells whether the certificate with this number holds."""
    return f"{verification_base()}{number}/"
