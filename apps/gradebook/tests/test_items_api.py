"""The items of a gradebook through the API: those that follow an assessment, and those that people grade."""

from decimal import Decimal
from typing import Any

import pytest

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment
from apps.assessments.services import change_assessment
from apps.core.ids import new_id
from apps.core.tenancy.context import tenant_context
from apps.gradebook.factories import GradeCategoryFactory, GradeFactory, GradeItemFactory
from apps.gradebook.models import Grade, GradeItem
from apps.gradebook.permissions import GradeSetupPolicy
from apps.gradebook.services import ensure_item, sync_item
from apps.gradebook.services.items import MOST_ITEMS
from apps.gradebook.tests.books import Book
from apps.users.models import User
from tests.fixtures import ClientOf

NEW = {"title": "Participation", "max_points": "20.00"}


@pytest.fixture
def quiz(book: Book) -> Assessment:
    """Return a quiz of the course, with its item."""
    with tenant_context(book.school):
        quiz = AssessmentFactory.create(course=book.course, questions=2, title="Loops")
        ensure_item(quiz)
    return quiz


def at(item: Any) -> str:
    return f"/api/grade-items/{item.id}/"


def test_people_add_items_change_and_delete_them(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course)
    body = {**NEW, "category": str(category.id), "due_at": "2026-05-01T10:00:00Z", "is_hidden": True}

    made = client.post(book.url("grade-items/"), body)
    url = f"/api/grade-items/{made.json()['id']}/"
    change = {"title": "Talk", "max_points": "0.50", "category": None, "due_at": None, "is_extra_credit": True}
    changed = client.patch(url, change, HTTP_IF_MATCH=made["ETag"])
    stale = client.patch(url, {"title": "Other"}, HTTP_IF_MATCH=made["ETag"])
    not_gone = client.delete(url, HTTP_IF_MATCH=made["ETag"])
    gone = client.delete(url)

    assert made.status_code == 201
    assert {**made.json(), **body, "assessment": None, "is_counted": True, "version": 1} == made.json()
    assert made.json()["order"] == 1 + max(item.order for item in book.items)
    assert (changed.status_code, {**changed.json(), **change}) == (200, changed.json())
    assert (stale.status_code, not_gone.status_code, gone.status_code) == (412, 412, 204)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"max_points": 5}, "title"),
        ({"title": "Talk"}, "max_points"),
        ({**NEW, "title": ""}, "title"),
        ({**NEW, "title": "x" * 201}, "title"),
        ({**NEW, "max_points": "-0.01"}, "max_points"),
        ({**NEW, "max_points": "100000000"}, "max_points"),
        ({**NEW, "max_points": "1.005"}, "max_points"),
        ({**NEW, "max_points": "Infinity"}, "max_points"),
        ({**NEW, "category": str(new_id())}, "category"),
        ({**NEW, "category": "none"}, "category"),
        ({**NEW, "due_at": "soon"}, "due_at"),
        ({**NEW, "order": -1}, "order"),
    ],
)
def test_an_item_that_cannot_be_is_refused(
    book: Book, instructor: User, as_user: ClientOf, body: Any, field: str
) -> None:
    refused = as_user(instructor).post(book.url("grade-items/"), body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    with tenant_context(book.school):
        assert GradeItem.objects.count() == len(book.items)


def test_a_category_of_another_course_is_none(book: Book, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        elsewhere = GradeCategoryFactory.create()

    answers = [
        as_user(instructor).post(book.url("grade-items/"), {**NEW, "category": str(elsewhere.id)}),
        as_user(instructor).patch(at(book.items[0]), {"category": str(elsewhere.id)}),
    ]

    assert [(answer.status_code, answer.json()["errors"][0]["field"]) for answer in answers] == [(400, "category")] * 2


def test_the_item_of_an_assessment_follows_it(
    book: Book, quiz: Assessment, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course)
    own = {"category": str(category.id), "is_counted": False, "is_extra_credit": True, "is_hidden": True, "order": 4}

    changed = client.patch(at(quiz), {**own, "title": "Loops", "max_points": "20.00", "due_at": None})
    refused = [
        client.patch(at(quiz), {"is_counted": True, field: value})
        for field, value in [("title", "Mine"), ("max_points", 5), ("due_at", "2026-05-01T10:00:00Z")]
    ]
    kept = client.delete(at(quiz))

    assert (changed.status_code, {**changed.json(), **own}) == (200, changed.json())
    assert changed.json()["assessment"] == str(quiz.id)
    found = [(answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) for answer in refused]
    assert found == [(400, "follows_assessment", field) for field in ("title", "max_points", "due_at")]
    assert (kept.status_code, kept.json()["code"]) == (409, "item_of_assessment")
    with tenant_context(book.school):
        item = GradeItem.objects.get(assessment=quiz)
        assert (item.is_counted, item.title, item.max_points) == (False, "Loops", Decimal(20))


def test_what_became_a_practice_cannot_count(
    book: Book, quiz: Assessment, learner: User, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(book.school):
        GradeFactory.create(item=GradeItem.objects.get(assessment=quiz), user=learner, override=3)
        change_assessment(assessment=quiz, by=None, assessment_type="practice")
        sync_item(assessment_id=quiz.id)

    refused = as_user(instructor).patch(at(quiz), {"is_counted": True})
    allowed = as_user(instructor).patch(at(quiz), {"is_hidden": True})

    assert (refused.status_code, refused.json()["code"]) == (400, "not_graded")
    assert (allowed.status_code, allowed.json()["is_counted"]) == (200, False)


def test_an_item_with_grades_stays(book: Book, learner: User, instructor: User, as_user: ClientOf) -> None:
    graded, emptied = book.items
    with tenant_context(book.school):
        GradeFactory.create(item=graded, user=learner, override=5)
    book.scored(4, item=1)
    with tenant_context(book.school):
        Grade.objects.filter(item=emptied).delete()

    answers = [as_user(instructor).delete(at(item)) for item in book.items]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "item_graded")] * 2
    with tenant_context(book.school):
        assert GradeItem.objects.count() == 2
        assert Grade.objects.count() == 1


def test_items_are_shown_and_hidden(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    url = at(book.items[0])

    hidden = client.post(f"{url}hide/")
    again = client.post(f"{url}hide/")
    stale = client.post(f"{url}post/", HTTP_IF_MATCH='"1"')
    posted = client.post(f"{url}post/", HTTP_IF_MATCH='"2"')

    assert [(answer.json()["is_hidden"], answer["ETag"]) for answer in (hidden, again, posted)] == [
        (True, '"2"'), (True, '"2"'), (False, '"3"'),
    ]  # fmt: skip
    assert stale.status_code == 412
    assert client.post(url).status_code == 405


def test_items_are_put_in_order_all_or_nothing(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    first, second = (str(item.id) for item in book.items)
    with tenant_context(book.school):
        third = str(GradeItemFactory.create(course=book.course, order=7).id)
        strange = str(GradeItemFactory.create().id)

    done = client.post(book.url("grade-items/reorder/"), {"ids": [third, first, second]})
    versions = {row["id"]: row["version"] for row in done.json()["results"]}
    again = client.post(book.url("grade-items/reorder/"), {"ids": [third, first, second]})
    wrong = client.post(book.url("grade-items/reorder/"), {"ids": [first, first, strange]})
    malformed = client.post(book.url("grade-items/reorder/"), {"ids": "all"})

    assert [row["id"] for row in done.json()["results"]] == [third, first, second]
    assert {row["id"]: row["version"] for row in again.json()["results"]} == versions
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_order")
    assert [error["field"] for error in wrong.json()["errors"]] == ["ids.1", "ids.2", "ids"]
    assert malformed.status_code == 400
    listed = client.get(book.url("grade-items/")).json()["results"]
    assert [row["id"] for row in listed] == [third, first, second]


def test_items_are_found_by_what_they_are(book: Book, quiz: Assessment, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course)
        filed = GradeItemFactory.create(category=category, is_hidden=True)

    def found(**query: Any) -> set[str]:
        answer = as_user(instructor).get(book.url("grade-items/"), query)
        assert answer.status_code == 200
        return {row["id"] for row in answer.json()["results"]}

    assert found(category=category.id) == found(is_hidden=True) == {str(filed.id)}
    assert found(assessment=quiz.id) == {str(quiz.id)}
    assert found(is_counted=False) == set()
    assert as_user(instructor).get(book.url("grade-items/"), {"category": "x"}).status_code == 400


def test_there_is_an_end_of_items(book: Book, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        GradeItem.objects.bulk_create(
            GradeItem(course=book.course, title=str(number), max_points=1) for number in range(MOST_ITEMS)
        )

    refused = as_user(instructor).post(book.url("grade-items/"), NEW)

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_items")


def test_learners_know_of_no_item_by_its_address(
    book: Book, quiz: Assessment, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(book.school):
        item = GradeItem.objects.get(assessment_id=quiz.id)
        known = GradeSetupPolicy.visible(learner, GradeItem.objects.all()).count()

    answers = [as_user(learner).get(at(item)), as_user(learner).patch(at(item), {"is_counted": False})]

    assert known == 0
    assert [answer.status_code for answer in answers] == [403, 403]
