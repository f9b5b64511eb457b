"""Where the measured processes run: production settings, on the database of the run."""

import logging
import os
import sys
import warnings

from lms_backend.environment import BASE_DIR, SETTINGS_VARIABLE

RESULTS = BASE_DIR / "bench" / "results"
PYTHON = sys.executable
HOST = "127.0.0.1"
# The variable that names the modules which the image does not have.
HIDDEN_MODULES = "BENCH_HIDDEN_MODULES"
# The variable that names the folder in which each worker of the platform keeps its CPU seconds of password hashes.
HASH_SECONDS_FOLDER = "BENCH_HASH_SECONDS_FOLDER"
# Long enough that no token expires in a run.
TOKEN_MINUTES = 24 * 60
# Published in this file on purpose: it signs tokens for a throw-away database on the loopback interface.
SECRET = "for-benchmarks-only-0123456789-0123456789-0123456789"


class BenchError(Exception):
    """Something did not run; the message is for the person at the keyboard."""


def production(runtime_url: str, owner_url: str) -> dict[str, str]:
    """Return the variables of a production process on this database, without broker and shared cache."""
    return {
        "DJANGO_SETTINGS_ENV": "production",
        SETTINGS_VARIABLE: "lms_backend.settings.production",
        "DEBUG": "False",
        "SECRET_KEY": SECRET,
        "JWT_SECRET_KEY": SECRET,
        "DATABASE_URL": runtime_url,
        "DATABASE_OWNER_URL": owner_url,
        "DATABASE_TRANSACTION_POOLING": "False",
        "ALLOWED_HOSTS": f"localhost,{HOST}",
        "SECURE_SSL_REDIRECT": "False",
        "CACHE_URL": "",
        "CELERY_BROKER_URL": "",
        "CELERY_RESULT_BACKEND": "",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "ACCESS_TOKEN_MINUTES": str(TOKEN_MINUTES),
        "LOG_JSON": "True",
    }


def for_child(variables: dict[str, str]) -> dict[str, str]:
    """Return the environment of a child process: ours with `variables`."""
    return {**os.environ, **variables, "PYTHONPATH": str(BASE_DIR)}


def set_up_django(variables: dict[str, str]) -> None:
    """Make this process one of the platform's, too: it signs tokens and counts statements, in silence."""
    os.environ.update(variables)
    logging.disable(logging.CRITICAL)
    warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
    import django  # noqa: PLC0415  it reads the environment when it is imported

    django.setup()
