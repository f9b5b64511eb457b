"""Jobs travel through Redis to a real worker; what a broker lost is sent again."""

import pytest
from django.utils import timezone
from redis import Redis

from apps.core.choices import JobState
from apps.core.jobs import JobKind, register_job, registry, start_job
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.services.installation import Installation, wait_until

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


@pytest.fixture
def job(school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Return a job that nobody was told of, of a kind that the worker's process does not know."""
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr("apps.core.jobs.dispatching.dispatch", lambda _references: True)
    register_job(JobKind(name="tests.here", title="Here", run=lambda _run: None, may_see=lambda _actor, _job: True))
    with tenant_context(school):
        return start_job(kind="tests.here", parameters={}, by=learner)


def stored(school: Tenant) -> Job:
    with tenant_context(school):
        return Job.objects.get()


def test_a_job_that_the_broker_lost_is_sent_again_and_done_by_a_worker(
    installation: Installation, broker_url: str, school: Tenant, job: Job
) -> None:
    installation.call("core.run_job", str(job.id), str(school.id))
    with Redis.from_url(broker_url) as redis:
        is_on_its_queue = redis.llen("jobs") == 1
        redis.flushdb()
    with tenant_context(school):
        Job.objects.update(due_at=timezone.now())

    installation.start_worker()
    installation.call("core.resume_jobs")
    wait_until(lambda: stored(school).finished_at, "a worker has taken the job up and ended it")

    assert is_on_its_queue
    assert (stored(school).state, stored(school).attempts) == (JobState.FAILED, 1)
    assert stored(school).error_code == "unknown_kind"
