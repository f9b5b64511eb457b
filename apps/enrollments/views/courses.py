"""The enrolments of one course: its roster and its numbers."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.views import BaseViewSet
from apps.courses.models import Course
from apps.courses.permissions import CoursePolicy
from apps.enrollments.filters import RosterFilter
from apps.enrollments.models import Enrollment
from apps.enrollments.permissions import CourseEnrollmentsPolicy
from apps.enrollments.selectors import enrollment_stats
from apps.enrollments.serializers import EnrollmentSerializer, EnrollmentStatsSerializer
from apps.enrollments.views import examples
from apps.enrollments.views.rows import NestedRowsMixin

RECENTLY: Final = timedelta(days=30)


class OfCourseMixin(BaseViewSet):
    """Finds the course that the URL names by id or slug."""

    policy = CourseEnrollmentsPolicy

    def course_in_url(self) -> Course:
        """Return the course, once the policy has agreed."""
        courses = CoursePolicy.visible(self.actor, Course.objects.all())
        course: Course = self.find(courses, self.kwargs["course_id"], slug_field="slug")
        self.check_object_permissions(self.request, course)
        return course


@extend_schema_view(
    list=extend_schema(
        summary="Show the roster of a course",
        description="Who is in the course and how far, newest first; for its instructors and for whoever reads all "
        "enrolments of the school.",
        responses=EnrollmentSerializer(many=True),
        examples=[examples.ENROLLMENT_ROW],
    )
)
class CourseRosterViewSet(OfCourseMixin, NestedRowsMixin):
    """Who is in a course."""

    queryset = Enrollment.objects.newest_first()
    serializer_class = EnrollmentSerializer
    filterset_class = RosterFilter
    rows = "as_rows"

    def get_queryset(self) -> QuerySet[Enrollment]:
        return Enrollment.objects.filter(course_id=self.course_in_url().id).newest_first()


class CourseStatsViewSet(OfCourseMixin):
    """The numbers of a course."""

    queryset = Enrollment.objects.newest_first()
    serializer_class = EnrollmentStatsSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Show the numbers of a course",
        description="Enrolments per status, completion rate and average progress.",
        responses=EnrollmentStatsSerializer,
        examples=[examples.STATS],
    )
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        course = self.course_in_url()
        return Response(enrollment_stats(course_id=course.id, recently=timezone.now() - RECENTLY))
