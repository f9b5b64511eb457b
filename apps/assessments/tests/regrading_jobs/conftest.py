"""Seven attempts that a job regrades in batches of two, and how tests do its work."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.assessments.models import Attempt
from apps.assessments.services import check_journal, regrading
from apps.assessments.tests.grading import Desk, learners_of
from apps.assessments.tests.regrading.conftest import correct, quiz_of
from apps.core.jobs.running import run_job
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf

BACKGROUND = {"background": True}


@pytest.fixture
def desk(school: Tenant, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a quiz of seven attempts, all graded by a wrong key that is corrected by now; batches of two."""
    monkeypatch.setattr(regrading, "BATCH", 2)
    desk = quiz_of(school, instructor, learners_of(school, 7))
    correct(as_user(instructor), desk)
    return desk


def rows_of(client: Any, answer: Any) -> list[Any]:
    rows: list[Any] = client.get(f"{answer['Location']}rows/", {"page_size": 200}).json()["results"]
    return sorted(rows, key=lambda row: row["index"])


def run(school: Tenant, answer: Any) -> Any:
    """Do the work of the job that was answered with, as a worker does; return the job."""
    job_id = answer.json()["id"]
    run_job(job_id, tenant_id=school.id)
    with tenant_context(school):
        return Job.objects.get(id=job_id)


def scores(school: Tenant) -> list[str]:
    with tenant_context(school):
        attempts = list(Attempt.objects.order_by("id"))
        assert {check_journal(attempt) for attempt in attempts} == {None}
        return [str(attempt.score) for attempt in attempts]


def breaking(after: int, act: Callable[[], Any]) -> Callable[..., Any]:
    """Return `regrade_batch`, which does something first when it is called for the time after so many."""
    calls = iter(range(100))

    def batch(**kwargs: Any) -> Any:
        if next(calls) == after:
            act()
        return regrading.regrade_batch(**kwargs)

    return batch
