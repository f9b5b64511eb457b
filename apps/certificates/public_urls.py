from django.urls import path

from apps.certificates import views

urlpatterns = [
    path("", views.verification_form, name="verification-form"),
    path("<str:number>/", views.verification_page, name="verification-page"),
]
