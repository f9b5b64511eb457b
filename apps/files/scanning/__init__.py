"""Malware scanning: `scanner()` returns the one that the installation is set up with (`CLAMD_URL`), if there is one."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from apps.files.scanning.base import Outcome, Scanner, ScannerUnavailable, Verdict
from apps.files.scanning.clamd import Clamd

__all__ = ["Outcome", "Scanner", "ScannerUnavailable", "Verdict", "scanner"]


def scanner() -> Scanner | None:
    """Return the scanner; None when the installation has none."""
    return Clamd(settings.CLAMD_URL, seconds=settings.CLAMD_TIMEOUT_SECONDS) if settings.CLAMD_URL else None


@register()
def check_scanner_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Complain at start-up about an address that no scanner can have."""
    del app_configs, kwargs
    try:
        scanner()
    except ValueError as error:
        return [Error(str(error), id="files.E001")]
    return []
