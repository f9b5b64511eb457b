"""The job of an export: who gets the file, and what it costs."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.jobs.running import JobRun
from apps.core.models import Job, Tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.courses.models import CourseInstructor
from apps.gradebook.factories import GradeFactory
from apps.gradebook.selectors import export as export_selector
from apps.gradebook.services import exporting
from apps.gradebook.tests.books import Book
from apps.gradebook.tests.spreadsheets import csv_table, xlsx_table
from apps.gradebook.tests.working import exported, job_of, work_on
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "gradebook/exports/"
TABLES: dict[str, Callable[[bytes], list[list[str]]]] = {"csv": csv_table, "xlsx": xlsx_table}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("who", ["learner", "stranger", "colleague", None])
def test_who_may_not_read_the_gradebook_gets_no_file(
    school: Tenant, book: Book, request: pytest.FixtureRequest, as_user: ClientOf, who: str | None
) -> None:
    with tenant_context(school):
        colleague = UserFactory.create(roles=[Role.INSTRUCTOR])
    person = colleague if who == "colleague" else who and request.getfixturevalue(who)
    before = book.everything()

    answer = as_user(person or None).post(book.url(URL), {"format": "csv"})

    assert answer.status_code == {None: 401, "stranger": 404}.get(who, 403)
    assert book.everything() == before


def test_a_principal_exports_and_who_has_lost_the_right_does_not_get_the_file(
    school: Tenant, book: Book, principal: User, instructor: User, as_user: ClientOf
) -> None:
    assert exported(as_user(principal), book)
    client = as_user(instructor)
    ready, waiting = (job_of(client, book, URL) for _ in range(2))
    work_on(book, ready)
    with tenant_context(school):
        CourseInstructor.objects.filter(user=instructor).delete()

    assert client.get(f"/api/jobs/{ready}/download/").status_code == 404
    assert (work_on(book, waiting).state, work_on(book, waiting).error_code) == ("failed", "permission_denied")


def test_an_export_of_a_course_that_is_gone_fails(
    school: Tenant, instructor: User, admin: User, book: Book, as_user: ClientOf
) -> None:
    client = as_user(admin)
    job = job_of(client, book, URL)
    with tenant_context(school):
        Job.objects.filter(id=job).update(subject_id=book.school.id)

    assert work_on(book, job).error_code == "permission_denied"
    assert client.get(f"/api/jobs/{job}/").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"), [({"format": "pdf"}, "format"), ({"format": None}, "format"), ({"status": "gone"}, "status")]
)
def test_what_is_no_export_is_refused(book: Book, instructor: User, as_user: ClientOf, body: Any, field: str) -> None:
    before = book.everything()

    answer = as_user(instructor).post(book.url(URL), body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert book.everything() == before


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_large_export_costs_as_many_statements_as_a_small_one_and_tells_how_far_it_is(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch, file_format: str
) -> None:
    monkeypatch.setattr(export_selector, "LEARNERS_AT_ONCE", 2)
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 2)
    told: list[int] = []
    advance = JobRun.advance

    def tells(run: JobRun, done: int, **more: Any) -> None:
        told.append(done)
        advance(run, done, **more)

    monkeypatch.setattr(JobRun, "advance", tells)
    client = as_user(instructor)

    def cost() -> list[str]:
        """Return the statements as they were sent; the parts fetched through the cursor are none."""
        job = job_of(client, book, URL, {"format": file_format})
        with CaptureQueriesContext(connection) as queries:
            assert work_on(book, job).state == "succeeded"
        return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]

    cost()
    few = cost()
    book.enrol(26)
    with tenant_context(school):
        for item in book.items:
            for user in book.learners:
                GradeFactory.create(item=item, user=user, score=Decimal(5))
    told.clear()
    many = cost()

    assert len(many) == len(few)
    assert told == [0, *range(2, 27, 2), 27]


def test_an_export_that_is_stopped_leaves_nothing(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr("apps.core.jobs.running.SECONDS_BETWEEN_WRITES", 0)
    book.enrol(3)
    client = as_user(instructor)
    job = job_of(client, book, URL)

    def stops(sheet: Any, *, told: Any) -> Any:
        for count, chunk in enumerate(exporting.csv_chunks(sheet, told=told)):
            if count == 1:
                client.post(f"/api/jobs/{job}/cancel/")
            yield chunk

    monkeypatch.setitem(exporting.CHUNKS, "csv", stops)

    assert work_on(book, job).state == "cancelled"
    assert list(object_store().objects(f"{school.id}/jobs/")) == []
