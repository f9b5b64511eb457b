"""The settings of accounts."""

import re

from apps.core.settings_registry import SettingDefinition, define
from apps.users.choices import RegistrationMode

_DOMAIN = re.compile(r"\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\Z")


def _check_domains(value: list[str]) -> None:
    """Accept mail domains in lower case, such as `school.example`."""
    for entry in value:
        if not _DOMAIN.match(entry):
            message = f"{entry} is no mail domain; write it like school.example, in lower case and without @."
            raise ValueError(message)


define(
    SettingDefinition(
        key="users.registration_mode",
        type=str,
        choices=tuple(RegistrationMode.values),
        default=RegistrationMode.INVITATION.value,
        description="Who may register an account: nobody, people with an invitation, certain mail domains, everybody.",
        is_public=True,
    ),
    SettingDefinition(
        key="users.registration_domains",
        type=list,
        default=[],
        description="The mail domains whose people may register when the mode is `domain`.",
        check=_check_domains,
    ),
)
