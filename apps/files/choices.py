"""The states and kinds of files."""

from django.db import models


class Visibility(models.TextChoices):
    """Who finds what lies in a folder. What is used in a course is open to its learners besides."""

    PRIVATE = "private", "Its owner"
    STAFF = "staff", "Instructors and admins"
    SCHOOL = "school", "Everybody in the school"


class UploadState(models.TextChoices):
    """Where an upload stands."""

    RESERVED = "reserved", "Reserved"
    PROCESSING = "processing", "Being checked"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"
    ABORTED = "aborted", "Aborted"


class ScanState(models.TextChoices):
    """What the malware scanner said."""

    PENDING = "pending", "Waits for the scanner"
    CLEAN = "clean", "Clean"
    INFECTED = "infected", "Infected: in quarantine"
    ERROR = "error", "The scanner failed"
    NOT_SCANNED = "not_scanned", "Not scanned"


class VariantKind(models.TextChoices):
    """The sizes in which a picture is kept besides the original."""

    THUMBNAIL = "thumbnail", "Thumbnail: 160 pixels"
    CARD = "card", "Card: 640 pixels"
    FULL = "full", "Full: 1920 pixels"
