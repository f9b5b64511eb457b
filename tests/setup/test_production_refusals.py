"""Production refuses to start half-configured, in a line that names the variable."""

import os
import subprocess
import sys

import pytest

from lms_backend.environment import BASE_DIR

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "lms_backend.settings.production",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef-1",
    "JWT_SECRET_KEY": "0123456789abcdef0123456789abcdef-2",
    "DATABASE_URL": "postgres://lms_app@localhost/lms",
    "ALLOWED_HOSTS": "lms.example.com",
    "DEBUG": "False",
}


def load(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, away from any `.env`."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    code = "from django.conf import settings; print(settings.DEBUG, settings.SECURE_SSL_REDIRECT)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR, env={**inherited, **COMPLETE, **changes}, check=False, text=True, capture_output=True,
    )  # fmt: skip


def test_a_complete_configuration_loads_and_is_strict() -> None:
    result = load({})

    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"JWT_SECRET_KEY": ""}, "JWT_SECRET_KEY is not set"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS holds *"),
        ({"DEBUG": "True"}, "DEBUG is on"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32 bytes"),
        ({"JWT_SECRET_KEY": "0123456789"}, "JWT_SECRET_KEY is shorter than 32 bytes"),
        (
            {"SECRET_KEY": "for-development-only-never-use-it-where-others-can-reach-it"},
            "SECRET_KEY is a published example",
        ),
        ({"JWT_SECRET_KEY": "your-strong-jwt-secret-key-here"}, "JWT_SECRET_KEY is a published example"),
    ],
)
def test_it_refuses_and_names_the_variable(changes: dict[str, str], said: str) -> None:
    result = load(changes)

    assert result.returncode == 1
    assert said in result.stderr.strip().splitlines()[-1]


def test_the_command_line_says_in_one_line_what_environments_there_are() -> None:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR, env={**inherited, "DJANGO_SETTINGS_ENV": "staging"}, check=False, text=True, capture_output=True,
    )  # fmt: skip

    assert result.returncode == 1
    assert result.stderr.splitlines() == ["DJANGO_SETTINGS_ENV is 'staging': use one of development, production, test."]
