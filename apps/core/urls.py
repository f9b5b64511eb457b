from django.urls import URLPattern, URLResolver, path

from apps.core.views.domains import DomainViewSet, TenantDomainViewSet
from apps.core.views.jobs import JobRowViewSet, JobViewSet
from apps.core.views.settings import SettingsViewSet
from apps.core.views.tenants import CurrentTenantViewSet, TenantViewSet
from apps.core.views.trash import TrashViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("core/tenants/", TenantViewSet.as_view({"get": "list", "post": "create"})),
    path("core/tenants/current/", CurrentTenantViewSet.as_view({"get": "current"})),
    path("core/tenants/<str:id>/", TenantViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("core/tenants/<str:id>/suspend/", TenantViewSet.as_view({"post": "suspend"})),
    path("core/tenants/<str:id>/activate/", TenantViewSet.as_view({"post": "activate"})),
    path("core/tenants/<str:id>/make-read-only/", TenantViewSet.as_view({"post": "make_read_only"})),
    path("core/tenants/<str:id>/archive/", TenantViewSet.as_view({"post": "archive"})),
    path("core/tenants/<str:id>/domains/", TenantDomainViewSet.as_view({"get": "list", "post": "create"})),
    path("core/domains/<str:id>/", DomainViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("core/domains/<str:id>/verify/", DomainViewSet.as_view({"post": "verify"})),
    path("core/domains/<str:id>/make-primary/", DomainViewSet.as_view({"post": "make_primary"})),
    path("core/settings/", SettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("core/trash/", TrashViewSet.as_view({"get": "list"})),
    path("core/trash/<str:id>/", TrashViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("core/trash/<str:id>/restore/", TrashViewSet.as_view({"post": "restore"})),
    path("jobs/", JobViewSet.as_view({"get": "list"})),
    path("jobs/<str:id>/", JobViewSet.as_view({"get": "retrieve"})),
    path("jobs/<str:id>/rows/", JobRowViewSet.as_view({"get": "list"})),
    path("jobs/<str:id>/download/", JobViewSet.as_view({"get": "download"})),
    path("jobs/<str:id>/cancel/", JobViewSet.as_view({"post": "cancel"})),
    path("jobs/<str:id>/retry/", JobViewSet.as_view({"post": "retry"})),
]
