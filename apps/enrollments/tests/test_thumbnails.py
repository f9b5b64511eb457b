"""The picture of a course, where people see their enrolments."""

from apps.core.models import Tenant
from apps.core.tests.pictures import picture
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.files.factories import FileFactory
from apps.users.models import User
from tests.fixtures import ClientOf


def test_every_answer_shows_the_file_that_the_course_shows(
    in_school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    photo = FileFactory.create(content=picture(), media_type="image/jpeg")
    course = CourseFactory.create(slug="python", thumbnail_file=photo, instructors=[instructor])
    enrollment = EnrollmentFactory.create(course=course, user=learner)

    own = as_user(learner).get("/api/enrollments/my/").json()["results"][0]
    listed = as_user(instructor).get("/api/enrollments/").json()["results"][0]
    detail = as_user(learner).get(f"/api/enrollments/{enrollment.id}/").json()

    shown = as_user(learner).get("/api/courses/python/").json()["thumbnail_url"]
    assert "/api/files/images/" in shown
    assert {answer["course"]["thumbnail_url"] for answer in (own, listed, detail)} == {shown}
