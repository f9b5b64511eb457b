"""Accounts in the admin: the same services as behind the API, so the same rules."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from apps.core.admin import AdminForm, TenantModelAdmin, TenantTabularInline
from apps.core.admin_site import LmsAdminSite
from apps.users.choices import RevocationReason, Role
from apps.users.forms import OwnPasswordForm
from apps.users.models import Group, GroupMembership, Invitation, Session, User
from apps.users.services.accounts import (
    activate_account,
    change_account,
    create_account,
    set_roles,
    suspend_account,
)
from apps.users.services.groups import add_members, change_group, create_group, delete_group, remove_member
from apps.users.services.invitations import invite, withdraw_invitation
from apps.users.services.profiles import set_password
from apps.users.services.sessions import revoke_session, revoke_sessions

LmsAdminSite.own_password_form = OwnPasswordForm


def _by(request: HttpRequest) -> User:
    """Return who acts; the admin lets nobody in without an account."""
    return cast("User", request.user)


class RolesForm(AdminForm):
    """Several roles as check boxes."""

    roles = forms.MultipleChoiceField(choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class AccountForm(RolesForm):
    """An account; its password can be set here, and is never shown."""

    new_password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Leave it empty to keep the present one. A new one ends all sessions of the account.",
    )

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "language", "time_zone", "roles")


class NewAccountForm(AccountForm):
    """An account to be made needs a password."""

    new_password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), label="Password"
    )


class MembershipInline(TenantTabularInline):
    """Who is in a group, or which groups an account is in."""

    model = GroupMembership
    read_permission = "groups:read"
    fields = ("group", "user", "joined_at")
    readonly_fields = ("joined_at",)
    ordering = ("joined_at", "id")


@admin.register(User)
class UserAdmin(TenantModelAdmin):
    """Accounts; deleting one suspends it."""

    read_permission = "users:read"
    write_permission = "users:write"
    form = AccountForm
    list_display = ("email", "first_name", "last_name", "roles", "status", "last_login_at")
    list_filter = ("status",)
    search_fields = ("email", "first_name", "last_name")
    ordering = ("last_name", "first_name", "id")
    readonly_fields = ("status", "is_platform_staff", "bio", "created_at", "last_login_at")
    fields = ("email", "new_password", "first_name", "last_name", "roles", "language", "time_zone", *readonly_fields)
    inlines = (MembershipInline,)
    actions = ("suspend", "activate", "end_sessions")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's signature
        return super().get_form(request, obj, change, **({} if change else {"form": NewAccountForm}) | kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave the password out where nobody can set one: for who reads only."""
        names = super().get_fields(request, obj)
        can_write = self.has_change_permission(request, obj)
        return names if can_write else [name for name in names if name != "new_password"]

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        values = dict(form.cleaned_data)
        return create_account(password=values.pop("new_password"), **values, by=_by(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        changes = self.changes(form)
        password, roles = changes.pop("new_password", ""), changes.pop("roles", None)
        if changes:
            change_account(account=obj, changes=changes, by=_by(request))
        if roles is not None:
            set_roles(account=obj, roles=roles, by=_by(request))
        if password:
            set_password(account=obj, password=password, by=_by(request))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        suspend_account(account=obj, by=_by(request))

    @admin.action(description="Suspend", permissions=["write"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Suspend the chosen accounts: all of them, or none when one cannot be."""
        for account in queryset:
            suspend_account(account=account, by=_by(request))
        self.message_user(request, "The accounts are suspended, and their sessions have ended.")

    @admin.action(description="Activate", permissions=["write"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Let the chosen accounts log in again."""
        for account in queryset:
            activate_account(account=account, by=_by(request))
        self.message_user(request, "The accounts may log in again.")

    @admin.action(description="End all sessions", permissions=["write"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Log the chosen accounts out everywhere."""
        count = sum(revoke_sessions(user=account, reason=RevocationReason.REVOKED) for account in queryset)
        self.message_user(request, f"{count} sessions have ended.")


@admin.register(Session)
class SessionAdmin(TenantModelAdmin):
    """Who is logged in where, from which address: for admins alone. Deleting a session ends it."""

    write_permission = "users:write"
    list_display = ("user", "user_agent", "created_at", "last_used_at", "revoked_at", "revocation_reason")
    list_filter = ("revocation_reason",)
    list_select_related = ("user",)
    fields = (
        "user", "user_agent", "ip_address", "created_at", "last_used_at", "expires_at", "revoked_at",
        "revocation_reason",
    )  # fmt: skip
    ordering = ("-last_used_at", "-id")

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        revoke_session(session=obj, by=_by(request))


class InvitationForm(RolesForm):
    """Whom to invite, and as what."""

    class Meta:
        model = Invitation
        fields = ("email", "roles")


@admin.register(Invitation)
class InvitationAdmin(TenantModelAdmin):
    """Invitations, for who may invite; their tokens go by mail and are never shown."""

    write_permission = "users:write"
    form = InvitationForm
    list_display = ("email", "roles", "created_at", "expires_at", "accepted_at")
    search_fields = ("email",)
    readonly_fields = ("created_at", "expires_at", "accepted_at")
    fields = ("email", "roles", *readonly_fields)
    ordering = ("-created_at", "-id")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return invite(email=form.cleaned_data["email"], roles=form.cleaned_data["roles"], by=_by(request))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        withdraw_invitation(invitation=obj, by=_by(request))


@admin.register(Group)
class GroupAdmin(TenantModelAdmin):
    """Groups and who is in them."""

    read_permission = "groups:read"
    write_permission = "groups:write"
    list_display = ("name", "member_count", "created_at")
    search_fields = ("name",)
    fields = ("name", "description", "member_count")
    readonly_fields = ("member_count",)
    ordering = ("name", "id")
    inlines = (MembershipInline,)

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        return create_group(**form.cleaned_data, by=_by(request))

    def perform_update(self, obj: Any, form: AdminForm, request: HttpRequest) -> None:
        change_group(group=obj, changes=self.changes(form), by=_by(request))

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        delete_group(group=obj, by=_by(request))


@admin.register(GroupMembership)
class GroupMembershipAdmin(TenantModelAdmin):
    """Single memberships; the group's count follows."""

    read_permission = "groups:read"
    write_permission = "groups:write"
    list_display = ("group", "user", "joined_at")
    list_filter = ("group",)
    list_select_related = ("group", "user")
    search_fields = ("user__email", "user__last_name")
    fields = ("group", "user")
    ordering = ("group__name", "user__last_name", "id")

    def perform_create(self, obj: Any, form: AdminForm, request: HttpRequest) -> Model:
        add_members(group=obj.group, user_ids=[obj.user_id], by=_by(request))
        return GroupMembership.objects.get(group=obj.group, user=obj.user)

    def perform_delete(self, obj: Any, request: HttpRequest) -> None:
        remove_member(group=obj.group, user_id=obj.user_id, by=_by(request))
