"""What the views of gradebooks share."""

from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from apps.core.http.versions import PreconditionFailed
from apps.core.http.views import BaseViewSet
from apps.courses.models import Course
from apps.courses.permissions import CoursePolicy

LONGEST_VERSION = 9


class OfCourseMixin(BaseViewSet):
    """Finds the course that the URL names by id or slug."""

    filter_backends = ()

    def checked_course(self) -> Course:
        """Return the course, once the policy has agreed to the action on it."""
        courses = CoursePolicy.visible(self.actor, Course.objects.all())
        course: Course = self.find(courses, self.kwargs["course_id"], slug_field="slug")
        self.check_object_permissions(self.request, course)
        return course


def id_in_url(text: str) -> UUID:
    """Return an id of the URL. Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def version_seen(request: Request) -> int | None:
    """Return the version that `If-Match` names; None where it names none.

    Raises:
        PreconditionFailed: it names something that was never a tag.
    """
    wanted = request.headers.get("If-Match", "*").strip()
    if wanted == "*":
        return None
    number = wanted.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_VERSION):
        raise PreconditionFailed
    return int(number)
