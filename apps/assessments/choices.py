"""The kinds and states of questions, assessments and attempts."""

from django.db import models


class AssessmentType(models.TextChoices):
    """What an assessment is for."""

    QUIZ = "quiz", "Quiz"
    EXAM = "exam", "Exam"
    ASSIGNMENT = "assignment", "Assignment"
    PRACTICE = "practice", "Practice"
    SURVEY = "survey", "Survey"


class AssessmentStatus(models.TextChoices):
    """Whether learners can see an assessment."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    ARCHIVED = "archived", "Archived"


class GradingMode(models.TextChoices):
    """Who grades."""

    AUTOMATIC = "automatic", "By the key alone; what the key cannot grade counts nothing"
    HYBRID = "hybrid", "By the key where there is one, the rest by people"
    MANUAL = "manual", "By people"


class CountedAttempt(models.TextChoices):
    """Which of several attempts counts."""

    HIGHEST = "highest", "The best one"
    LATEST = "latest", "The last one"
    FIRST = "first", "The first one"
    AVERAGE = "average", "The mean of all"


class ShownWhen(models.TextChoices):
    """From when on a learner sees a part of their result."""

    NEVER = "never", "Never"
    SUBMITTED = "submitted", "As soon as the attempt is graded"
    CLOSED = "closed", "Once the assessment is closed for everybody"
    POSTED = "posted", "When the staff post the results"


class LatePer(models.TextChoices):
    """The unit in which lateness is counted; a begun one counts whole."""

    HOUR = "hour", "Hour"
    DAY = "day", "Day"


class Difficulty(models.TextChoices):
    """How hard its author thinks a question is."""

    EASY = "easy", "Easy"
    MEDIUM = "medium", "Medium"
    HARD = "hard", "Hard"


class AttemptStatus(models.TextChoices):
    """Where an attempt stands."""

    IN_PROGRESS = "in_progress", "In progress"
    SUBMITTED = "submitted", "Submitted: waits for a person to grade"
    GRADED = "graded", "Graded"


class SubmittedBy(models.TextChoices):
    """What ended an attempt."""

    LEARNER = "learner", "The learner"
    DEADLINE = "deadline", "The deadline"
    STAFF = "staff", "Staff"


class JournalKind(models.TextChoices):
    """What an entry of an attempt's journal is about."""

    STARTED = "started", "Started"
    SAVED = "saved", "Answers saved"
    HINT = "hint", "Hint shown"
    DEADLINE_CHANGED = "deadline_changed", "Deadline moved"
    SUBMITTED = "submitted", "Submitted"
    GRADED = "graded", "Graded"
