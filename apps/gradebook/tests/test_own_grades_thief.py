"""What nothing of a learner's own grades tells: the cells that are hidden, or not shown yet."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Assessment
from apps.core.tenancy.context import tenant_context
from apps.enrollments.models import Enrollment
from apps.gradebook.factories import GradeCategoryFactory, GradeFactory, GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import Grade, Gradebook, GradeCategory, GradeItem
from apps.gradebook.tests.books import Book
from apps.users.models import User
from tests.fixtures import ClientOf

SECRET = "31.07"
TITLE = "Xyzzy, the surprise"


def read(client: Any, book: Book) -> Any:
    return client.get(book.url("gradebook/mine/"))


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
