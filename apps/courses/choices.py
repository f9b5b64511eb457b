from django.db import models


class CourseStatus(models.TextChoices):
    """Where a course is in its life; learners see published ones only."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    ARCHIVED = "archived", "Archived"


class Difficulty(models.TextChoices):
    """For whom a course is meant."""

    BEGINNER = "beginner", "Beginner"
    INTERMEDIATE = "intermediate", "Intermediate"
    ADVANCED = "advanced", "Advanced"


class PrerequisiteKind(models.TextChoices):
    """How strongly one thing asks for another."""

    REQUIRED = "required", "Required: must be completed first"
    RECOMMENDED = "recommended", "Recommended: shown, not enforced"
    COREQUISITE = "corequisite", "Corequisite: must be taken before or together"
