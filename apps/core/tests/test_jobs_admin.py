"""Jobs in the admin: to look at, to stop, to try again."""

import pytest
from django.test import Client

from apps.core.choices import JobState
from apps.core.models import Job, JobRow, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, Person, begin, state_of
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User

pytestmark = pytest.mark.django_db
JOBS = "/admin/core/job/"
HOST = "maple.localhost"


def browser_of(person: User) -> Client:
    client = Client(headers={"host": HOST})
    client.force_login(person)
    return client


@pytest.fixture
def job(school: Tenant, chore: Chore) -> Job:
    return begin(school, Person(), parameters={"note": "confidential"})


def act(client: Client, action: str, *jobs: Job) -> str:
    chosen = {"action": action, "_selected_action": [str(job.id) for job in jobs]}
    return client.post(JOBS, chosen, follow=True).content.decode()


def test_an_admin_looks_at_jobs_and_their_rows_and_changes_no_field(school: Tenant, admin: User, job: Job) -> None:
    with tenant_context(school):
        row = JobRow.objects.create(job=job, index=0, state="failed", code="unknown_email", data={"a": "confidential"})
    client = browser_of(admin)

    pages = [client.get(address) for address in (JOBS, f"{JOBS}{job.id}/change/", "/admin/core/jobrow/")]
    pages.append(client.get(f"/admin/core/jobrow/{row.id}/change/"))

    assert [page.status_code for page in pages] == [200] * 4
    assert "tests.chore" in pages[0].content.decode()
    assert "unknown_email" in pages[2].content.decode()
    assert all("confidential" not in page.content.decode() for page in pages)
    assert client.post(f"{JOBS}{job.id}/change/", {"state": "succeeded"}).status_code == 403
    assert client.post(f"{JOBS}{job.id}/delete/", {"post": "yes"}).status_code == 403


def test_an_admin_stops_jobs_and_tries_them_again(admin: User, job: Job) -> None:
    client = browser_of(admin)

    assert "1 jobs were cancelled" in act(client, "cancel", job)
    assert state_of(job).state == JobState.CANCELLED
    assert "nothing to cancel" in act(client, "cancel", job)
    assert "1 jobs are being tried again" in act(client, "retry", job)
    assert state_of(job).state == JobState.QUEUED


def test_one_that_is_refused_leaves_the_others_as_they_are(school: Tenant, admin: User, job: Job) -> None:
    other = begin(school, Person())
    client = browser_of(admin)
    act(client, "cancel", other)

    message = act(client, "cancel", job, other)

    assert "nothing to cancel" in message
    assert state_of(job).state == JobState.QUEUED


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.PRINCIPAL])
def test_others_find_no_jobs_in_the_admin(school: Tenant, job: Job, role: Role) -> None:
    with tenant_context(school):
        person = UserFactory.create(roles=[role])
    client = browser_of(person)

    assert client.get(JOBS).status_code == 403
    act(client, "cancel", job)
    assert state_of(job).state == JobState.QUEUED
