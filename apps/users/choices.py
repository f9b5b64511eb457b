from django.db import models


class Role(models.TextChoices):
    """What an account is in its tenant; an account may hold several. Platform staff hold none."""

    LEARNER = "learner", "Learner"
    INSTRUCTOR = "instructor", "Instructor"
    ADMIN = "admin", "Admin"
    PRINCIPAL = "principal", "Principal: reads everything, changes nothing"


class AccountStatus(models.TextChoices):
    """Whether an account may log in."""

    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"


class RegistrationMode(models.TextChoices):
    """Who may register an account at a tenant."""

    CLOSED = "closed", "Nobody: staff create accounts"
    INVITATION = "invitation", "Whoever holds an invitation"
    DOMAIN = "domain", "Addresses of the listed mail domains"
    OPEN = "open", "Everybody"


class RevocationReason(models.TextChoices):
    """Why a session ended before its time."""

    LOGOUT = "logout", "Logged out"
    REVOKED = "revoked", "Ended by its owner or by staff"
    REUSE = "reuse", "A refresh token came twice"
    PASSWORD_CHANGED = "password_changed", "The password was changed"
    SUSPENDED = "suspended", "The account was suspended"


class AdditionOutcome(models.TextChoices):
    """What became of one account in a bulk addition to a group."""

    ADDED = "added", "Added"
    ALREADY_MEMBER = "already_member", "Was in the group already"
    NOT_FOUND = "not_found", "No such account in this school"
