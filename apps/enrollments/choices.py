from django.db import models


class EnrollmentStatus(models.TextChoices):
    """Where an enrolment stands; see `state_machine` for what may follow what."""

    PENDING = "pending", "Pending: waits for approval or payment"
    ACTIVE = "active", "Active"
    COMPLETED = "completed", "Completed"
    DROPPED = "dropped", "Dropped by the learner or by staff"
    EXPIRED = "expired", "Expired"
    SUSPENDED = "suspended", "Suspended by staff"


class EnrollmentSource(models.TextChoices):
    """Who enrolled the learner."""

    SELF = "self", "The learner"
    STAFF = "staff", "Staff"


class ProgressStatus(models.TextChoices):
    """How far a learner is with one content item."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
