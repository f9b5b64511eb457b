"""The demo's six courses."""

from random import Random

from django.utils import timezone

from apps.core.demo import DemoSchool
from apps.core.models import Tenant
from apps.courses.demo import seed_demo
from apps.courses.models import ContentItem, Course, CourseInstructor, CoursePrerequisite, Module
from apps.files.demo import seed_demo as seed_files
from apps.users.models import User


def test_seeding_twice_gives_the_promised_courses(in_school: Tenant, instructor: User) -> None:
    school = DemoSchool(tenant=in_school, random=Random(1), now=timezone.now())

    seed_demo(school)
    first = list(Course.objects.order_by("id").values())
    seed_demo(school)

    assert list(Course.objects.order_by("id").values()) == first
    assert (Course.objects.published().count(), Module.objects.count()) == (6, 38)
    assert ContentItem.objects.count() == 154
    assert set(ContentItem.objects.values_list("content_type", flat=True)) == {"text", "video", "url"}
    assert CoursePrerequisite.objects.get().kind == "recommended"
    assert [course.title for course in school.shared["courses"]][:2] == ["Python Programming", "Web Development"]
    assert CourseInstructor.objects.values("course").distinct().count() == 6


def test_courses_that_got_another_title_stay_as_they_are(in_school: Tenant) -> None:
    school = DemoSchool(tenant=in_school, random=Random(1), now=timezone.now())
    seed_demo(school)
    Course.objects.filter(slug="python-programming").update(title="Python for all")

    seed_demo(school)

    assert Course.objects.filter(title="Python for all").count() == 1
    assert Course.objects.count() == 6
    assert CoursePrerequisite.objects.count() == 1


def test_counters_and_titles_hold(in_school: Tenant) -> None:
    seed_demo(DemoSchool(tenant=in_school, random=Random(1), now=timezone.now()))

    for course in Course.objects.all():
        assert course.module_count == Module.objects.filter(course=course).count()
        assert course.item_count == ContentItem.objects.filter(course=course).count()
    assert not CourseInstructor.objects.exists()
    for titles in (Module.objects.values_list("title", flat=True), ContentItem.objects.values_list("title", flat=True)):
        assert len(set(titles)) == len(titles)


def test_courses_use_the_files_of_the_demo(in_school: Tenant, admin: User, instructor: User, learner: User) -> None:
    school = DemoSchool(tenant=in_school, random=Random(1), now=timezone.now())

    for _ in range(2):
        seed_files(school)
        seed_demo(school)

    items = ContentItem.objects.filter(file__isnull=False)
    assert sorted(items.values_list("content_type", flat=True)) == [
        "audio", "document", "document", "document", "image", "scorm",
    ]  # fmt: skip
    assert set(items.values_list("is_required", flat=True)) == {False}
    assert Course.objects.filter(thumbnail_file__isnull=False).count() == 6
    assert (ContentItem.objects.count(), Module.objects.count()) == (160, 38)
    for course in Course.objects.all():
        assert course.item_count == ContentItem.objects.filter(course=course).count()


def test_a_course_without_an_author_gets_no_file_items(in_school: Tenant, admin: User, learner: User) -> None:
    school = DemoSchool(tenant=in_school, random=Random(1), now=timezone.now())

    seed_files(school)
    seed_demo(school)

    assert not ContentItem.objects.filter(file__isnull=False).exists()
