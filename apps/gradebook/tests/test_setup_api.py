"""How a course counts, through the API: settings and categories."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.gradebook.factories import GradeCategoryFactory, GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import Gradebook, GradeCategory, GradeItem
from apps.gradebook.services.setup import MOST_CATEGORIES
from apps.gradebook.tests.books import Book
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

NEW = {"name": "Quizzes", "weight_percentage": "60.00", "drop_lowest": 1}


@pytest.fixture
def colleague(school: Tenant) -> User:
    """Return an instructor who teaches something else."""
    with tenant_context(school):
        return UserFactory.create(roles=[Role.INSTRUCTOR])


def freeze(book: Book) -> None:
    with tenant_context(book.school):
        Gradebook.objects.update_or_create(course=book.course, defaults={"frozen_at": timezone.now()})


def statements(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert call().status_code == 200
    return len(queries)


def state(book: Book) -> list[Any]:
    with tenant_context(book.school):
        return [list(model.objects.order_by("id").values()) for model in (Gradebook, GradeCategory, GradeItem)]


def test_a_course_counts_points_until_somebody_says_otherwise(book: Book, instructor: User, as_user: ClientOf) -> None:
    shown = as_user(instructor).get(book.url("gradebook/"))

    assert (shown.status_code, shown["ETag"]) == (200, '"1"')
    assert shown.json() == {
        "course": str(book.course.id), "scale": None, "calculation": "points", "missing_work": "excluded",
        "is_total_shown": True, "frozen_at": None, "weights_sum": "0.00", "warnings": [], "version": 1,
    }  # fmt: skip
    with tenant_context(book.school):
        assert not Gradebook.objects.exists()


def test_the_settings_are_changed_under_their_tag(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    with tenant_context(book.school):
        scale = GradeScaleFactory.create()
    url = f"/api/courses/{book.course.slug}/gradebook/"
    body = {"calculation": "weighted", "missing_work": "zero_after_due", "is_total_shown": False}

    changed = client.patch(url, {**body, "scale": str(scale.id)}, HTTP_IF_MATCH='"1"')
    stale = client.patch(url, {"calculation": "points"}, HTTP_IF_MATCH='"1"')
    cleared = client.patch(url, {"scale": None}, HTTP_IF_MATCH='"2"')

    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert {**changed.json(), **body, "scale": str(scale.id)} == changed.json()
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (cleared.json()["scale"], cleared.json()["calculation"], cleared["ETag"]) == (None, "weighted", '"3"')


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"calculation": "dice"}, "calculation"),
        ({"missing_work": None}, "missing_work"),
        ({"is_total_shown": "perhaps"}, "is_total_shown"),
        ({"scale": "7"}, "scale"),
        ({"scale": str(new_id())}, "scale"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    book: Book, instructor: User, as_user: ClientOf, body: Any, field: str
) -> None:
    before = state(book)

    refused = as_user(instructor).patch(book.url("gradebook/"), body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert state(book) == before


@pytest.mark.parametrize(
    ("weights", "loose", "warnings", "weights_sum"),
    [
        ([60, 40], False, [], "100.00"),
        ([60, 50], False, ["weights_above_100"], "110.00"),
        ([60, 30], False, ["weights_below_100"], "90.00"),
        ([60, 30], True, [], "90.00"),
        ([60, 40], True, ["items_without_weight"], "100.00"),
        ([100, 1], True, ["weights_above_100", "items_without_weight"], "101.00"),
    ],
)
def test_weights_that_do_not_come_to_a_hundred_are_said(
    book: Book, instructor: User, as_user: ClientOf, weights: Any, loose: bool, warnings: Any, weights_sum: str
) -> None:
    with tenant_context(book.school):
        GradeItem.objects.filter(course=book.course).update(is_counted=loose)
        for weight in weights:
            GradeCategoryFactory.create(course=book.course, weight_percentage=weight)
        GradeCategoryFactory.create(course=book.course, weight_percentage=10, is_extra_credit=True)
    client = as_user(instructor)

    points = client.get(book.url("gradebook/")).json()
    weighted = client.patch(book.url("gradebook/"), {"calculation": "weighted"}).json()

    assert points["warnings"] == []
    assert [warning["code"] for warning in weighted["warnings"]] == warnings
    assert weighted["weights_sum"] == weights_sum


def test_categories_from_first_to_last(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    client.patch(book.url("gradebook/"), {"calculation": "weighted"})

    made = client.post(book.url("grade-categories/"), NEW)
    second = client.post(book.url("grade-categories/"), {"name": "Work", "weight_percentage": 40})
    twice = client.post(book.url("grade-categories/"), NEW)
    url = f"/api/grade-categories/{made.json()['id']}/"
    changed = client.patch(url, {"weight_percentage": 50, "order": 9}, HTTP_IF_MATCH=made["ETag"])
    stale = client.patch(url, {"drop_lowest": 0}, HTTP_IF_MATCH=made["ETag"])
    renamed = client.patch(url, {"name": "Work"})

    assert (made.status_code, second.status_code) == (201, 201)
    assert {**made.json(), **NEW, "order": 0} == made.json()
    assert (second.json()["order"], second.json()["warnings"][0]["code"]) == (1, "items_without_weight")
    assert (twice.status_code, twice.json()["code"]) == (409, "grade_category_exists")
    assert (changed.status_code, changed.json()["weight_percentage"], changed["ETag"]) == (200, "50.00", '"2"')
    assert (stale.status_code, renamed.status_code) == (412, 409)
    listed = client.get(book.url("grade-categories/")).json()
    assert [row["name"] for row in listed["results"]] == ["Work", "Quizzes"]
    assert "warnings" not in listed["results"][0]
    assert client.get(url).json() == changed.json()


def test_a_deleted_category_leaves_its_items(book: Book, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course)
        item = GradeItemFactory.create(category=category)

    stale = as_user(instructor).delete(f"/api/grade-categories/{category.id}/", HTTP_IF_MATCH='"7"')
    gone = as_user(instructor).delete(f"/api/grade-categories/{category.id}/")

    assert (stale.status_code, gone.status_code) == (412, 204)
    assert as_user(instructor).get(f"/api/grade-categories/{category.id}/").status_code == 404
    with tenant_context(book.school):
        item.refresh_from_db()
        assert (item.category_id, item.version) == (None, 2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({**NEW, "name": " "}, "name"),
        ({**NEW, "name": "x" * 101}, "name"),
        ({**NEW, "weight_percentage": "100.01"}, "weight_percentage"),
        ({**NEW, "weight_percentage": "-1"}, "weight_percentage"),
        ({**NEW, "weight_percentage": "1.001"}, "weight_percentage"),
        ({**NEW, "weight_percentage": "NaN"}, "weight_percentage"),
        ({**NEW, "drop_lowest": 101}, "drop_lowest"),
        ({**NEW, "drop_lowest": -1}, "drop_lowest"),
        ({**NEW, "order": 2**31}, "order"),
        ({**NEW, "is_extra_credit": None}, "is_extra_credit"),
    ],
)
def test_a_category_that_cannot_be_is_refused(
    book: Book, instructor: User, as_user: ClientOf, body: Any, field: str
) -> None:
    refused = as_user(instructor).post(book.url("grade-categories/"), body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    with tenant_context(book.school):
        assert not GradeCategory.objects.exists()


def test_there_is_an_end_of_categories(book: Book, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        GradeCategoryFactory.create_batch(MOST_CATEGORIES, course=book.course)

    refused = as_user(instructor).post(book.url("grade-categories/"), NEW)

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_categories")


def test_a_frozen_gradebook_stays_as_it_is(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course)
    freeze(book)
    before = state(book)
    item = f"/api/grade-items/{book.items[0].id}/"

    answers = [
        client.patch(book.url("gradebook/"), {"is_total_shown": False}),
        client.post(book.url("grade-categories/"), NEW),
        client.patch(f"/api/grade-categories/{category.id}/", {"name": "Other"}),
        client.delete(f"/api/grade-categories/{category.id}/"),
        client.post(book.url("grade-items/"), {"title": "Talk", "max_points": 5}),
        client.patch(item, {"is_counted": False}),
        client.delete(item),
        client.post(f"{item}post/"),
        client.post(f"{item}hide/"),
        client.post(book.url("grade-items/reorder/"), {"ids": [str(item.id) for item in book.items]}),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "gradebook_frozen")}
    assert state(book) == before
    assert client.get(book.url("gradebook/")).json()["frozen_at"] is not None


def test_only_who_keeps_the_gradebook_changes_it(
    book: Book, learner: User, colleague: User, principal: User, stranger: User, as_user: ClientOf
) -> None:
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course)
    before = state(book)
    item = f"/api/grade-items/{book.items[0].id}/"
    flat = f"/api/grade-categories/{category.id}/"
    of_course = [
        ("get", "gradebook/", None), ("patch", "gradebook/", {"is_total_shown": False}),
        ("get", "grade-categories/", None), ("post", "grade-categories/", NEW),
        ("get", "grade-items/", None), ("post", "grade-items/", {"title": "Talk", "max_points": 5}),
        ("post", "grade-items/reorder/", {"ids": [str(item.id) for item in book.items]}),
    ]  # fmt: skip
    parts = [
        ("get", item, None), ("patch", item, {"is_counted": False}), ("delete", item, None),
        ("post", f"{item}post/", None), ("post", f"{item}hide/", None),
        ("get", flat, None), ("patch", flat, {"name": "Mine"}), ("delete", flat, None),
    ]  # fmt: skip

    def answers(user: User, requests: Any) -> set[int]:
        client = as_user(user)
        return {getattr(client, method)(url, body).status_code for method, url, body in requests}

    course = [(method, book.url(rest), body) for method, rest, body in of_course]
    assert answers(learner, course) == {403}
    assert answers(learner, parts) <= {403, 404}
    assert answers(colleague, course) == {403}
    assert answers(colleague, parts) == {404}
    assert answers(stranger, course + parts) == {404}
    assert answers(principal, [one for one in course + parts if one[0] == "get"]) == {200}
    assert answers(principal, [one for one in course + parts if one[0] != "get"]) == {403}
    assert state(book) == before


def test_an_admin_keeps_every_gradebook(book: Book, admin: User, as_user: ClientOf) -> None:
    made = as_user(admin).post(book.url("grade-categories/"), NEW)

    assert made.status_code == 201


def test_lists_cost_the_same_for_three_and_for_thirty(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    urls = [book.url("grade-categories/"), book.url("grade-items/"), "/api/grade-scales/"]

    def add(count: int) -> None:
        with tenant_context(book.school):
            for category in GradeCategoryFactory.create_batch(count, course=book.course):
                GradeItemFactory.create(category=category)
            GradeScaleFactory.create_batch(count)

    add(3)
    few = [statements(lambda url=url: client.get(url, {"page_size": 100})) for url in urls]  # type: ignore[misc]
    add(27)
    many = [statements(lambda url=url: client.get(url, {"page_size": 100})) for url in urls]  # type: ignore[misc]

    assert many == few
    assert max(many) <= 6
