"""How gradebooks count, and what happens in them."""

from django.db import models


class Calculation(models.TextChoices):
    """What the course total is made of."""

    POINTS = "points", "All points of all possible points"
    WEIGHTED = "weighted", "The categories by their weights"


class MissingWork(models.TextChoices):
    """What an empty cell counts."""

    EXCLUDED = "excluded", "Nothing: the total is of what is graded"
    ZERO_AFTER_DUE = "zero_after_due", "Zero, once the item is due"


class ScaleKind(models.TextChoices):
    """What the bands of a scale stand for."""

    LETTER = "letter", "Letters"
    PASS_FAIL = "pass_fail", "Pass or fail"


class ChangeKind(models.TextChoices):
    """What an entry of the history is about."""

    ATTEMPT = "attempt", "The assessment gave another score"
    OVERRIDDEN = "overridden", "A person gave a score"
    OVERRIDE_CLEARED = "override_cleared", "A person took their score back"
    EXCUSED = "excused", "Excused"
    UNEXCUSED = "unexcused", "No longer excused"
    FEEDBACK = "feedback", "A person gave other feedback"
    FINAL_OVERRIDDEN = "final_overridden", "A person gave a final grade"
    FINAL_CLEARED = "final_cleared", "A person took their final grade back"
    FROZEN = "frozen", "The final grades were frozen"
    UNFROZEN = "unfrozen", "The final grades were opened again"
