"""A learner's own grades."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.views import BaseViewSet, lookup_of
from apps.courses.choices import CourseStatus
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.gradebook.permissions import OwnGradesPolicy
from apps.gradebook.selectors.own import Standing, own_grades
from apps.gradebook.serializers.own import OwnGradesSerializer
from apps.gradebook.views import grid_examples as examples


class OwnGradesViewSet(BaseViewSet):
    """What a learner has in a course."""

    policy = OwnGradesPolicy
    queryset = Enrollment.objects.all()
    serializer_class = OwnGradesSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Show your own grades in a course",
        description="The items that you may know of, with what you have in them once it is shown; totals over what is "
        "shown, and nothing else; the final grade once it stands. Who has left the course keeps the grades they had. "
        "404 for who was never in it.",
        responses=OwnGradesSerializer,
        examples=[examples.OWN],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(own_grades(self._standing(), now=timezone.now()))

    def _standing(self) -> Standing:
        """Return who asks, and about which course; one that was taken back to draft is nobody's to see."""
        lookup = lookup_of(self.kwargs["course_id"], "slug")
        if not lookup:
            raise NotFound
        in_course = {f"course__{name}": value for name, value in lookup.items()}
        enrollments = Enrollment.objects.filter(user_id=self.actor.id, **in_course)
        accepted = enrollments.exclude(status=EnrollmentStatus.PENDING).exclude(course__status=CourseStatus.DRAFT)
        found = accepted.values_list("course_id", "user_id", "status").first()
        if found is None:
            raise NotFound
        return Standing(*found)
