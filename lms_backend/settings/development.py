"""Settings of a developer's machine and of `make demo`: everything runs with nothing else installed."""

from lms_backend import embedded_postgres
from lms_backend.environment import env
from lms_backend.settings import databases
from lms_backend.settings.base import *  # noqa: F403  the shared settings
from lms_backend.settings.base import ALLOWED_HOSTS, DATABASE_TRANSACTION_POOLING, DATABASES

DEBUG = env.bool("DEBUG", default=True)
ALLOWED_HOSTS = list({*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]", ".localhost"})
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=["http://localhost:3000", "http://127.0.0.1:3000"])

if not DATABASES:
    _server = embedded_postgres.start()
    _database = databases.from_urls(
        _server.url(embedded_postgres.RUNTIME_ROLE),
        _server.url(embedded_postgres.OWNER_ROLE),
        transaction_pooling=DATABASE_TRANSACTION_POOLING,
    )
    DATABASES = {"default": _database.runtime}
    DATABASE_OWNER = _database.owner
    DATABASE_RUNTIME_ROLE = _database.runtime_role

# Static files straight from the installed packages: no collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
