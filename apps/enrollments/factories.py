"""Test data: enrolments and progress, written directly: no seats, no history, no events."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.courses.factories import ContentItemFactory, CourseFactory
from apps.enrollments.choices import EnrollmentStatus, ProgressStatus
from apps.enrollments.models import ContentProgress, Enrollment
from apps.users.factories import UserFactory


class EnrollmentFactory(DjangoModelFactory[Enrollment]):
    """An active enrolment; `completed=True` makes it a finished one."""

    course = factory.SubFactory(CourseFactory)
    user = factory.SubFactory(UserFactory)
    enrolled_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Enrollment

    class Params:
        completed = factory.Trait(
            status=EnrollmentStatus.COMPLETED,
            completed_at=factory.LazyFunction(timezone.now),
            progress_percentage=100,
        )


class ContentProgressFactory(DjangoModelFactory[ContentProgress]):
    """An item that was opened; with `status="completed"` the other columns follow."""

    enrollment = factory.SubFactory(EnrollmentFactory)
    content_item = factory.SubFactory(ContentItemFactory)
    status = ProgressStatus.IN_PROGRESS
    percentage = factory.LazyAttribute(lambda row: 100 if row.status == ProgressStatus.COMPLETED else 0)
    first_viewed_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)
    completed_at = factory.LazyAttribute(lambda row: row.updated_at if row.status == ProgressStatus.COMPLETED else None)

    class Meta:
        model = ContentProgress
