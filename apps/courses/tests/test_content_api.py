"""Modules and items are written over HTTP by those who teach the course, and by nobody else."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.courses.content_types import CONTENT_TYPES
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import ContentItem, Course, Module
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

NEW_MODULE = {"title": "Decorators and Metaclasses", "description": "Advanced Python patterns", "order": 1}
NEW_ITEM = {
    "title": "Understanding Decorators",
    "content_type": "text",
    "text_content": "# Decorators\n\nDecorators are...",
    "order": 1,
}


@pytest.fixture
def module(course: Course) -> Module:
    return Module.objects.get(title="A")


@pytest.fixture
def item(course: Course) -> ContentItem:
    return ContentItem.objects.get(title="A1")


def test_an_instructor_adds_a_module(course: Course, instructor: User, as_user: ClientOf) -> None:
    response = as_user(instructor).post(f"/api/courses/{course.id}/modules/", NEW_MODULE)

    assert response.status_code == 201, response.json()
    assert {key: response.json()[key] for key in NEW_MODULE} == NEW_MODULE
    assert (response.json()["items"], response.headers["ETag"]) == ([], '"1"')


def test_an_instructor_adds_a_text(module: Module, instructor: User, as_user: ClientOf) -> None:
    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", NEW_ITEM)

    body = response.json()
    assert response.status_code == 201, body
    assert {key: body[key] for key in NEW_ITEM} == NEW_ITEM
    assert body["payload"] == {"html": "<h1>Decorators</h1>\n<p>Decorators are...</p>\n"}


def test_the_same_key_adds_once(course: Course, module: Module, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    modules, content = f"/api/courses/{course.id}/modules/", f"/api/modules/{module.id}/content/"

    for url, body, key in ((modules, NEW_MODULE, "one"), (content, NEW_ITEM, "two")):
        first = client.post(url, body, headers={"Idempotency-Key": key})
        second = client.post(url, body, headers={"Idempotency-Key": key})
        assert first.status_code == second.status_code == 201
        assert first.json() == second.json()

    assert (Module.objects.count(), ContentItem.objects.count()) == (3, 5)


@pytest.mark.parametrize("name", CONTENT_TYPES)
def test_the_example_of_every_type_is_accepted(name: str, module: Module, instructor: User, as_user: ClientOf) -> None:
    example = dict(CONTENT_TYPES[name].example)
    body: dict[str, Any] = {"title": name, "content_type": name}
    if "text_content" in example:
        body["text_content"] = example.pop("text_content")
    if example:
        body["payload"] = example

    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", body)

    assert response.status_code == 201, response.json()
    assert example.items() <= response.json()["payload"].items()
    back = as_user(instructor).patch(f"/api/content/{response.json()['id']}/", {"payload": response.json()["payload"]})
    assert back.status_code == 200, back.json()
    assert back.json()["payload"] == response.json()["payload"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"content_type": "film"}, "content_type", "unknown_content_type"),
        ({"content_type": ""}, "content_type", "blank"),
        ({"text_content": None}, "text_content", "required"),
        ({"payload": []}, "payload", "not_an_object"),
        ({"payload": {"url": "x"}}, "payload.url", "unknown_entry"),
        ({"content_type": "video"}, "text_content", "not_for_this_type"),
        ({"content_type": "video", "text_content": None}, "payload.url", "required"),
        (
            {"content_type": "video", "text_content": None, "payload": {"url": "http://a.example"}},
            "payload.url",
            "url_not_https",
        ),
        ({"parent": "0198c2f4-0000-7000-8000-000000000000"}, "parent", "invalid_parent"),
        ({"order": -1}, "order", "min_value"),
        ({"title": "\x00"}, "title", "null_characters_not_allowed"),
    ],
)
def test_a_wrong_item_is_named(
    change: dict[str, Any], field: str, code: str, module: Module, instructor: User, as_user: ClientOf
) -> None:
    response = as_user(instructor).post(f"/api/modules/{module.id}/content/", NEW_ITEM | change)

    assert response.status_code == 400
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [(field, code)]
    assert ContentItem.objects.count() == 4


def test_items_and_modules_change(module: Module, item: ContentItem, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)

    changed = client.patch(f"/api/content/{item.id}/", {"title": "New", "text_content": "*x*"})
    renamed = client.patch(f"/api/modules/{module.id}/", {"title": "Intro"}, headers={"If-Match": '"1"'})

    assert changed.status_code == 200, changed.json()
    assert changed.json()["payload"] == {"html": "<p><em>x</em></p>\n"}
    assert changed.headers["ETag"] == '"2"'
    assert (renamed.json()["title"], renamed.headers["ETag"]) == ("Intro", '"2"')


def test_outdated_changes_are_refused(module: Module, item: ContentItem, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    stale = {"If-Match": '"9"'}

    for path in (f"modules/{module.id}", f"content/{item.id}"):
        assert client.patch(f"/api/{path}/", {"title": "x"}, headers=stale).status_code == 412
        assert client.delete(f"/api/{path}/", headers=stale).status_code == 412

    assert set(Module.objects.values_list("title", flat=True)) == {"A", "B"}
    assert ContentItem.objects.get(id=item.id).title == "A1"


def test_items_move_between_modules_of_the_course(item: ContentItem, instructor: User, as_user: ClientOf) -> None:
    target = Module.objects.get(title="B")
    foreign = ModuleFactory.create()

    moved = as_user(instructor).patch(f"/api/content/{item.id}/", {"module": str(target.id)})
    refused = as_user(instructor).patch(f"/api/content/{item.id}/", {"module": str(foreign.id)})

    assert moved.json()["module"] == str(target.id)
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_module")


def test_the_type_of_an_item_is_fixed(item: ContentItem, instructor: User, as_user: ClientOf) -> None:
    response = as_user(instructor).patch(f"/api/content/{item.id}/", {"content_type": "url"})

    assert (response.status_code, response.json()["code"]) == (400, "content_type_fixed")


def test_modules_and_items_are_deleted(
    course: Course, module: Module, item: ContentItem, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)

    statuses = [client.delete(f"/api/{path}/").status_code for path in (f"content/{item.id}", f"modules/{module.id}")]

    course.refresh_from_db()
    assert statuses == [204, 204]
    assert (course.module_count, course.item_count) == (1, 2)


def test_modules_are_put_in_order(course: Course, instructor: User, as_user: ClientOf) -> None:
    first, second = Module.objects.order_by("title").values_list("id", flat=True)

    response = as_user(instructor).post(f"/api/courses/{course.id}/modules/reorder/", {"ids": [second, first]})

    assert response.status_code == 200, response.json()
    assert [row["title"] for row in response.json()["results"]] == ["B", "A"]


def test_a_list_that_is_no_permutation_changes_nothing(
    course: Course, instructor: User, as_user: ClientOf, stranger: User
) -> None:
    first, second = Module.objects.order_by("title")
    foreign = ModuleFactory.create()

    response = as_user(instructor).post(
        f"/api/courses/{course.id}/modules/reorder/", {"ids": [str(second.id), str(foreign.id), str(second.id)]}
    )

    assert (response.status_code, response.json()["code"]) == (400, "invalid_order")
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [
        ("ids.1", "unknown"),
        ("ids.2", "duplicate"),
        ("ids", "missing"),
    ]
    assert list(Module.objects.filter(course=course).order_by("order")) == [first, second]


def test_items_are_put_in_order_level_by_level(module: Module, instructor: User, as_user: ClientOf) -> None:
    first, second = ContentItem.objects.filter(module=module).order_by("title")
    children = [ContentItemFactory.create(module=module, parent=first, title=name) for name in "xy"]
    url = f"/api/modules/{module.id}/content/reorder/"

    top = as_user(instructor).post(url, {"ids": [second.id, first.id]})
    below = as_user(instructor).post(url, {"ids": [children[1].id, children[0].id], "parent": first.id})

    assert [row["title"] for row in top.json()["results"]] == ["A2", "A1"]
    assert [row["title"] for row in below.json()["results"][1]["children"]] == ["y", "x"]


@pytest.mark.parametrize(
    ("person", "expected"),
    [("learner", 403), ("principal", 403), ("colleague", 403), ("stranger", 404), ("nobody", 401)],
)
def test_who_does_not_teach_writes_nothing(
    person: str,
    expected: int,
    course: Course,
    module: Module,
    item: ContentItem,
    request: pytest.FixtureRequest,
    as_user: ClientOf,
) -> None:
    others = {"colleague": lambda: UserFactory.create(roles=[Role.INSTRUCTOR]), "nobody": lambda: None}
    user = others[person]() if person in others else request.getfixturevalue(person)
    client = as_user(user)
    modules = list(Module.objects.order_by("-order").values_list("id", flat=True))
    before = (list(Module.objects.order_by("id").values()), list(ContentItem.objects.order_by("id").values()))

    responses = [
        client.post(f"/api/courses/{course.id}/modules/", NEW_MODULE),
        client.post(f"/api/courses/{course.id}/modules/reorder/", {"ids": modules}),
        client.patch(f"/api/modules/{module.id}/", {"title": "x"}),
        client.delete(f"/api/modules/{module.id}/"),
        client.post(f"/api/modules/{module.id}/content/", NEW_ITEM),
        client.post(f"/api/modules/{module.id}/content/reorder/", {"ids": []}),
        client.patch(f"/api/content/{item.id}/", {"title": "x"}),
        client.delete(f"/api/content/{item.id}/"),
        client.post(f"/api/courses/{course.id}/instructors/", {"user": str(course.id)}),
        client.post(f"/api/courses/{course.id}/prerequisites/", {"required_course": str(course.id)}),
        client.post(f"/api/modules/{module.id}/prerequisites/", {"required_module": str(module.id)}),
    ]

    assert [response.status_code for response in responses] == [expected] * len(responses)
    after = (list(Module.objects.order_by("id").values()), list(ContentItem.objects.order_by("id").values()))
    assert before == after


@pytest.mark.parametrize("number", [3, 30])
def test_writing_costs_the_same_whatever_is_there(
    number: int, in_school: Tenant, instructor: User, as_user: ClientOf
) -> None:
    course = CourseFactory.create(instructors=[instructor])
    modules = ModuleFactory.create_batch(number, course=course)
    items = ContentItemFactory.create_batch(number, module=modules[0])
    client = as_user(instructor)

    with CaptureQueriesContext(connection) as adding:
        client.post(f"/api/modules/{modules[0].id}/content/", NEW_ITEM)
    with CaptureQueriesContext(connection) as ordering:
        client.post(f"/api/courses/{course.id}/modules/reorder/", {"ids": [module.id for module in modules]})

    assert len(items) == number
    assert (len(adding), len(ordering)) == (15, 13)
