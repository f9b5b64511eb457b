"""The REST API: Django REST Framework, tokens, OpenAPI."""

from datetime import timedelta
from typing import Any

API_VERSION = "1.0.0"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.users.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.core.http.permissions.PolicyPermission"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.http.pagination.PageNumberPagination",
    "DEFAULT_RENDERER_CLASSES": ["apps.core.http.renderers.ORJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "apps.core.http.parsers.ORJSONParser",
        "apps.core.http.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["apps.core.http.filters.UsedFiltersBackend"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.http.schema.AutoSchema",
    "EXCEPTION_HANDLER": "apps.core.http.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": True,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "LMS Platform API",
    "DESCRIPTION": "A multi-tenant learning management system: courses, enrolments, progress, certificates.",
    "VERSION": API_VERSION,
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/(v1/)?",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": True,
    "PREPROCESSING_HOOKS": ["apps.core.http.schema.without_alias"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_NAME_OVERRIDES": {
        "TenantStatusEnum": "apps.core.choices.TenantStatus",
        "AccountStatusEnum": "apps.users.choices.AccountStatus",
        "RoleEnum": "apps.users.choices.Role",
        "CourseStatusEnum": "apps.courses.choices.CourseStatus",
        "EnrollmentStatusEnum": "apps.enrollments.choices.EnrollmentStatus",
        "EnrollmentSourceEnum": "apps.enrollments.choices.EnrollmentSource",
        "ProgressStatusEnum": "apps.enrollments.choices.ProgressStatus",
        "CertificateStatusEnum": "apps.certificates.choices.CertificateStatus",
        "CourseDifficultyEnum": "apps.courses.choices.Difficulty",
        "QuestionDifficultyEnum": "apps.assessments.choices.Difficulty",
        "ShownWhenEnum": "apps.assessments.choices.ShownWhen",
        "JobStateEnum": "apps.core.choices.JobState",
        "JobRowStateEnum": "apps.core.choices.JobRowState",
        "KindEnum": "apps.courses.choices.PrerequisiteKind",
        "ScaleKindEnum": "apps.gradebook.choices.ScaleKind",
        "FolderContentKindEnum": ["folder", "file"],
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "displayRequestDuration": True, "filter": True},
}


def simple_jwt(*, signing_key: str, access_minutes: int, refresh_days: int) -> dict[str, Any]:
    """Return the settings of the tokens' signatures and lifetimes."""
    return {
        "ALGORITHM": "HS256",
        "SIGNING_KEY": signing_key,
        "ACCESS_TOKEN_LIFETIME": timedelta(minutes=access_minutes),
        "REFRESH_TOKEN_LIFETIME": timedelta(days=refresh_days),
        "AUTH_HEADER_TYPES": ("Bearer",),
        "USER_ID_FIELD": "id",
        "USER_ID_CLAIM": "sub",
        "UPDATE_LAST_LOGIN": False,
    }
