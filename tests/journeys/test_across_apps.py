"""Rules that only hold when several apps are there."""

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.users.models import User
from tests.fixtures import ClientOf


def test_a_course_that_somebody_joined_is_not_deleted(
    school: Tenant, admin: User, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        course = CourseFactory.create(status="draft")
        EnrollmentFactory.create(course=course, user=learner)

    answer = as_user(admin).delete(f"/api/courses/{course.id}/")

    assert answer.status_code == 409
    with tenant_context(school):
        assert Course.objects.filter(id=course.id).exists()
        assert Enrollment.objects.filter(course=course).count() == 1
