"""What a job tells while it runs: how far it is, and what became of its rows."""

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.core.jobs import JobRun, RowResult
from apps.core.models import Job, JobRow, Tenant
from apps.core.tests.job_kinds import Chore, Person, begin, state_of
from apps.core.tests.job_runs import work_on

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("done", "total", "stored"),
    [(3, None, (3, 4)), (9, None, (4, 4)), (-1, None, (0, 4)), (7, 6, (6, 6)), (1, 0, (0, 0))],
)
def test_progress_stays_within_its_bounds(run: JobRun, done: int, total: int | None, stored: tuple[int, int]) -> None:
    run.advance(done, total=total)

    job = state_of(run.job)
    assert (job.done, job.total) == stored


def test_progress_without_a_total_is_a_number(school: Tenant, chore: Chore) -> None:
    job = begin(school, Person())
    chore.work = lambda run: run.advance(12)

    assert work_on(school, job).done == 12


def test_progress_is_written_once_a_second_unless_it_is_forced(
    run: JobRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run.advance(1)
    with django_assert_num_queries(0):
        run.advance(2)
    assert state_of(run.job).done == 1

    run.advance(3, force=True)

    assert state_of(run.job).done == 3


def test_what_was_told_last_is_there_at_the_end(school: Tenant, chore: Chore, job: Job) -> None:
    def work(run: JobRun) -> None:
        for step in range(5):
            run.advance(step)

    chore.work = work

    assert work_on(school, job).done == 4


def test_rows_are_counted_once_however_often_they_are_told(run: JobRun) -> None:
    run.add_rows([RowResult(index=number, state="done") for number in range(3)])
    run.add_rows([])
    run.add_rows(
        [
            RowResult(index=1, state="failed", code="c" * 200, field="f" * 300, detail="a\x00" * 2000),
            RowResult(index=2, state="unchanged"),
            RowResult(index=2, state="failed"),
        ]
    )

    job = state_of(run.job)
    assert (job.rows_done, job.rows_unchanged, job.rows_failed) == (1, 0, 2)
    row = JobRow.objects.get(job=job, index=1)
    assert (row.code, row.field, row.detail, str(row)) == ("c" * 100, "f" * 200, "a" * 1000, "1: failed")
    assert JobRow.objects.count() == 3


def test_rows_cost_the_same_whatever_their_number(
    run: JobRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (3, 300):
        rows = [RowResult(index=index, state="done") for index in range(number)]
        with django_assert_num_queries(7):  # two of them are a savepoint
            run.add_rows(rows)
