"""The `.env` file of the README works as printed there, notes behind the values included."""

import os
import re
from io import StringIO
from pathlib import Path

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from lms_backend import environment

PRINTED = """\
# Django Core
SECRET_KEY='your-secret-key-here' # REQUIRED for production
DEBUG=True # Set to False in production
ALLOWED_HOSTS=localhost,127.0.0.1 # Add production domains
DATABASE_URL=postgres://user:pass#word@localhost:5432/lms_db
# EMAIL_HOST=...
EMAIL_HOST_USER=
QUOTED="a # b"
"""


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> environ.Env:
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(environ.Env, "ENVIRON", os.environ)
    environ.Env.read_env(StringIO(environment.without_comments(PRINTED)))
    return environ.Env()


def test_notes_behind_values_are_no_part_of_them(variables: environ.Env) -> None:
    assert variables.str("SECRET_KEY") == "your-secret-key-here"
    assert variables.bool("DEBUG") is True
    assert variables.list("ALLOWED_HOSTS") == ["localhost", "127.0.0.1"]
    assert variables.str("EMAIL_HOST_USER") == ""


def test_a_hash_inside_a_value_stays(variables: environ.Env) -> None:
    assert variables.str("DATABASE_URL") == "postgres://user:pass#word@localhost:5432/lms_db"
    assert variables.str("QUOTED") == "a # b"


def test_every_variable_that_the_settings_read_is_in_the_example_file() -> None:
    root = environment.BASE_DIR
    example = (root / ".env.example").read_text(encoding="utf-8")
    sources = [*(root / "lms_backend").rglob("*.py"), *(root / "docker").glob("*.sh"), root / "docker-compose.yml"]

    read = {name for source in sources for name in names_read(source)} - SET_BY_OTHERS

    assert {name for name in read if f"\n{name}=" not in example and f"\n# {name}=" not in example} == set()


SET_BY_OTHERS = {"POSTGRES_USER", "POSTGRES_DB"}  # the database image


def names_read(source: Path) -> set[str]:
    pattern = r"""env\.\w+\(\s*"([A-Z][A-Z_0-9]+)"|\$\{([A-Z][A-Z_0-9]+)(?::[-?]|\})"""
    text = source.read_text(encoding="utf-8")
    return {name for match in re.findall(pattern, text) for name in match if name}


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Return the variables of a process in a checkout of its own, whose `.env` asks for production."""
    (tmp_path / ".env").write_text("DJANGO_SETTINGS_ENV=production # the real thing\nSENTENCE='from the file'\n")
    variables: dict[str, str] = {}
    monkeypatch.setattr(environment, "BASE_DIR", tmp_path)
    monkeypatch.setattr(os, "environ", variables)
    monkeypatch.setattr(environ.Env, "ENVIRON", variables)
    return variables


def test_the_file_chooses_the_settings_and_adds_what_the_process_does_not_say(process: dict[str, str]) -> None:
    environment.select_settings()

    assert process["DJANGO_SETTINGS_MODULE"] == "lms_backend.settings.production"
    assert process["SENTENCE"] == "from the file"


def test_the_process_wins_over_the_file(process: dict[str, str]) -> None:
    process |= {"DJANGO_SETTINGS_ENV": "development", "SENTENCE": "from the process"}

    environment.select_settings()

    assert process["DJANGO_SETTINGS_MODULE"] == "lms_backend.settings.development"
    assert process["SENTENCE"] == "from the process"


def test_tests_never_read_the_file(process: dict[str, str]) -> None:
    process["DJANGO_SETTINGS_MODULE"] = environment.TEST_SETTINGS

    environment.select_settings()

    assert process["DJANGO_SETTINGS_MODULE"] == environment.TEST_SETTINGS
    assert "SENTENCE" not in process


def test_settings_that_do_not_exist_are_refused(process: dict[str, str]) -> None:
    process["DJANGO_SETTINGS_ENV"] = "staging"

    with pytest.raises(ImproperlyConfigured, match="use one of development, production, test"):
        environment.select_settings()
