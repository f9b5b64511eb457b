"""Settings that all environments share. Reads the environment; the other modules only overrule."""

from typing import Any

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from apps.core.logging import logging_configuration
from lms_backend.environment import BASE_DIR, env
from lms_backend.settings import api, databases, stores

DEVELOPMENT_SECRET = "for-development-only-never-use-it-where-others-can-reach-it"  # noqa: S105  production refuses it

# Core
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_SECRET)
DEBUG = False
ROOT_URLCONF = "lms_backend.urls"
WSGI_APPLICATION = "lms_backend.wsgi.application"
ASGI_APPLICATION = "lms_backend.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "lms_backend.pytest_runner.PytestRunner"

INSTALLED_APPS = [
    # Ours first, so that our management commands and templates win.
    "apps.core",
    "apps.users",
    "apps.files",
    "apps.courses",
    "apps.enrollments",
    "apps.assessments",
    "apps.gradebook",
    "apps.certificates",
    "apps.core.admin_site.LmsAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "corsheaders",
    "django_celery_beat",
]

MIDDLEWARE = [
    "apps.core.http.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.core.http.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "apps.core.http.middleware.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.users.middleware.EntryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Hosts: a request's host names the tenant, unless it is one of the platform's own.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
PLATFORM_HOSTS = env.list("PLATFORM_HOSTS", default=["localhost", "127.0.0.1"])
TENANT_BASE_DOMAIN = env.str("TENANT_BASE_DOMAIN", default="localhost")
# Printed on certificates, so it must stay reachable for as long as they are to be verified.
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="") or f"http://localhost:{env.str('PORT', default='8000')}"
PATHS_WITHOUT_ENTRY = ("/health", "/ready", "/static/", "/storage/")

# Database
DATABASE_TRANSACTION_POOLING = env.bool("DATABASE_TRANSACTION_POOLING", default=False)
DATABASES: dict[str, dict[str, Any]] = {}
DATABASE_OWNER: dict[str, str] | None = None
DATABASE_RUNTIME_ROLE = ""
if env.str("DATABASE_URL", default=""):
    _database = databases.from_urls(
        env.str("DATABASE_URL"),
        env.str("DATABASE_OWNER_URL", default=""),
        transaction_pooling=DATABASE_TRANSACTION_POOLING,
    )
    DATABASES = {"default": _database.runtime}
    DATABASE_OWNER = _database.owner
    DATABASE_RUNTIME_ROLE = _database.runtime_role

# Cache: one process's memory until there is a Redis
CACHE_URL = env.str("CACHE_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        # A Redis that hangs must not hang the requests, which go on without it.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
    if CACHE_URL
    # By default it forgets a third of its entries at 300, and counters of failed log-ins among them.
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}}
}

# Celery: tasks run in the calling process until there is a broker
NO_BROKER = "memory://"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="") or NO_BROKER
CELERY_RESULT_BACKEND = env.str("CELERY_RESULT_BACKEND", default="") or None
CELERY_TASK_ALWAYS_EAGER = CELERY_BROKER_URL == NO_BROKER
CELERY_TASK_EAGER_PROPAGATES = False
CELERY_TASK_IGNORE_RESULT = CELERY_RESULT_BACKEND is None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Nobody waits long for a broker that is gone or hangs: the outbox sends later what could not be sent at once.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2, "socket_timeout": 2}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_TASK_DEFAULT_QUEUE = "default"
# A worker without --queues serves all. Jobs take long: on a queue of their own they hold up nothing that cannot wait.
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("default", "events", "jobs")}
CELERY_TASK_ROUTES = {
    "core.deliver*": {"queue": "events"},
    "core.retry_deliveries": {"queue": "events"},
    "core.run_job": {"queue": "jobs"},
}
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "assessments.purge": {"task": "assessments.purge", "schedule": crontab(hour="3", minute="30")},
    "assessments.submit_overdue": {"task": "assessments.submit_overdue", "schedule": 15.0},
    "core.retry_deliveries": {"task": "core.retry_deliveries", "schedule": 30.0},
    "core.purge": {"task": "core.purge", "schedule": crontab(hour="3", minute="40")},
    "core.purge_jobs": {"task": "core.purge_jobs", "schedule": crontab(hour="4", minute="0")},
    "core.purge_trash": {"task": "core.purge_trash", "schedule": crontab(hour="3", minute="50")},
    "core.resume_jobs": {"task": "core.resume_jobs", "schedule": 30.0},
    "enrollments.expire": {"task": "enrollments.expire", "schedule": 300.0},
    "files.collect_orphans": {"task": "files.collect_orphans", "schedule": crontab(hour="4", minute="10")},
    "files.expire_uploads": {"task": "files.expire_uploads", "schedule": 300.0},
    "users.purge": {"task": "users.purge", "schedule": crontab(hour="3", minute="20")},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# E-mail
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@lms.example.com")

