"""Malware scanning: `scanner()` returns the one that the installation is set up with (`CLAMD_URL`), if there is one."""

from django.conf import settings

from apps.files.scanning.base import Outcome, Scanner, ScannerUnavailable, Verdict
from apps.files.scanning.clamd import Clamd

__all__ = ["Outcome", "Scanner", "ScannerUnavailable", "Verdict", "scanner"]


def scanner() -> Scanner | None:
    """Return the scanner; None when the installation has none."""
    return Clamd(settings.CLAMD_URL, seconds=settings.CLAMD_TIMEOUT_SECONDS) if settings.CLAMD_URL else None
