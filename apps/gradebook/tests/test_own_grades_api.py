"""A learner's own grades: what is shown, and that nothing tells what is not."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment
from apps.core.tenancy.context import tenant_context
from apps.courses.models import Course
from apps.enrollments.models import Enrollment
from apps.gradebook.factories import GradeCategoryFactory, GradeFactory, GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import FinalGrade, Grade, Gradebook, GradeCategory, GradeItem
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


# ------------------------------------------------------------------------------------------------ what nothing tells

SECRET = "31.07"
TITLE = "Xyzzy, the surprise"


@dataclass(frozen=True)
class Vault:
    """A course with an open item of 40 points (30 of them reached), and one whose score must not be known."""

    book: Book
    item: GradeItem
    category: GradeCategory


Hide = Callable[[Vault], None]


def _hidden(vault: Vault) -> None:
    GradeItem.objects.filter(id=vault.item.id).update(is_hidden=True)


def _of(**fields: Any) -> Hide:
    def hide(vault: Vault) -> None:
        assessment: Assessment = AssessmentFactory.create(course=vault.book.course, title=TITLE, **fields)
        GradeItem.objects.filter(id=vault.item.id).update(assessment=assessment)

    return hide


WAYS: dict[str, Hide] = {
    "hidden": _hidden,
    "draft": _of(status="draft"),
    "never": _of(show_score="never"),
    "not posted": _of(show_score="posted"),
    "not closed": _of(show_score="closed", closes_at=timezone.now() + timedelta(days=3650)),
    "never closed": _of(show_score="closed"),
}
KEEPS_ITS_NAME = {"never", "not posted", "not closed", "never closed"}


@pytest.fixture(params=["points", "weighted"])
def vault(request: pytest.FixtureRequest, book: Book, learner: User) -> Vault:
    with tenant_context(book.school):
        GradeItem.objects.filter(course=book.course).delete()
        Gradebook.objects.create(
            course=book.course, calculation=request.param, missing_work="zero_after_due",
            scale=GradeScaleFactory.create(),
        )  # fmt: skip
        shared = GradeCategoryFactory.create(course=book.course, weight_percentage=50, drop_lowest=1)
        own = GradeCategoryFactory.create(course=book.course, weight_percentage=50, name="Xyzzy, the category")
        open_item = GradeItemFactory.create(course=book.course, category=shared, max_points=40)
        GradeFactory.create(item=open_item, user=learner, override=Decimal(30))
        item = GradeItemFactory.create(
            course=book.course, category=shared, max_points="47.11", title=TITLE,
            due_at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
    return Vault(book, item, own)


# What may stand in the secret cell.
CELLS: list[dict[str, Any] | None] = [
    None,
    {"score": Decimal(SECRET), "feedback": f"{TITLE}: {SECRET}", "late_penalty_percentage": Decimal("12.34")},
    {"override": Decimal(SECRET), "graded_at": timezone.now() - timedelta(days=30)},
    {"score": Decimal("47.11"), "feedback": "Perfect."},
    {"score": Decimal(0), "is_excused": True},
]


@pytest.mark.parametrize("in_own_category", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_what_stands_in_a_cell_that_is_not_shown_changes_nothing(
    vault: Vault, learner: User, as_user: ClientOf, way: str, in_own_category: bool
) -> None:
    book = vault.book
    with tenant_context(book.school):
        if in_own_category:
            GradeItem.objects.filter(id=vault.item.id).update(category=vault.category)
        WAYS[way](vault)
    client = as_user(learner)

    answers = []
    for cell in CELLS:
        with tenant_context(book.school):
            Grade.objects.filter(item=vault.item).delete()
            if cell is not None:
                GradeFactory.create(item=vault.item, user=learner, **cell)
        answers.append(read(client, book))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    body = answers[0].json()
    assert body["total"]["percentage"] == "75.00"
    text = json.dumps(body)
    assert SECRET not in text
    assert ("Xyzzy" in text, "47.11" in text) == (way in KEEPS_ITS_NAME, way in KEEPS_ITS_NAME)
    assert "the category" not in text or (way in KEEPS_ITS_NAME and in_own_category)


def test_once_it_is_shown_it_counts(vault: Vault, learner: User, as_user: ClientOf) -> None:
    book = vault.book
    with tenant_context(book.school):
        WAYS["not posted"](vault)
        GradeFactory.create(item=vault.item, user=learner, score=Decimal("47.11"), feedback="Perfect.")
        Assessment.objects.filter(course=book.course).update(results_posted_at=timezone.now())
    client = as_user(learner)

    (before, grade) = (item["grade"] for item in read(client, book).json()["items"])
    with tenant_context(book.school):
        Assessment.objects.filter(course=book.course).update(show_feedback="never")
    after = read(client, book).json()["items"][1]["grade"]

    assert (grade["score"], grade["feedback"], before["is_dropped"]) == ("47.11", "Perfect.", True)
    assert (after["score"], after["feedback"]) == ("47.11", "")


@pytest.mark.parametrize("way", sorted(WAYS))
def test_who_has_left_is_not_told_either(vault: Vault, learner: User, as_user: ClientOf, way: str) -> None:
    book = vault.book
    with tenant_context(book.school):
        WAYS[way](vault)
        GradeFactory.create(item=vault.item, user=learner, score=Decimal(SECRET))
        Enrollment.objects.filter(user=learner).update(status="dropped")

    answered = read(as_user(learner), book)

    assert (answered.status_code, SECRET in answered.content.decode()) == (200, False)
    assert answered.json()["total"]["percentage"] == "75.00"
