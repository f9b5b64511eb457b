"""Accounts, their sessions, invitations, and groups."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.functional import cached_property

from apps.core.tenancy.models import TenantForeignKey, TenantManager, TenantModel, TenantOrPlatformModel
from apps.users.choices import AccountStatus, RevocationReason, Role
from apps.users.roles import ALL_PERMISSIONS, BACK_OFFICE_ROLES, permissions_of
from apps.users.validators import validate_time_zone

_USER_ROW = (
    "id", "email", "first_name", "last_name", "roles", "is_platform_staff", "status", "language", "time_zone",
    "created_at", "last_login_at",
)  # fmt: skip
_SESSION_ROW = ("id", "user_agent", "ip_address", "created_at", "last_used_at", "expires_at", "is_current")


class UserQuerySet(models.QuerySet["User"]):
    def as_rows(self) -> models.QuerySet["User", dict[str, Any]]:
        """Return the rows of the user list, keyed as on the wire."""
        rows: models.QuerySet[User, dict[str, Any]] = self.values(*_USER_ROW)
        return rows


_ScopedManager = TenantManager.from_queryset(UserQuerySet)


class UserManager(_ScopedManager["User"]):
    """Adds what Django's `createsuperuser` asks of a manager."""

    def create_superuser(self, email: str, password: str | None = None) -> "User":
        """Make an account of the platform's staff; a platform context is open.

        Raises:
            ValidationError: the address is none, or one of the staff has it already.
        """
        address = email.strip().lower()
        user = self.model(email=address, tenant=None, is_platform_staff=True, password=make_password(password))
        user.clean_fields(exclude={"password"})
        if self.filter(tenant=None, email__iexact=address).exists():
            message = f"{address} is an account of the platform's staff already."
            raise ValidationError(message, code="email_taken")
        user.save(force_insert=True)
        return user


class User(AbstractBaseUser, TenantOrPlatformModel):
    """An account in one tenant, or of the platform's staff (then `tenant` is empty).

    The same address may have accounts in several tenants.
    """

    email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices), default=list, blank=True)
    is_platform_staff = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=AccountStatus.choices, default=AccountStatus.ACTIVE)
    avatar = models.ImageField(upload_to="avatars/", null=True, blank=True)
    bio = models.TextField(max_length=2000, blank=True)
    language = models.CharField(max_length=16, default="en")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    preferences = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    # Django's field would bring a signal handler that saves the account outside of its tenant's context.
    last_login = None
    last_login_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta(TenantOrPlatformModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant", Lower("email"), nulls_distinct=False, name="users_user_email_once_per_tenant"
            ),
            models.CheckConstraint(
                condition=models.Q(is_platform_staff=models.Q(tenant__isnull=True)),
                name="users_user_staff_without_tenant",
            ),
            models.CheckConstraint(condition=models.Q(roles__contained_by=Role.values), name="users_user_roles_known"),
            models.CheckConstraint(
                condition=models.Q(is_platform_staff=False) | models.Q(roles__len=0),
                name="users_user_staff_without_roles",
            ),
        ]
        indexes: ClassVar = [
            models.Index(Lower("email"), name="users_user_email"),
            models.Index(fields=["tenant", "last_name", "first_name", "id"], name="users_user_by_name"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """Return the name to show; the address where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What the roles grant; platform staff may do everything, inside the tenant they have entered."""
        return ALL_PERMISSIONS if self.is_platform_staff else permissions_of(self.roles)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # an attribute in Django; ours follows from the status
        """Whether the account may log in (asked by Django's own login too)."""
        return self.status == AccountStatus.ACTIVE

    @property
    def is_staff(self) -> bool:
        """Whether the account may enter the admin."""
        return self.is_platform_staff or not BACK_OFFICE_ROLES.isdisjoint(self.roles)

    @property
    def is_superuser(self) -> bool:
        return self.is_platform_staff

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Asked by the Django admin; `perm` is ours (`courses:write`), each ModelAdmin names its own."""
        del obj
        return self.is_active and perm in self.permissions

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the admin's index shows the app: whoever may enter it sees what each model allows."""
        del app_label
        return self.is_active and self.is_staff


class SessionQuerySet(models.QuerySet["Session"]):
    def as_rows(self) -> models.QuerySet["Session", dict[str, Any]]:
        """Return the rows of the session list; `is_current` is annotated by the caller."""
        names: tuple[str, ...] = _SESSION_ROW
        rows: models.QuerySet[Session, dict[str, Any]] = self.values(*names)
        return rows


SessionManager = TenantManager.from_queryset(SessionQuerySet)


class Session(TenantOrPlatformModel):
    """One log-in on one device: a family of refresh tokens, and what every access token is checked against."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="sessions")
    refresh_jti = models.UUIDField()
    previous_refresh_jti = models.UUIDField(null=True)
    rotated_at = models.DateTimeField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    ip_address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.CharField(max_length=20, choices=RevocationReason.choices, blank=True)

    objects: ClassVar[SessionManager["Session"]] = SessionManager()

    class Meta(TenantOrPlatformModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["tenant", "user", "-last_used_at"], name="users_session_of_user"),
            models.Index(fields=["expires_at"], name="users_session_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Invitation(TenantModel):
    """A right to register one account; only a hash of its token is kept.

    `invited_by_id` is empty when the person asked for it (open registration): then it only proves the address.
    """

    email = models.EmailField(max_length=254)
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices), default=list)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by_id = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant",
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True),
                name="users_invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Group(TenantModel):
    """A named set of accounts: a cohort, a team."""

    name = models.CharField(max_length=100)
    description = models.TextField(max_length=1000, blank=True)
    member_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint("tenant", Lower("name"), name="users_group_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["GroupMembership"]):
    def as_rows(self) -> models.QuerySet["GroupMembership", dict[str, Any]]:
        """Return the rows of a group's member list, keyed as on the wire."""
        of_user = {name: models.F(f"user__{name}") for name in ("email", "first_name", "last_name")}
        names: tuple[str, ...] = ("user", "joined_at")
        rows: models.QuerySet[GroupMembership, dict[str, Any]] = self.values(*names, **of_user)
        return rows


MembershipManager = TenantManager.from_queryset(MembershipQuerySet)


class GroupMembership(TenantModel):
    """One account in one group."""

    group = TenantForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    user = TenantForeignKey(User, on_delete=models.CASCADE, related_name="group_memberships")
    joined_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[MembershipManager["GroupMembership"]] = MembershipManager()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "group", "user"], name="users_membership_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "user"], name="users_membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"
