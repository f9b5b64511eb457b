"""The demo data: enough of everything, the same every time, and a course left for the first walk."""

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from apps.core.demo import DemoSchool
from apps.core.models import Tenant
from apps.courses.demo import seed_demo as seed_courses
from apps.courses.factories import CourseFactory
from apps.courses.models import Course
from apps.enrollments.demo import seed_demo
from apps.enrollments.models import ContentProgress, Enrollment, EnrollmentTransition
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User


@pytest.fixture
def demo(in_school: Tenant) -> DemoSchool:
    """Return a school with its people and courses."""
    UserFactory.create(roles=[Role.ADMIN], email="admin@maple.local")
    UserFactory.create(email="alice.williams@maple.local")
    for number in range(11):
        UserFactory.create(email=f"learner{number:02}@maple.local")
    school = DemoSchool(tenant=in_school, random=Random(7), now=timezone.now())
    school.shared["learners"] = list(User.objects.filter(roles__contains=[Role.LEARNER]))
    seed_courses(school)
    school.random.seed(7)
    return school


@pytest.mark.timeout(60)
def test_there_is_enough_of_everything_and_a_second_time_adds_nothing(demo: DemoSchool) -> None:
    seed_demo(demo)
    first = list(Enrollment.objects.order_by("id").values_list())
    demo.random.seed(7)
    seed_demo(demo)

    assert list(Enrollment.objects.order_by("id").values_list()) == first
    assert 30 <= len(first) <= 40
    assert 10 <= Enrollment.objects.filter(status="completed").count() <= 15
    assert Enrollment.objects.filter(status="dropped").exists()
    assert ContentProgress.objects.filter(status="in_progress").exists()
    assert sum(Course.objects.values_list("seats_taken", flat=True)) == len(
        [row for row in Enrollment.objects.all() if row.status != "dropped"]
    )
    moments = EnrollmentTransition.objects.order_by("occurred_at").values_list("occurred_at", flat=True)
    assert moments[0] < demo.now - timedelta(days=60)
    assert max(moments) <= demo.now


@pytest.mark.timeout(60)
def test_what_people_added_since_is_left_alone(demo: DemoSchool) -> None:
    seed_demo(demo)
    first = list(Enrollment.objects.order_by("id").values_list())
    UserFactory.create(email="aaron@maple.local")
    CourseFactory.create(status="published", created_at=demo.now - timedelta(days=400))
    Course.objects.filter(slug="ux-design").update(status="draft")

    demo.random.seed(7)
    seed_courses(demo)
    demo.random.seed(7)
    seed_demo(demo)

    assert list(Enrollment.objects.order_by("id").values_list()) == first


@pytest.mark.timeout(60)
def test_alice_has_a_mix_and_can_still_enrol_in_the_first_course_of_the_list(demo: DemoSchool) -> None:
    seed_demo(demo)

    alice = User.objects.get(email="alice.williams@maple.local")
    own = dict(Enrollment.objects.filter(user=alice).values_list("status", "progress_percentage"))
    first = Course.objects.published().order_by("-created_at", "-id")[0]
    assert own.keys() == {"completed", "active"}
    assert own["completed"] == 100
    assert 40 <= own["active"] <= 60
    assert not Enrollment.objects.filter(user=alice, course=first).exists()
    assert first.is_free
    assert first.self_enrollment
