"""Everything that changes courses."""

from apps.courses.services.seats import CourseFull, release_seat, take_seat

__all__ = ["CourseFull", "release_seat", "take_seat"]
