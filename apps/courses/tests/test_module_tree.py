"""The content of a course: who sees what of it, what is locked, and at what price."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.courses.choices import CourseStatus
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory, ModulePrerequisiteFactory
from apps.courses.models import ContentItem, Course, Module
from apps.courses.tests.conftest import Grant
from apps.users.models import User
from tests.fixtures import ClientOf

UNKNOWN = UUID("0198c2f4-0000-7000-8000-000000000000")


def tree_of(client: Any, course: Course) -> list[dict[str, Any]]:
    body = client.get(f"/api/courses/{course.id}/modules/").json()
    assert body.keys() == {"count", "next", "previous", "results"}
    assert body["count"] == len(body["results"])
    modules: list[dict[str, Any]] = body["results"]
    return modules


def outline(modules: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {module["title"]: [item["title"] for item in module["items"]] for module in modules}


def test_the_tree_holds_modules_and_items_in_order(course: Course, learner: User, as_user: ClientOf) -> None:
    Module.objects.filter(title="B").update(order=0)

    modules = tree_of(as_user(learner), course)

    assert outline(modules) == {"B": ["B1", "B2"], "A": ["A1", "A2"]}
    assert list(outline(modules)) == ["B", "A"]


def test_a_course_may_be_named_by_slug_and_be_empty(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    CourseFactory.create(slug="bare")

    assert as_user(learner).get("/api/courses/bare/modules/").json()["results"] == []


def test_items_are_nested(course: Course, learner: User, as_user: ClientOf) -> None:
    parent = ContentItem.objects.get(title="A1")
    child = ContentItemFactory.create(module=parent.module, parent=parent, title="child", order=0)
    ContentItemFactory.create(module=parent.module, parent=child, title="grandchild", order=0)

    first = tree_of(as_user(learner), course)[0]["items"][0]

    assert first["children"][0]["title"] == "child"
    assert first["children"][0]["children"][0]["title"] == "grandchild"


def test_who_is_not_enrolled_sees_titles_and_previews(course: Course, learner: User, as_user: ClientOf) -> None:
    ContentItem.objects.filter(title="A2").update(is_free_preview=True)

    closed, preview = tree_of(as_user(learner), course)[0]["items"]

    assert (closed["is_locked"], closed["lock_reason"]) == (True, "not_enrolled")
    assert (closed["text_content"], closed["payload"], closed["progress"]) == (None, None, None)
    assert (preview["is_locked"], preview["text_content"]) == (False, "Read *this*.")
    assert preview["payload"] == {"html": "<p>Read <em>this</em>.</p>\n"}


def test_who_is_enrolled_sees_everything_and_their_progress(
    course: Course, learner: User, as_user: ClientOf, grant: Grant
) -> None:
    done = ContentItem.objects.get(title="A1")
    grant(done.id)

    first, second = tree_of(as_user(learner), course)[0]["items"]

    assert (first["text_content"], first["is_locked"]) == ("Read *this*.", False)
    assert first["progress"] == {
        "status": "completed",
        "percentage": 100,
        "position_seconds": 0,
        "completed_at": None,
    }
    assert second["progress"] is None


@pytest.mark.parametrize("person", ["instructor", "admin", "principal"])
def test_staff_see_what_is_not_published(
    person: str, course: Course, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    Module.objects.filter(title="A").update(is_published=False)
    ContentItem.objects.filter(title="B1").update(is_published=False)
    Course.objects.update(status=CourseStatus.DRAFT)

    modules = tree_of(as_user(request.getfixturevalue(person)), course)

    assert outline(modules) == {"A": ["A1", "A2"], "B": ["B1", "B2"]}
    assert modules[0]["items"][0]["text_content"] == "Read *this*."


def test_learners_never_see_what_is_not_published(
    course: Course, learner: User, as_user: ClientOf, grant: Grant
) -> None:
    grant()
    hidden = ContentItem.objects.get(title="B1")
    ContentItemFactory.create(module=hidden.module, parent=hidden, title="below")
    Module.objects.filter(title="A").update(is_published=False)
    ContentItem.objects.filter(title="B1").update(is_published=False)

    modules = tree_of(as_user(learner), course)

    assert outline(modules) == {"B": ["B2"]}


@pytest.mark.parametrize("status", [CourseStatus.DRAFT, CourseStatus.ARCHIVED])
def test_a_hidden_course_has_no_tree(
    status: str, course: Course, learner: User, stranger: User, as_user: ClientOf, grant: Grant
) -> None:
    grant()
    Course.objects.update(status=status)

    for person in (learner, stranger):
        assert as_user(person).get(f"/api/courses/{course.id}/modules/").status_code == 404


@pytest.mark.parametrize("path", [f"courses/{UNKNOWN}/modules", "courses/-/modules", "modules/x", "content/x"])
def test_what_does_not_exist_is_not_found(path: str, school: Tenant, learner: User, as_user: ClientOf) -> None:
    assert as_user(learner).get(f"/api/{path}/").status_code == 404


def test_a_module_waits_for_its_prerequisites(course: Course, learner: User, as_user: ClientOf, grant: Grant) -> None:
    first, second = Module.objects.order_by("title")
    ModulePrerequisiteFactory.create(module=second, required_module=first, minimum_completion=50)
    done = ContentItem.objects.get(title="A1")
    ContentItem.objects.filter(title="B1").update(is_free_preview=True)

    grant()
    locked = tree_of(as_user(learner), course)[1]
    grant(done.id)
    opened = tree_of(as_user(learner), course)[1]

    assert locked["is_locked"] is True
    assert locked["lock_reason"] == "Complete “A” first: 0 % of the 50 % that are needed."
    assert {(item["lock_reason"], item["text_content"], item["payload"]) for item in locked["items"]} == {
        ("module_locked", None, None)
    }
    assert (opened["is_locked"], opened["lock_reason"]) == (False, None)
    assert opened["items"][0]["text_content"] == "Read *this*."


@pytest.mark.parametrize("kind", ["recommended", "corequisite"])
def test_only_requirements_lock(kind: str, course: Course, learner: User, as_user: ClientOf, grant: Grant) -> None:
    grant()
    first, second = Module.objects.order_by("title")
    ModulePrerequisiteFactory.create(module=second, required_module=first, kind=kind)

    assert tree_of(as_user(learner), course)[1]["is_locked"] is False


@pytest.mark.parametrize("hide", ["module", "items"])
def test_what_cannot_be_completed_locks_nothing(
    hide: str, course: Course, learner: User, as_user: ClientOf, grant: Grant
) -> None:
    grant()
    first, second = Module.objects.order_by("title")
    ModulePrerequisiteFactory.create(module=second, required_module=first)
    if hide == "module":
        Module.objects.filter(id=first.id).update(is_published=False)
    else:
        ContentItem.objects.filter(module=first).update(is_required=False)

    assert tree_of(as_user(learner), course)[-1]["is_locked"] is False


def test_staff_are_never_locked_out(course: Course, instructor: User, as_user: ClientOf) -> None:
    first, second = Module.objects.order_by("title")
    ModulePrerequisiteFactory.create(module=second, required_module=first)

    assert tree_of(as_user(instructor), course)[1]["is_locked"] is False


@pytest.mark.parametrize("person", ["learner", "instructor", "admin"])
def test_the_tree_takes_four_statements_for_3_and_30_modules(
    person: str, in_school: Tenant, request: pytest.FixtureRequest, as_user: ClientOf
) -> None:
    course = CourseFactory.create(instructors=[request.getfixturevalue("instructor")])
    client = as_user(request.getfixturevalue(person))
    counts = []

    for number in (3, 27):
        for _ in range(number):
            module = ModuleFactory.create(course=course)
            ContentItemFactory.create_batch(2, module=module)
        with CaptureQueriesContext(connection) as queries:
            modules = tree_of(client, course)
        counts.append((len(modules), len(queries)))

    assert counts == [(3, 4), (30, 4)]


def test_single_modules_and_items_are_cut_from_the_tree(course: Course, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    module = tree_of(client, course)[0]

    assert client.get(f"/api/modules/{module['id']}/").json() == module
    assert client.get(f"/api/modules/{module['id']}/content/").json()["results"] == module["items"]
    assert client.get(f"/api/content/{module['items'][0]['id']}/").json() == module["items"][0]


def test_a_hidden_module_or_item_is_not_found(course: Course, learner: User, stranger: User, as_user: ClientOf) -> None:
    module = Module.objects.get(title="A")
    item = ContentItem.objects.get(title="B1")
    Module.objects.filter(title="A").update(is_published=False)
    ContentItem.objects.filter(title="B1").update(is_published=False)

    for person in (learner, stranger):
        for path in (f"modules/{module.id}", f"modules/{module.id}/content", f"content/{item.id}"):
            assert as_user(person).get(f"/api/{path}/").status_code == 404
