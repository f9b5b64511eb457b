"""Courses in the Django admin: the same rules as in the API."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.models import Tenant
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import ContentItem, Course, CourseInstructor, CoursePrerequisite, Module, ModulePrerequisite
from apps.files.factories import FileFactory
from apps.users.models import User

HOST = "maple.localhost"
MODELS = ["course", "courseinstructor", "module", "contentitem", "courseprerequisite", "moduleprerequisite"]


@pytest.fixture
def browser(admin: User) -> Client:
    """Return the browser of the school's admin, on the school's host."""
    return browser_of(admin)


def browser_of(user: User) -> Client:
    client = Client(HTTP_HOST=HOST)
    client.force_login(user, backend="apps.users.backends.TenantBackend")
    return client


def add(client: Client, model: str, **values: Any) -> Any:
    return client.post(reverse(f"admin:courses_{model}_add"), values)


def change(client: Client, obj: Any, **values: Any) -> Any:
    return client.post(reverse(f"admin:courses_{obj._meta.model_name}_change", args=[obj.pk]), values)


def delete(client: Client, obj: Any) -> Any:
    return client.post(reverse(f"admin:courses_{obj._meta.model_name}_delete", args=[obj.pk]), {"post": "yes"})


def act(client: Client, action: str, *courses: Course) -> Any:
    url = reverse("admin:courses_course_changelist")
    return client.post(url, {"action": action, "_selected_action": [str(course.pk) for course in courses]}, follow=True)


COURSE = {
    "title": "Python",
    "difficulty_level": "beginner",
    "language": "en",
    "duration_minutes": "0",
    "price_amount": "0",
    "price_currency": "USD",
    "self_enrollment": "on",
    **{
        f"{inline}-{field}": "0"
        for inline in ("modules", "instructor_links")
        for field in ("TOTAL_FORMS", "INITIAL_FORMS")
    },
}


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_for_admins_only(model: str, browser: Client, learner: User, in_school: Tenant) -> None:
    url = reverse(f"admin:courses_{model}_changelist")

    assert browser.get(url).status_code == 200
    assert browser_of(learner).get(url).status_code in {302, 403}


def test_a_course_is_made_and_changed_by_the_services(browser: Client, admin: User, in_school: Tenant) -> None:
    made = add(browser, "course", **COURSE)
    course = Course.objects.get()
    changed = change(browser, course, **COURSE | {"title": "Python 2"})

    assert (made.status_code, changed.status_code) == (302, 302)
    course.refresh_from_db()
    assert (course.title, course.slug, course.version) == ("Python 2", "python", 2)
    assert CourseInstructor.objects.get().user_id == admin.id


def test_the_status_changes_by_actions_all_or_nothing(browser: Client, in_school: Tenant) -> None:
    full = ContentItemFactory.create(course__status="draft", module__course__status="draft").course
    empty = CourseFactory.create(status="draft")

    refused = act(browser, "publish", full, empty)
    assert set(Course.objects.values_list("status", flat=True)) == {"draft"}
    assert b"no published content" in refused.content
    for action, status in (("publish", "published"), ("unpublish", "draft"), ("archive", "archived")):
        act(browser, action, full)
        full.refresh_from_db()
        assert full.status == status


def test_only_drafts_are_deleted(browser: Client, in_school: Tenant) -> None:
    draft, published = CourseFactory.create(status="draft"), CourseFactory.create()

    delete(browser, draft)
    delete(browser, published)

    assert list(Course.objects.all()) == [published]


def test_modules_and_items_keep_the_counters(browser: Client, in_school: Tenant) -> None:
    course = CourseFactory.create()
    second = ModuleFactory.create(course=course)
    text = {"content_type": "text", "payload": '{"text_content": "*x*"}', "order": "0", "duration_minutes": "0"}

    add(browser, "module", course=str(course.id), title="M", order="1", is_published="on")
    module = Module.objects.get(title="M")
    change(browser, module, title="N", order="1", is_published="on")
    add(browser, "contentitem", module=str(module.id), title="I", is_published="on", **text)
    item = ContentItem.objects.get()
    child = ContentItemFactory.create(module=module, parent=item)
    change(browser, item, module=str(second.id), title="J", **text | {"payload": '{"text_content": "**y**"}'})
    item.refresh_from_db()
    child.refresh_from_db()

    assert Module.objects.filter(title="N").exists()
    assert (item.title, item.module_id, child.module_id) == ("J", second.id, second.id)
    assert item.payload["html"] == "<p><strong>y</strong></p>\n"
    delete(browser, item)
    delete(browser, module)
    course.refresh_from_db()
    assert (course.module_count, course.item_count) == (1, 0)


def test_a_wrong_payload_is_an_error_of_the_form(browser: Client, in_school: Tenant) -> None:
    module = ModuleFactory.create()

    response = add(
        browser, "contentitem", module=str(module.id), title="I", content_type="url", payload="{}", order="0",
        duration_minutes="0",
    )  # fmt: skip

    assert response.status_code == 200
    assert b"This entry is required for the type." in response.content
    assert not ContentItem.objects.exists()


def test_files_of_items_are_set_by_the_same_rules(browser: Client, in_school: Tenant) -> None:
    module = ModuleFactory.create()
    pdf, film = (FileFactory.create(media_type=kind) for kind in ("application/pdf", "video/mp4"))
    values = {"module": str(module.id), "payload": "{}", "order": "0", "duration_minutes": "0", "is_published": "on"}

    add(browser, "contentitem", title="Film", content_type="document", file=str(film.id), **values)
    add(browser, "contentitem", title="Handout", content_type="document", file=str(pdf.id), **values)
    item = ContentItem.objects.get()
    refused = change(browser, item, title="Without", **values)
    change(browser, item, title="Renamed", file=str(pdf.id), **values)
    item.refresh_from_db()

    assert refused.status_code == 200
    assert (item.title, item.file_id, item.version) == ("Renamed", pdf.id, 2)


def test_instructors_and_prerequisites(browser: Client, admin: User, instructor: User, in_school: Tenant) -> None:
    course = CourseFactory.create(instructors=[admin])
    other = CourseFactory.create()
    first, second = ModuleFactory.create_batch(2, course=course)
    terms = {"kind": "required", "minimum_completion": "100"}

    add(browser, "courseinstructor", course=str(course.id), user=str(instructor.id))
    add(browser, "courseprerequisite", course=str(course.id), required_course=str(other.id), **terms)
    circle = add(browser, "courseprerequisite", course=str(other.id), required_course=str(course.id), **terms)
    add(browser, "moduleprerequisite", module=str(second.id), required_module=str(first.id), **terms)

    assert CourseInstructor.objects.count() == 2
    assert (CoursePrerequisite.objects.count(), ModulePrerequisite.objects.count()) == (1, 1)
    assert b"close a circle" in circle.content
    delete(browser, CourseInstructor.objects.get(user=instructor))
    delete(browser, CourseInstructor.objects.get(user=admin))
    delete(browser, CoursePrerequisite.objects.get())
    delete(browser, ModulePrerequisite.objects.get())
    assert CourseInstructor.objects.get().user_id == admin.id
    assert (CoursePrerequisite.objects.count(), ModulePrerequisite.objects.count()) == (0, 0)
