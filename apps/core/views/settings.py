"""Settings of the open tenant or, on the platform's own host, of the platform."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.views import BaseViewSet
from apps.core.models import SettingOverride
from apps.core.permissions import SettingsPolicy
from apps.core.selectors import effective_settings, nested
from apps.core.serializers import SettingSerializer, settings_schema
from apps.core.services import change_settings, flatten

CHANGE = {"features": {"ai_content_generation": True}}
STATE = {
    **CHANGE,
    "support": {"email": "help@acme.local"},
    "settings": [
        {
            "key": "features.ai_content_generation", "type": "boolean", "value": True, "default": False,
            "choices": [], "scope": "tenant", "source": "tenant", "is_locked": False,
            "description": "Instructors may have course content drafted by an AI model.",
        }
    ],
}  # fmt: skip
ANSWER = OpenApiExample("Settings", value=STATE, response_only=True)
SettingsSchema = settings_schema("Settings", settings=SettingSerializer(many=True))
SettingsChangeSchema = settings_schema(
    "SettingsChange",
    locks=serializers.DictField(
        child=serializers.BooleanField(), required=False, help_text="Platform only: key → whether it is locked."
    ),
)


class SettingsChangeSerializer(serializers.Serializer[Any]):
    """The part of the body that is not values."""

    locks = serializers.DictField(child=serializers.BooleanField(), default=dict)


class SettingsViewSet(BaseViewSet):
    """All settings as one resource."""

    policy = SettingsPolicy
    queryset = SettingOverride.objects.none()
    serializer_class = SettingsChangeSerializer
    pagination_class = None
    works_without_tenant = True

    @extend_schema(
        summary="Read the settings",
        description="The values in force, nested by group, and under `settings` each one with its default, its source "
        "(`default`, `platform` or `tenant`) and whether the platform has locked it. On the platform's own host its "
        "staff see the platform's values.",
        responses=SettingsSchema,
        examples=[ANSWER],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._state()

    @extend_schema(
        summary="Change settings",
        description="Send only what changes, nested by group; null takes a value back, so that it is inherited again. "
        "All changes are made, or none. A school's admin overrides for the school; the platform's staff, on the "
        "platform's own host, set what schools inherit, and may lock keys: "
        '`{"locks": {"features.ai_content_generation": true}}`.',
        request=SettingsChangeSchema,
        responses=SettingsSchema,
        examples=[OpenApiExample("Switch a feature on", value=CHANGE, request_only=True), ANSWER],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        locks = self.validated()["locks"]
        body: dict[str, Any] = dict(request.data)  # an object: the serializer has checked
        values = {group: value for group, value in body.items() if group != "locks"}
        change_settings(changes=flatten(values), locks=locks, by=self.actor)
        return self._state()

    def _state(self) -> Response:
        effective = effective_settings()
        return Response({**nested(effective), "settings": SettingSerializer(effective, many=True).data})
