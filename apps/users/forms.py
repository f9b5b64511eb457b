"""Forms of the admin that are no model's."""

from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm

from apps.core.errors import DomainError
from apps.users.models import User
from apps.users.services.profiles import change_password, get_own_account


class OwnPasswordForm(AdminPasswordChangeForm):
    """One's own password, by the service behind the API: attempts are counted, and all API sessions end."""

    def clean_old_password(self) -> str:
        """Leave the proof to the service."""
        return str(self.cleaned_data["old_password"])

    def clean(self) -> dict[str, Any] | None:
        """Change the password, once both new ones agree; what the service refuses is an error of the form."""
        cleaned = super().clean()
        if not self.errors:
            self._change()
        return cleaned

    def _change(self) -> None:
        old, new = self.cleaned_data["old_password"], self.cleaned_data["new_password1"]
        try:
            change_password(user=self.user, old_password=old, new_password=new, session_id=None)
        except DomainError as error:
            self.add_error("new_password1" if error.field == "new_password" else "old_password", error.detail)

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002  Django's signature
        """Return the account as it is stored now: its new hash keeps this browser logged in."""
        del commit
        self.user = get_own_account(user=self.user)
        return self.user
