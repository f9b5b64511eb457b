"""The gradebook as a file: what is in it, who gets it, and what a spreadsheet makes of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Attempt
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.choices import EnrollmentStatus
from apps.gradebook import jobs
from apps.gradebook.choices import Calculation, MissingWork
from apps.gradebook.factories import GradeCategoryFactory, GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import Gradebook, GradeItem
from apps.gradebook.services.exporting import harmless
from apps.gradebook.tests.books import Book
from apps.gradebook.tests.spreadsheets import csv_table, xlsx_table
from apps.gradebook.tests.working import exported, job_of, work_on
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "gradebook/exports/"
TABLES: dict[str, Callable[[bytes], list[list[str]]]] = {"csv": csv_table, "xlsx": xlsx_table}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def same(value: Any) -> Any:
    """Return a number as a number: 8.50 and 8.5 are the same, text is text."""
    try:
        return Decimal(value)
    except ArithmeticError:
        return value


@pytest.fixture
def busy(school: Tenant, book: Book) -> Book:
    """Return a weighted gradebook in which there is something of everything."""
    with tenant_context(school):
        scale = GradeScaleFactory.create()
        Gradebook.objects.create(
            course=book.course, scale=scale, calculation=Calculation.WEIGHTED,
            missing_work=MissingWork.ZERO_AFTER_DUE,
        )  # fmt: skip
        quizzes = GradeCategoryFactory.create(course=book.course, weight_percentage=60, drop_lowest=1)
        work = GradeCategoryFactory.create(course=book.course, weight_percentage=40)
        GradeItem.objects.filter(id__in=[item.id for item in book.items]).update(category=quizzes)
        book.items.append(
            GradeItemFactory.create(course=book.course, category=quizzes, max_points=7, due_at=LONG_AGO)
        )  # fmt: skip
        book.items.append(GradeItemFactory.create(course=book.course, max_points=3, is_hidden=True))
        waiting = AssessmentFactory.create(course=book.course)
        GradeItem.objects.filter(assessment=waiting).delete()
        book.items.append(
            GradeItemFactory.create(
                course=book.course, category=work, assessment=waiting, max_points=10, due_at=LONG_AGO
            )
        )  # fmt: skip
    book.enrol(4)
    book.enrol(1, status=EnrollmentStatus.DROPPED)
    book.scored("7.25")
    book.scored("3", learner=1, override=Decimal("12.5"))
    book.scored("5", item=1, learner=1)
    book.scored("5", item=2, learner=2, is_excused=True)
    book.scored("2", item=3, learner=2)
    book.scored("5", learner=3)
    book.scored("1", learner=5)
    with tenant_context(school):
        Attempt.objects.create(
            assessment=waiting, user=book.learners[3], number=1, status="submitted", started_at=LONG_AGO,
            submitted_at=LONG_AGO, enrollment=book.course.enrollments.get(user=book.learners[3]), max_score=10, seed=1,
            paper=[],
        )  # fmt: skip
    return book


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("status", [None, "dropped"])
def test_the_file_says_what_the_grid_says(
    busy: Book, instructor: User, as_user: ClientOf, file_format: str, status: str | None
) -> None:
    client = as_user(instructor)
    body = {"format": file_format} | ({"status": status} if status else {})
    grid = client.get(busy.url("gradebook/grid/?page_size=100" + (f"&status={status}" if status else ""))).json()

    headings, *rows = TABLES[file_format](exported(client, busy, **body))

    assert headings == [
        "Last name", "First name", "E-mail", "ID",
        *(f"{item['title']} (max. {item['max_points']})" for item in grid["items"]),
        *(f"{category['name']} %" for category in client.get(busy.url("grade-categories/")).json()["results"]),
        "Total %", "Label", "Final %", "Final label",
    ]  # fmt: skip
    assert len(rows) == len(grid["results"]) == (1 if status else 5)
    width = len(grid["items"])
    for row, learner in zip(rows, grid["results"], strict=True):
        padded = [*row, *[""] * (len(headings) - len(row))]
        assert padded[3] == learner["user"]["id"]
        assert [same(value) for value in padded[4 : 4 + width]] == [
            "excused" if cell and cell["is_excused"] else same((cell or {}).get("score") or "")
            for cell in learner["cells"]
        ]
        total = learner["total"]
        assert [same(padded[-4]), padded[-3]] == [same(total["percentage"] or ""), total["label"]]
        assert padded[-2:] == ["", ""]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_final_grades_are_in_the_file_once_they_stand(
    busy: Book, instructor: User, as_user: ClientOf, file_format: str
) -> None:
    client = as_user(instructor)
    client.patch(
        busy.url(f"final-grades/{busy.learners[0].id}/"), {"override_percentage": "95", "reason": "Board."}
    )  # fmt: skip
    freeze = client.post(busy.url("final-grades/freeze/")).json()["id"]
    work_on(busy, freeze)
    finals = {row["user"]: row for row in client.get(busy.url("final-grades/")).json()["results"]}

    _, *rows = TABLES[file_format](exported(client, busy, format=file_format))

    for row in rows:
        final = finals[row[3]]
        given = [*row, "", ""][: len(rows[0])]
        assert [same(given[-2]), given[-1]] == [same(final["final_percentage"] or ""), final["label"]]
    assert finals[str(busy.learners[0].id)]["final_percentage"] == "95.00"


def test_categories_have_their_own_totals(school: Tenant, busy: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)

    headings, *rows = csv_table(exported(client, busy))

    row = next(row for row in rows if row[3] == str(busy.learners[1].id))
    first, second = (index for index, heading in enumerate(headings) if heading.startswith("Category"))
    assert (row[first], row[second]) == ("87.50", "0.00")  # 12.5 + 5 of 20; the missing 7 points were dropped


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "http://x.test"]
)
def test_no_spreadsheet_runs_what_people_have_typed(
    school: Tenant, book: Book, instructor: User, learner: User, as_user: ClientOf, file_format: str, text: str
) -> None:
    with tenant_context(school):
        User.objects.filter(id=learner.id).update(last_name=text, first_name=text)
        GradeItem.objects.filter(id=book.items[0].id).update(title=text)

    headings, row = TABLES[file_format](exported(as_user(instructor), book, format=file_format))

    found = [headings[4], row[0], row[1]]
    if file_format == "csv" and not text.startswith("http"):
        assert all(each.startswith("'") and each.replace("'", "").startswith(text) for each in found)
    elif file_format == "xlsx" and "\r" not in text:
        assert [each.startswith(text) for each in found] == [True] * 3  # text, and no formula or link: see xlsx_table


@pytest.mark.parametrize(
    "text", ["Ann;=1+1;", "Ann;+1", "Ann; @SUM(A1)", 'Ann;"=1+1"', "Ann\t=1+1", "Ann\n-1+1", "Ann;\uff1d1", " =1+1"]
)
def test_no_spreadsheet_that_separates_by_other_characters_runs_it_either(
    school: Tenant, book: Book, instructor: User, learner: User, as_user: ClientOf, text: str
) -> None:
    with tenant_context(school):
        User.objects.filter(id=learner.id).update(first_name=text)

    lines = exported(as_user(instructor), book).decode("utf-8-sig").replace("\n", ";").replace("\t", ";")

    cells = [cell.strip(' "') for cell in lines.replace(",", ";").split(";")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))] == []


def test_a_harmless_text_stays_as_it_is() -> None:
    for text in ("Ann-Marie", "Quiz 1; part 2", "a = b", "x@y.test", "1; 2", ""):
        assert harmless(text) == text


def test_the_headings_are_unique(school: Tenant, book: Book, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        GradeItemFactory.create(course=book.course, title="Quiz", max_points=10)
        GradeItemFactory.create(course=book.course, title="QUIZ", max_points=10)
        GradeItemFactory.create(course=book.course, title="Quiz", max_points=10)
        GradeCategoryFactory.create(course=book.course, name="Total")

    headings, _ = csv_table(exported(as_user(instructor), book))

    assert headings[6:9] == ["Quiz (max. 10.00)", "QUIZ (max. 10.00) [2]", "Quiz (max. 10.00) [3]"]
    assert headings[9:] == ["Total %", "Total % [2]", "Label", "Final %", "Final label"]


def test_the_file_has_a_name_a_type_and_the_mark_of_utf_8(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=lambda: datetime(2026, 6, 30, 12, tzinfo=UTC))
    monkeypatch.setattr(jobs, "timezone", clock)
    with tenant_context(school):
        User.objects.filter(id=book.learners[0].id).update(last_name="Þórsdóttir")
    client = as_user(instructor)

    jobs_of = [work_on(book, job_of(client, book, URL, {"format": each})) for each in ("csv", "xlsx")]
    content = exported(client, book)

    assert [(job.result_name, job.result_media_type) for job in jobs_of] == [
        (f"{book.course.slug}-grades-2026-06-30.csv", "text/csv"),
        (
            f"{book.course.slug}-grades-2026-06-30.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ]
    assert [(job.done, job.total, job.result) for job in jobs_of] == [(1, 1, {"learners": 1, "items": 2})] * 2
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Þórsdóttir" in content.decode()


def test_behind_a_pooler_the_rows_are_read_at_once(
    busy: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(instructor)
    by_cursor = exported(client, busy)
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    monkeypatch.setattr(connection, "chunked_cursor", None)

    assert exported(client, busy) == by_cursor
