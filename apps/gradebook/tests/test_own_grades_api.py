"""A learner's own grades: what is shown, and that nothing tells what is not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.tenancy.context import tenant_context
from apps.courses.models import Course
from apps.enrollments.models import Enrollment
from apps.gradebook.factories import GradeCategoryFactory, GradeFactory, GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import FinalGrade, Gradebook, GradeItem
from apps.gradebook.tests.books import Book
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

MOST_STATEMENTS = 9


def read(client: Any, book: Book) -> Any:
    return client.get(book.url("gradebook/mine/"))


def test_it_says_what_the_learner_has(book: Book, learner: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        category = GradeCategoryFactory.create(course=book.course, name="Essays", drop_lowest=1)
        GradeItem.objects.filter(course=book.course).update(category=category)
        GradeCategoryFactory.create(course=book.course, name="Nothing in it")
        Gradebook.objects.create(course=book.course, scale=GradeScaleFactory.create())
    graded = book.scored("8", late_penalty_percentage=20, feedback="Good.")
    book.scored("3", item=1, override=Decimal("5.5"))

    answered = read(as_user(learner), book)

    assert answered.status_code == 200, answered.json()
    body = answered.json()
    first, second = body["items"]
    assert first == {
        "id": str(book.items[0].id), "title": book.items[0].title, "max_points": "10.00", "is_extra_credit": False,
        "is_counted": True, "due_at": None, "category": str(category.id), "assessment": None,
        "grade": {
            "score": "8.00", "is_excused": False, "is_dropped": False, "is_missing": False,
            "late_penalty_percentage": "20.00", "feedback": "Good.",
            "graded_at": graded.graded_at.isoformat().replace("+00:00", "Z"),
        },
    }  # fmt: skip
    assert (second["grade"]["score"], second["grade"]["is_dropped"]) == ("5.50", True)
    assert body["categories"] == [
        {
            "id": str(category.id), "name": "Essays", "weight_percentage": "0.00", "drop_lowest": 1,
            "is_extra_credit": False, "percentage": "80.00",
        }
    ]  # fmt: skip
    assert body["total"] == {
        "points": "8.00", "max_points": "10.00", "percentage": "80.00", "label": "B", "is_passed": True,
    }  # fmt: skip
    assert (body["course"], body["final"]) == (str(book.course.id), None)


def test_excused_and_missing_cells_say_so(book: Book, learner: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        Gradebook.objects.create(course=book.course, missing_work="zero_after_due")
        past = timezone.now() - timedelta(days=1)
        GradeItem.objects.filter(id=book.items[1].id).update(due_at=past)
        third = GradeItemFactory.create(course=book.course, max_points=10)
        GradeFactory.create(item=third, user=learner, override=Decimal(6))
    book.scored("9", is_excused=True)

    body = read(as_user(learner), book).json()

    cells = [item["grade"] for item in body["items"]]
    assert (cells[0]["score"], cells[0]["is_excused"], cells[0]["is_missing"]) == (None, True, False)
    assert (cells[1]["score"], cells[1]["is_excused"], cells[1]["is_missing"]) == (None, False, True)
    assert body["total"]["percentage"] == "30.00"


def test_without_totals_there_are_none_of_categories_either(book: Book, learner: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        Gradebook.objects.create(course=book.course, is_total_shown=False)
        category = GradeCategoryFactory.create(course=book.course)
        GradeItem.objects.filter(course=book.course).update(category=category)
    book.scored("8")

    body = read(as_user(learner), book).json()

    assert body["items"][0]["grade"]["score"] == "8.00"
    assert body["total"] is None
    assert [category["percentage"] for category in body["categories"]] == [None]


def test_the_final_grade_is_shown_once_it_stands(book: Book, learner: User, as_user: ClientOf) -> None:
    moment = timezone.now()
    with tenant_context(book.school):
        gradebook = Gradebook.objects.create(course=book.course, is_total_shown=False)
        final = FinalGrade.objects.create(
            course=book.course, user=learner, percentage=71, points=7, max_points=10, label="C", is_passed=True,
            frozen_at=moment,
        )  # fmt: skip
    client = as_user(learner)

    seen = [read(client, book).json()["final"]]
    for at in (moment + timedelta(seconds=1), moment):
        with tenant_context(book.school):
            Gradebook.objects.filter(id=gradebook.id).update(frozen_at=at)
        seen.append(read(client, book).json()["final"])
    with tenant_context(book.school):
        FinalGrade.objects.filter(id=final.id).update(override_percentage=Decimal(80))
    seen.append(read(client, book).json()["final"])

    assert seen[:2] == [None, None]
    assert seen[2] == {
        "percentage": "71.00", "is_overridden": False, "points": "7.00", "max_points": "10.00", "label": "C",
        "is_passed": True, "frozen_at": moment.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    assert (seen[3]["percentage"], seen[3]["is_overridden"]) == ("80.00", True)


@pytest.mark.parametrize(
    ("status", "code"),
    [("active", 200), ("completed", 200), ("dropped", 200), ("suspended", 200), ("expired", 200), ("pending", 404)],
)
def test_who_was_in_the_course_reads_their_grades(
    book: Book, learner: User, as_user: ClientOf, status: str, code: int
) -> None:
    with tenant_context(book.school):
        Enrollment.objects.filter(user=learner).update(status=status, completed_at=timezone.now())

    assert read(as_user(learner), book).status_code == code


def test_who_has_left_keeps_what_was_graded_and_learns_of_nothing_else(
    book: Book, learner: User, as_user: ClientOf
) -> None:
    book.scored("8")
    with tenant_context(book.school):
        Gradebook.objects.create(course=book.course, missing_work="zero_after_due")
        GradeItem.objects.filter(course=book.course).update(due_at=timezone.now())
        Enrollment.objects.filter(user=learner).update(status="dropped")

    body = read(as_user(learner), book).json()

    assert [item["id"] for item in body["items"]] == [str(book.items[0].id)]
    assert body["total"]["percentage"] == "80.00"


def test_it_is_nobody_elses(
    book: Book, instructor: User, admin: User, stranger: User, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(book.school):
        outsider = UserFactory.create()
    book.scored("8")
    client = as_user(learner)

    codes = [read(as_user(person), book).status_code for person in (outsider, stranger, None)]
    staff = {read(as_user(person), book).status_code for person in (instructor, admin)}
    elsewhere = [client.get(f"/api/courses/{name}/gradebook/mine/").status_code for name in ("nowhere", "a%00b")]
    with tenant_context(book.school):
        Course.objects.filter(id=book.course.id).update(status="draft")

    assert codes == [404, 404, 401]
    assert staff <= {403, 404}
    assert elsewhere == [404, 404]
    assert read(client, book).status_code == 404


def test_the_course_answers_to_its_slug_and_also_from_the_archive(book: Book, learner: User, as_user: ClientOf) -> None:
    with tenant_context(book.school):
        Course.objects.filter(id=book.course.id).update(status="archived")

    answered = as_user(learner).get(f"/api/courses/{book.course.slug}/gradebook/mine/")

    assert (answered.status_code, answered.json()["course"]) == (200, str(book.course.id))


def test_the_statements_do_not_grow(book: Book, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    counts = []
    for more in (1, 28):
        with tenant_context(book.school):
            for item in GradeItemFactory.create_batch(more, course=book.course):
                GradeFactory.create(item=item, user=learner, override=Decimal(5))
        read(client, book)
        with CaptureQueriesContext(connection) as queries:
            assert read(client, book).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= MOST_STATEMENTS
