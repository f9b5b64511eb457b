"""Root URLs: the API at `/api/v1/` and, as its unversioned alias, at `/api/`."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

from apps.core.health.views import live, ready
from apps.core.storage.views import signed_request

api = [
    path("", include("apps.core.urls")),
    path("", include("apps.users.urls")),
    path("", include("apps.files.urls")),
    path("", include("apps.courses.urls")),
    path("", include("apps.enrollments.urls")),
    path("", include("apps.assessments.urls")),
    path("", include("apps.gradebook.urls")),
    path("", include("apps.certificates.urls")),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="swagger-ui")),
    path("health", live, name="health"),
    path("ready", ready, name="ready"),
    path("storage/<str:token>", signed_request, name="storage"),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/schema/swagger-ui/", SpectacularSwaggerView.as_view(url_name="schema"), name="swagger-ui"),
    path("api/schema/redoc/", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    path("api/v1/", include((api, "v1"))),
    path("api/", include(api)),
    path("verify/", include("apps.certificates.public_urls")),
]

# Failures outside of any view: JSON below /api/, Django's pages elsewhere.
handler400 = "apps.core.http.errors.bad_request"
handler403 = "apps.core.http.errors.forbidden"
handler404 = "apps.core.http.errors.not_found"
handler500 = "apps.core.http.errors.server_error"
