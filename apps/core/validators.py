"""Validators of the platform's own fields."""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

RESERVED_SLUGS: Final = frozenset({"www", "api", "admin", "static", "media", "mail", "platform", "localhost"})

_slug = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z",
    "Use lower-case letters, digits and inner hyphens: the slug is part of a host name.",
    code="invalid_slug",
)

validate_domain = RegexValidator(
    r"\A(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z",
    "Enter a host name such as learn.example.com, in lower case, without scheme and port.",
    code="invalid_domain",
)

_COLOR = re.compile(r"\A#[0-9a-f]{6}\Z", re.IGNORECASE)
_THEME: Final = {
    "primary_color": _COLOR,
    "accent_color": _COLOR,
    "logo_url": re.compile(r"\Ahttps://\S{1,500}\Z"),
    "login_message": re.compile(r"\A.{0,500}\Z", re.DOTALL),
}


def validate_slug(value: str) -> None:
    """A slug is one label of a host name, and not one that the platform keeps for itself."""
    _slug(value)
    if value in RESERVED_SLUGS:
        message = f"The slug {value} is kept for the platform."
        raise ValidationError(message, code="reserved_slug")


def validate_theme(value: Any) -> None:
    """A theme holds only known keys, each of its own form."""
    if not isinstance(value, dict):
        message = "The theme must be an object."
        raise ValidationError(message, code="invalid_theme")
    for key, entry in value.items():
        if key not in _THEME:
            message = f"{key} is not a part of a theme; known are {', '.join(sorted(_THEME))}."
            raise ValidationError(message, code="unknown_theme_key")
        if not isinstance(entry, str) or not _THEME[key].match(entry):
            message = f"{key} does not have the right form."
            raise ValidationError(message, code="invalid_theme")
