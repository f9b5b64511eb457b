from django.urls import URLPattern, URLResolver, path

from apps.users.views.auth import LoginViewSet, LogoutViewSet, RefreshViewSet, SwitchViewSet
from apps.users.views.profile import ChangePasswordViewSet, ProfileViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/login/", LoginViewSet.as_view({"post": "log_in"})),
    path("auth/token/refresh/", RefreshViewSet.as_view({"post": "refresh"})),
    path("auth/logout/", LogoutViewSet.as_view({"post": "log_out"})),
    path("auth/switch/", SwitchViewSet.as_view({"post": "switch"})),
    path("users/me/", ProfileViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("users/me/change-password/", ChangePasswordViewSet.as_view({"post": "change_password"})),
]
