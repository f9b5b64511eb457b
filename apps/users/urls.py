from django.urls import URLPattern, URLResolver, path

from apps.users.views.auth import LoginViewSet, LogoutViewSet, RefreshViewSet, SwitchViewSet
from apps.users.views.avatars import AvatarViewSet
from apps.users.views.groups import GroupMemberViewSet, GroupViewSet
from apps.users.views.invitations import InvitationViewSet, RegisterViewSet
from apps.users.views.profile import ChangePasswordViewSet, ProfileViewSet
from apps.users.views.sessions import SessionViewSet
from apps.users.views.users import UserViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/login/", LoginViewSet.as_view({"post": "log_in"})),
    path("auth/token/refresh/", RefreshViewSet.as_view({"post": "refresh"})),
    path("auth/logout/", LogoutViewSet.as_view({"post": "log_out"})),
    path("auth/register/", RegisterViewSet.as_view({"post": "register"})),
    path("auth/switch/", SwitchViewSet.as_view({"post": "switch"})),
    path("auth/sessions/", SessionViewSet.as_view({"get": "list", "delete": "destroy_others"})),
    path("auth/sessions/<str:id>/", SessionViewSet.as_view({"delete": "destroy"})),
    path("users/", UserViewSet.as_view({"get": "list", "post": "create"})),
    path("users/me/", ProfileViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("users/me/change-password/", ChangePasswordViewSet.as_view({"post": "change_password"})),
    path("users/avatars/<str:token>/", AvatarViewSet.as_view({"get": "retrieve"})),
    path("users/invitations/", InvitationViewSet.as_view({"get": "list", "post": "create"})),
    path("users/invitations/<str:id>/", InvitationViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("users/<str:id>/", UserViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})),
    path("users/<str:id>/suspend/", UserViewSet.as_view({"post": "suspend"})),
    path("users/<str:id>/activate/", UserViewSet.as_view({"post": "activate"})),
    path("users/<str:id>/roles/", UserViewSet.as_view({"post": "set_roles"})),
    path("groups/", GroupViewSet.as_view({"get": "list", "post": "create"})),
    path("groups/<str:id>/", GroupViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})),
    path("groups/<str:id>/members/", GroupMemberViewSet.as_view({"get": "list", "post": "create"})),
    path("groups/<str:id>/members/<str:user_id>/", GroupMemberViewSet.as_view({"delete": "destroy"})),
]
