"""Settings of the test suite. The root `conftest.py` adds the database server before the first connection."""

from lms_backend.environment import BASE_DIR
from lms_backend.settings import databases
from lms_backend.settings.base import *  # noqa: F403  the shared settings
from lms_backend.settings.base import SIMPLE_JWT

SECRET_KEY = "for-tests-only-0123456789-0123456789-0123456789"  # noqa: S105  no secret
JWT_SECRET_KEY = SECRET_KEY
SIMPLE_JWT = {**SIMPLE_JWT, "SIGNING_KEY": JWT_SECRET_KEY}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", ".localhost"]
PLATFORM_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CORS_ALLOWED_ORIGINS = ["http://localhost:3000"]
MEDIA_ROOT = BASE_DIR / ".data" / "test-media"

DATABASES = {"default": databases.from_urls("postgres://lms_test_app@localhost/lms_test").runtime}
DATABASE_OWNER = None
DATABASE_RUNTIME_ROLE = "lms_test_app"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
