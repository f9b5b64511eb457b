"""A worker killed (SIGKILL) in the middle of a job: another takes it over, nothing is doubled, nothing stays behind."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.core.choices import JobState
from apps.core.jobs import registry, start_job
from apps.core.jobs.dispatching import resume_jobs
from apps.core.jobs.states import MOST_ATTEMPTS
from apps.core.models import Job, JobRow, Tenant
from apps.core.storage import object_store
from apps.core.tasks import purge_old_jobs
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from lms_backend.environment import BASE_DIR
from tests.crash.dying_worker import DATABASE, JOB, KIND, LIVES, MEDIA, ROWS, TENANT, register

pytestmark = [pytest.mark.timeout(120), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def job(school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Return a job that waits for the worker that dies."""
    monkeypatch.setattr(registry, "_kinds", {})
    register()
    with monkeypatch.context() as patch, tenant_context(school):
        patch.setattr("apps.core.jobs.dispatching.dispatch", lambda _references: True)
        return start_job(kind=KIND, parameters={}, by=learner)


def work_and_die(school: Tenant, job: Job, *, lives: int) -> None:
    database = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    subprocess.run(
        [sys.executable, "-m", "tests.crash.dying_worker"],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "lms_backend.settings.test",
            DATABASE: json.dumps(database),
            MEDIA: str(Path(settings.MEDIA_ROOT)),
            TENANT: str(school.id),
            JOB: str(job.id),
            LIVES: str(lives),
        },
        check=True,
    )


def stored(school: Tenant) -> list[str]:
    return [found.key for found in object_store().objects(f"{school.id}/jobs/")]


def test_another_worker_takes_over_and_nothing_is_doubled(school: Tenant, job: Job) -> None:
    connection.close()

    work_and_die(school, job, lives=2)

    with tenant_context(school):
        left = Job.objects.get()
        assert (left.state, left.attempts, left.rows_done) == (JobState.RUNNING, 2, ROWS // 2 + 1)
    assert resume_jobs(now=timezone.now()) == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert resume_jobs() == 1
        assert resume_jobs() == 0
    with tenant_context(school):
        done = Job.objects.get()
        rows = list(JobRow.objects.order_by("index").values_list("index", "data__attempt"))
    assert (done.state, done.attempts, done.rows_done) == (JobState.SUCCEEDED, 3, ROWS)
    assert rows == [(index, 3) for index in range(ROWS)]
    assert stored(school) == [done.result_key]
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        purge_old_jobs()
    assert stored(school) == []


def test_a_job_that_kills_its_workers_is_given_up_and_leaves_no_file(school: Tenant, job: Job) -> None:
    connection.close()

    work_and_die(school, job, lives=MOST_ATTEMPTS)

    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        resume_jobs()
    with tenant_context(school):
        given_up = Job.objects.get()
    assert (given_up.state, given_up.error_code, given_up.attempts) == (JobState.FAILED, "worker_lost", MOST_ATTEMPTS)
    assert stored(school) == []
