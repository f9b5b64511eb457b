"""The process environment: read once, typed, with `.env` behind it."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
SETTINGS_ENVIRONMENTS = ("development", "production", "test")
SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"
TEST_SETTINGS = "lms_backend.settings.test"

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
    environ.Env.read_env(BASE_DIR / ".env", parse_comments=True)
    name = env.str("DJANGO_SETTINGS_ENV", default="development")
    if name not in SETTINGS_ENVIRONMENTS:
        message = f"DJANGO_SETTINGS_ENV is {name!r}: use one of {', '.join(SETTINGS_ENVIRONMENTS)}."
        raise ImproperlyConfigured(message)
    os.environ.setdefault(SETTINGS_VARIABLE, f"lms_backend.settings.{name}")
