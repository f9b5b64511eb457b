"""What totals are computed from, as freezing and bulk edits read it: the same as the grid shows."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Accommodation
from apps.core.tenancy.context import tenant_context
from apps.gradebook.calculation import total_of
from apps.gradebook.factories import GradeCategoryFactory, GradeFactory, GradeItemFactory
from apps.gradebook.models import Gradebook
from apps.gradebook.selectors import rules_of, scores_of
from apps.gradebook.tests.books import Book
from apps.users.models import User
from tests.fixtures import ClientOf


def test_they_say_what_the_grid_shows(book: Book, instructor: User, as_user: ClientOf) -> None:
    now = timezone.now()
    graded, empty, excused = [book.learners[0], *book.enrol(2)]
    with tenant_context(book.school):
        Gradebook.objects.create(course=book.course, calculation="weighted", missing_work="zero_after_due")
        category = GradeCategoryFactory.create(course=book.course, weight_percentage=30, drop_lowest=1)
        assessment = AssessmentFactory.create(course=book.course)
        item = GradeItemFactory.create(
            course=book.course, category=category, assessment=assessment, due_at=now - timedelta(hours=1), max_points=10
        )
        for user in (graded, empty):
            Accommodation.objects.create(user=user, assessment=assessment, due_at=now + timedelta(days=1))
        GradeFactory.create(item=item, user=graded, score=Decimal(4))
        GradeFactory.create(item=item, user=excused, score=Decimal(4), is_excused=True)
        for user in (graded, empty, excused):
            GradeFactory.create(item=book.items[0], user=user, score=Decimal(2), override=Decimal(9))
        rules = rules_of(book.course.id, now=now)
        users = [graded.id, empty.id, excused.id]
        with CaptureQueriesContext(connection) as queries:
            scores = scores_of(rules, users, now=now)
            statements = len(queries)
        totals = {str(user): str(total_of(rules, *scores[user]).percentage) for user in users}

    body = as_user(instructor).get(book.url("gradebook/grid/")).json()

    # 0.3 * 40 + 0.7 * 90; what is not due yet and what is excused count nothing.
    assert list(totals.values()) == ["75.00", "90.00", "90.00"]
    assert {row["user"]["id"]: row["total"]["percentage"] for row in body["results"]} == totals
    assert statements == 2


def test_learners_without_a_cell_have_an_empty_entry(book: Book) -> None:
    with tenant_context(book.school):
        rules = rules_of(book.course.id, now=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            found = scores_of(rules, [book.learners[0].id], now=timezone.now())

    assert found == {book.learners[0].id: ({}, set())}
    assert len(queries) == 1
