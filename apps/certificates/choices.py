from django.db import models


class CertificateStatus(models.TextChoices):
    """Whether a certificate can be relied on; an expired one is valid with a past `expires_at`."""

    VALID = "valid", "Valid"
    REVOKED = "revoked", "Revoked"
    SUPERSEDED = "superseded", "Superseded by a newer one"
