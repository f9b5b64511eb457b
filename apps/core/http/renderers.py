"""JSON by orjson: several times faster than the standard library, same output."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def _fallback(value: Any) -> Any:
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


class ORJSONRenderer(BaseRenderer):
    """Renders plain values, UUIDs, datetimes (ISO 8601 with `Z`), decimals (as strings)."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        del accepted_media_type, renderer_context
        if data is None:
            return b""
        return orjson.dumps(data, default=_fallback, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
