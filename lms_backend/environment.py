"""The process environment: read once, typed, with `.env` behind it."""

import os
import re
from io import StringIO
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
SETTINGS_ENVIRONMENTS = ("development", "production", "test")
SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"
TEST_SETTINGS = "lms_backend.settings.test"

QUOTED = re.compile(r"""^\s*(?:export\s+)?\w+=(?:'[^']*'|"[^"]*")(?=\s*(?:#|$))""")

env = environ.Env()


def select_settings() -> None:
    """Read `.env` and name the settings module that `DJANGO_SETTINGS_ENV` asks for.

    Variables of the process win over those of the file. Tests never read the file: what a developer
    keeps in it must not change their outcome.

    Raises:
        ImproperlyConfigured: `DJANGO_SETTINGS_ENV` names no settings of ours.
    """
    if os.environ.get(SETTINGS_VARIABLE) == TEST_SETTINGS:
        return
    file = BASE_DIR / ".env"
    if file.is_file():
        environ.Env.read_env(StringIO(without_comments(file.read_text(encoding="utf-8"))))
    name = env.str("DJANGO_SETTINGS_ENV", default="development")
    if name not in SETTINGS_ENVIRONMENTS:
        message = f"DJANGO_SETTINGS_ENV is {name!r}: use one of {', '.join(SETTINGS_ENVIRONMENTS)}."
        raise ImproperlyConfigured(message)
    os.environ.setdefault(SETTINGS_VARIABLE, f"lms_backend.settings.{name}")


def without_comments(text: str) -> str:
    """Remove what a person noted behind the values of a `.env` file.

    A comment starts at a `#` behind a space, outside of quotes; a `#` inside of a password is part of it.
    """
    return "\n".join(_value_only(line) for line in text.splitlines())


def _value_only(line: str) -> str:
    if line.lstrip().startswith("#"):
        return ""
    quoted = QUOTED.match(line)
    return quoted.group() if quoted else re.sub(r"\s+#.*$", "", line).rstrip()
