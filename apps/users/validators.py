import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError

PASSWORD_LENGTH = 128


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def validate_time_zone(value: str) -> None:
    """The zone is one of the IANA time-zone database (`Europe/Berlin`)."""
    if value not in _zones():
        message = f"{value} is not a time zone of the IANA database, such as Europe/Berlin."
        raise ValidationError(message, code="invalid_time_zone")
