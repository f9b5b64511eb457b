"""The platform's own settings."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.core.choices import SettingScope
from apps.core.settings_registry import SettingDefinition, define


def _check_email(value: str) -> None:
    """Accept an e-mail address, or nothing."""
    try:
        if value:
            validate_email(value)
    except ValidationError as error:
        message = "Enter an e-mail address, or an empty text for none."
        raise ValueError(message) from error


define(
    SettingDefinition(
        key="features.ai_content_generation",
        type=bool,
        default=False,
        description="Instructors may have course content drafted by an AI model.",
    ),
    SettingDefinition(
        key="support.email",
        type=str,
        default="",
        description="Where people ask for help; shown on the login page.",
        is_public=True,
        check=_check_email,
    ),
    SettingDefinition(
        key="platform.announcement",
        type=str,
        default="",
        description="A line that every school's login page shows, for example before a maintenance.",
        scope=SettingScope.PLATFORM,
        is_public=True,
    ),
    SettingDefinition(
        key="trash.days",
        type=int,
        default=30,
        minimum=1,
        maximum=3650,
        description="For how many days what was deleted can be restored, before it is deleted for good.",
    ),
)
