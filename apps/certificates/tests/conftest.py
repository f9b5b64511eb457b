"""A course that the learner has completed, taught by the instructor, and its certificate."""

import pytest

from apps.certificates.factories import CertificateFactory
from apps.certificates.models import Certificate
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.users.models import User


@pytest.fixture
def course(school: Tenant, instructor: User) -> Course:
    with tenant_context(school):
        return CourseFactory.create(slug="python", title="Python", instructors=[instructor])


@pytest.fixture
def enrollment(school: Tenant, course: Course, learner: User) -> Enrollment:
    """Return the learner's completed enrolment."""
    with tenant_context(school):
        return EnrollmentFactory.create(course=course, user=learner, completed=True)


@pytest.fixture
def certificate(school: Tenant, enrollment: Enrollment) -> Certificate:
    with tenant_context(school):
        return CertificateFactory.create(enrollment=enrollment)
