"""Who finds, stops and repeats which job through the API, and who does not."""

import pytest

from apps.core.jobs import registry as job_registry
from apps.core.models import Tenant
from apps.core.tests.job_kinds import Chore, begin, state_of
from apps.core.tests.job_runs import url_of
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = pytest.mark.django_db
ACTIONS = [("get", ""), ("get", "rows/"), ("get", "download/"), ("post", "cancel/"), ("post", "retry/")]


@pytest.mark.parametrize(("method", "below"), ACTIONS)
@pytest.mark.parametrize("person", ["stranger", "instructor", "principal"])
def test_others_find_nothing_and_change_nothing(
    school: Tenant,
    learner: User,
    chore: Chore,
    as_user: ClientOf,
    request: pytest.FixtureRequest,
    person: str,
    method: str,
    below: str,
) -> None:
    job = state_of(begin(school, learner))
    client = as_user(request.getfixturevalue(person))

    response = getattr(client, method)(url_of(job, below))

    assert response.status_code == 404
    assert client.get("/api/jobs/").json()["results"] == []
    assert state_of(job).version == job.version
    assert chore.asked == 0


@pytest.mark.parametrize(("method", "below"), ACTIONS)
def test_nobody_who_is_not_logged_in_gets_anywhere(
    school: Tenant, learner: User, chore: Chore, as_user: ClientOf, method: str, below: str
) -> None:
    job = begin(school, learner)

    response = getattr(as_user(None), method)(url_of(job, below), HTTP_X_TENANT_SLUG="maple")

    assert response.status_code == 401


@pytest.mark.parametrize(("method", "below"), ACTIONS)
@pytest.mark.parametrize("person", ["learner", "admin"])
def test_who_has_lost_the_right_to_what_it_is_about_finds_nothing(
    school: Tenant,
    learner: User,
    chore: Chore,
    as_user: ClientOf,
    request: pytest.FixtureRequest,
    person: str,
    method: str,
    below: str,
) -> None:
    job = state_of(begin(school, learner))
    client = as_user(request.getfixturevalue(person))
    chore.may_see = lambda _actor, _job: False

    response = getattr(client, method)(url_of(job, below))

    assert response.status_code == 404
    assert client.get("/api/jobs/").json()["results"] == []
    assert state_of(job).version == job.version


def test_an_admin_sees_and_stops_the_jobs_of_others(
    school: Tenant, learner: User, admin: User, chore: Chore, as_user: ClientOf
) -> None:
    job = begin(school, learner)
    client = as_user(admin)

    listed = client.get("/api/jobs/").json()["results"]
    stopped = client.post(url_of(job, "cancel/"))
    again = client.post(url_of(job, "retry/"))

    assert [each["id"] for each in listed] == [str(job.id)]
    assert (stopped.status_code, stopped.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()["created_by"]) == (202, str(learner.id))


def test_reading_everything_is_not_stopping_it(
    school: Tenant, learner: User, chore: Chore, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch, principal: User
) -> None:
    job = state_of(begin(school, learner))
    monkeypatch.setattr(User, "permissions", frozenset({"jobs:read"}))

    response = as_user(principal).post(url_of(job, "cancel/"))

    assert response.status_code == 403
    assert state_of(job).version == job.version


def test_a_kind_that_the_code_does_not_have_any_more_is_nobodys(
    school: Tenant, learner: User, admin: User, chore: Chore, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin(school, learner)
    monkeypatch.setattr(job_registry, "_kinds", {})

    assert as_user(admin).get(url_of(job)).status_code == 404
    assert as_user(learner).get("/api/jobs/").json()["results"] == []


@pytest.mark.parametrize("identifier", ["none", "%00", "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f63", "1' OR 1=1"])
@pytest.mark.parametrize(("method", "below"), ACTIONS)
def test_an_id_that_is_none_is_not_found(
    learner: User, as_user: ClientOf, identifier: str, method: str, below: str
) -> None:
    response = getattr(as_user(learner), method)(f"/api/jobs/{identifier}/{below}")

    assert response.status_code == 404
