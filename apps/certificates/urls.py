from typing import Any, Final

from django.urls import path

from apps.certificates import views

COLLECTION: Final[dict[str, Any]] = {"get": "list", "post": "create"}
READ_WRITE: Final[dict[str, Any]] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

certificate = views.CertificateViewSet.as_view
template = views.TemplateViewSet.as_view

urlpatterns = [
    path("certificates/", certificate({"get": "list"}), name="certificates"),
    path("certificates/my/", views.MyCertificatesViewSet.as_view({"get": "list"}), name="my-certificates"),
    path(
        "certificates/verify/<str:number>/",
        views.VerificationViewSet.as_view({"get": "retrieve"}),
        name="certificate-verification",
    ),
    path("certificates/templates/", template(COLLECTION), name="certificate-templates"),
    path("certificates/templates/<str:id>/", template(READ_WRITE), name="certificate-template"),
    path(
        "certificates/templates/<str:id>/preview/", template({"post": "preview"}), name="certificate-template-preview"
    ),
    path("certificates/<str:id>/", certificate({"get": "retrieve"}), name="certificate"),
    path("certificates/<str:id>/download/", certificate({"get": "download"}), name="certificate-download"),
    path("certificates/<str:id>/revoke/", certificate({"post": "revoke"}), name="certificate-revoke"),
    path("certificates/<str:id>/reissue/", certificate({"post": "reissue"}), name="certificate-reissue"),
    path(
        "enrollments/<str:id>/certificate/",
        views.EnrollmentCertificateViewSet.as_view({"post": "issue"}),
        name="enrollment-certificate",
    ),
]