# Files: the local disk until there is a bucket or a container
# The store as clients reach it, where that is another address than ours.
AWS_S3_PUBLIC_ENDPOINT_URL = env.str("AWS_S3_PUBLIC_ENDPOINT_URL", default="")
CERTIFICATE_FONTS_DIR = env.str("CERTIFICATE_FONTS_DIR", default="")
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES: dict[str, dict[str, Any]] = {
    "default": stores.from_environment(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Accounts, tokens, API
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["apps.users.backends.TenantBackend"]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # an address is unique per tenant; TenantBackend finds the account
PASSWORD_HASHERS = [
    "apps.users.hashers.LmsArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
MAX_CONCURRENT_PASSWORD_HASHES = env.int("MAX_CONCURRENT_PASSWORD_HASHES", default=1)
# Failed log-ins per fixed window: of an address in whichever school, and of a network (IPv4 /24, IPv6 /64).
LOGIN_WINDOW_SECONDS = env.int("LOGIN_WINDOW_SECONDS", default=900)
LOGIN_FAILURES_PER_ADDRESS = env.int("LOGIN_FAILURES_PER_ADDRESS", default=10)
LOGIN_FAILURES_PER_NETWORK = env.int("LOGIN_FAILURES_PER_NETWORK", default=100)
# The page of the front end that registers people; {host} is the school's own.
REGISTRATION_URL = env.str("REGISTRATION_URL", default="https://{host}/register?invitation={token}")
# The malware scanner: tcp://host:port or unix:/path of a clamd. Empty: files are not scanned.
CLAMD_URL = env.str("CLAMD_URL", default="")
CLAMD_TIMEOUT_SECONDS = env.int("CLAMD_TIMEOUT_SECONDS", default=180)
# How many proxies of ours append to X-Forwarded-For; 0: the peer of the connection is the client.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
JWT_SECRET_KEY = env.str("JWT_SECRET_KEY", default=SECRET_KEY)
ACCESS_TOKEN_MINUTES = env.int("ACCESS_TOKEN_MINUTES", default=15)
REFRESH_TOKEN_DAYS = env.int("REFRESH_TOKEN_DAYS", default=30)
REST_FRAMEWORK = api.REST_FRAMEWORK
SPECTACULAR_SETTINGS = api.SPECTACULAR_SETTINGS
SIMPLE_JWT = api.simple_jwt(
    signing_key=JWT_SECRET_KEY, access_minutes=ACCESS_TOKEN_MINUTES, refresh_days=REFRESH_TOKEN_DAYS
)
if min(ACCESS_TOKEN_MINUTES, REFRESH_TOKEN_DAYS) < 1:
    _message = "ACCESS_TOKEN_MINUTES and REFRESH_TOKEN_DAYS must be 1 or more."
    raise ImproperlyConfigured(_message)

# Browsers of other origins
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_ALLOW_HEADERS = [
    *("accept", "authorization", "content-type", "x-csrftoken", "x-requested-with"),
    *("idempotency-key", "if-match", "if-none-match", "x-request-id", "x-tenant-slug"),
    *("if-range", "range"),
]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Location", "Retry-After", "X-Request-ID"),
    *("Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range"),
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# AI services
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("de", _("German")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("hi", _("Hindi")),
    ("pt", _("Portuguese")),
    ("zh-hans", _("Simplified Chinese")),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Limits of a request's body
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Where files lie while they are received and checked, one copy of each; the system's own folder when empty.
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", default="") or None

LOGGING = logging_configuration(as_json=env.bool("LOG_JSON", default=False))
