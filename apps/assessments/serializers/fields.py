"""Fields that several serializers share."""

from typing import Any

from rest_framework import serializers


def points_field(**kwargs: Any) -> serializers.DecimalField:
    """Return a field for points, in hundredths."""
    return serializers.DecimalField(max_digits=10, decimal_places=2, **kwargs)
