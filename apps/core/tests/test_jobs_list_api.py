"""The list of jobs: its order, its filters, and what it costs."""

from typing import Any

import pytest
from django.utils import timezone

from apps.core.choices import JobState
from apps.core.ids import new_id
from apps.core.jobs import register_job
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, begin
from apps.core.tests.job_runs import url_of
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = pytest.mark.django_db


def test_the_list_is_newest_first_and_narrowed_by_state_and_kind(
    school: Tenant, learner: User, chore: Chore, as_user: ClientOf
) -> None:
    register_job(chore.kind(name="tests.other", is_cancellable=False))
    client = as_user(learner)
    first = begin(school, learner)
    second = begin(school, learner, kind="tests.other")
    client.post(url_of(first, "cancel/"))

    def listed(**query: str) -> list[str]:
        return [each["id"] for each in client.get("/api/jobs/", query).json()["results"]]

    assert listed() == [str(second.id), str(first.id)]
    assert listed(state="cancelled") == [str(first.id)]
    assert listed(kind="tests.other") == [str(second.id)]
    assert listed(kind="tests.other", state="cancelled") == []
    assert client.get("/api/jobs/", {"state": "asleep"}).status_code == 400
    assert client.get(url_of(second)).json()["is_cancellable"] is False
    assert client.post(url_of(second, "cancel/")).json()["code"] == "job_not_cancellable"


def test_the_list_asks_each_kind_once_for_jobs_that_are_alike_and_never_queries_per_row(
    school: Tenant, learner: User, chore: Chore, as_user: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = as_user(learner)
    now = timezone.now()
    with tenant_context(school):
        Job.objects.bulk_create(
            Job(
                kind="tests.chore",
                created_by_id=learner.id,
                state=JobState.SUCCEEDED,
                finished_at=now,
                expires_at=now,
            )
            for _ in range(30)
        )

    with django_assert_max_num_queries(4):
        page = client.get("/api/jobs/", {"page_size": 30}).json()

    assert len(page["results"]) == 30
    assert chore.asked == 1


def test_the_list_tells_apart_what_differs_in_its_parameters_subject_or_owner(
    school: Tenant, learner: User, admin: User, chore: Chore, as_user: ClientOf
) -> None:
    about = new_id()
    begin(school, learner, parameters={"open": False})
    begin(school, admin, parameters={"open": True})
    shown = [
        begin(school, learner, parameters={"open": True}),
        begin(school, learner, parameters={"open": True}, subject_id=about),
    ]
    chore.may_see = lambda _actor, job: bool(job.parameters["open"]) and job.created_by_id == learner.id

    page = as_user(admin).get("/api/jobs/").json()

    assert {each["id"] for each in page["results"]} == {str(job.id) for job in shown}
    assert chore.asked == 4
