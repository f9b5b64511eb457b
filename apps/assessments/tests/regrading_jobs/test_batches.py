"""Regrades of many attempts: a job whose rows are the changes, kept or lost batch by batch."""

from functools import partial

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.assessments import jobs
from apps.assessments.models import Attempt, GradeChange
from apps.assessments.tests.grading import Desk
from apps.assessments.tests.regrading.conftest import WHY, regrade, stored
from apps.assessments.tests.regrading_jobs.conftest import BACKGROUND, breaking, rows_of, run, scores
from apps.assessments.tests.test_races import together
from apps.assessments.views import regrading as views
from apps.core.ids import new_id
from apps.core.jobs import cancel_job
from apps.core.jobs.running import run_job
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = pytest.mark.timeout(60)


def test_a_preview_and_a_regrade_in_the_background_say_what_the_short_ones_say(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    short = regrade(client, desk, dry_run=True).json()
    before = stored(school)

    preview = regrade(client, desk, dry_run=True, **BACKGROUND)
    previewed = run(school, preview)
    untouched = stored(school) == before
    done = regrade(client, desk, **WHY, **BACKGROUND)
    job = run(school, done)

    assert (preview.status_code, done.status_code) == (202, 202), preview.json()
    assert done.json()["kind"] == "assessments.regrade"
    assert (previewed.state, previewed.result["dry_run"], untouched) == ("succeeded", True, True)
    assert (job.state, job.done, job.total) == ("succeeded", 7, 7)
    assert job.result == {"dry_run": False, "attempts": 7, "changed": 7, "rules": short["rules"]}
    rows = rows_of(client, preview)
    assert [{**row["reference"], **row["data"]} for row in rows] == short["changes"]
    assert [(row["reference"], row["data"]) for row in rows_of(client, done)] == [
        (row["reference"], row["data"]) for row in rows
    ]
    assert scores(school) == ["10.00"] * 7


def test_twice_is_once(school: Tenant, desk: Desk, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    run(school, regrade(client, desk, **WHY, **BACKGROUND))
    with tenant_context(school):
        before = list(Attempt.objects.order_by("id").values_list("score", "version", "journal_head"))

    again = regrade(client, desk, **WHY, **BACKGROUND)
    job = run(school, again)

    assert (job.state, job.result["changed"], rows_of(client, again)) == ("succeeded", 0, [])
    with tenant_context(school):
        assert list(Attempt.objects.order_by("id").values_list("score", "version", "journal_head")) == before
        assert GradeChange.objects.filter(reason=WHY["reason"]).count() == 14


def test_more_than_one_request_takes_are_left_to_a_job(
    school: Tenant,
    desk: Desk,
    instructor: User,
    as_user: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(views, "MOST_AT_ONCE", 6)
    client = as_user(instructor)
    some = [str(attempt.id) for attempt in desk.attempts[:3]]

    few = regrade(client, desk, **WHY, attempts=some)
    named = regrade(client, desk, dry_run=True, attempts=[*some, str(new_id())], **BACKGROUND)
    with django_capture_on_commit_callbacks(execute=True):
        many = regrade(client, desk, **WHY)
    headers = {"Idempotency-Key": "one"}
    url = f"/api/assessments/{desk.assessment.id}/regrade/"
    keyed = [client.post(url, WHY, headers=headers).json()["id"] for _ in range(2)]

    assert (few.status_code, few.json()["changed"]) == (200, 3)
    assert run(school, named).total == 3
    assert (many.status_code, many.json()["progress"]["total"]) == (202, 7)
    assert keyed[0] == keyed[1]
    assert client.get(many["Location"]).json()["result"]["changed"] == 4, "without a broker it runs after the commit"
    assert scores(school) == ["10.00"] * 7


def test_cancelled_between_batches_it_keeps_what_it_has_told(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(instructor)
    answer = regrade(client, desk, **WHY, **BACKGROUND)
    with tenant_context(school):
        job = Job.objects.get()
    monkeypatch.setattr(jobs, "regrade_batch", breaking(2, lambda: cancel_job(job=job, by=instructor)))

    stopped = run(school, answer)
    told = [row["reference"]["attempt"] for row in rows_of(client, answer)]
    client.post(f"{answer['Location']}retry/")
    ended = run(school, answer)

    assert stopped.state == "cancelled"
    assert len(told) == 4
    assert told == [str(attempt.id) for attempt in desk.attempts[:4]]
    assert (ended.state, ended.result["changed"]) == ("succeeded", 3), "the rest; the history knows all of it"
    assert scores(school) == ["10.00"] * 7
    with tenant_context(school):
        assert GradeChange.objects.filter(reason=WHY["reason"]).count() == 14


def test_a_run_that_takes_over_from_a_dead_one_repeats_nothing(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    client = as_user(instructor)
    for is_dry_run in (True, False):
        answer = regrade(client, desk, dry_run=is_dry_run, **WHY, **BACKGROUND)
        monkeypatch.setattr(jobs, "regrade_batch", breaking(1, die))
        with pytest.raises(KeyboardInterrupt):
            run(school, answer)
        with tenant_context(school):
            Job.objects.filter(state="running").update(due_at=timezone.now())

        job = run(school, answer)

        assert (job.state, job.attempts, job.result["changed"]) == ("succeeded", 2, 7)
        rows = rows_of(client, answer)
        assert [row["index"] for row in rows] == list(range(7))
        assert {row["reference"]["attempt"] for row in rows} == {str(attempt.id) for attempt in desk.attempts}
    assert scores(school) == ["10.00"] * 7
    with tenant_context(school):
        assert GradeChange.objects.filter(reason=WHY["reason"]).count() == 14


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_same", [True, False])
def test_two_workers_at_once_regrade_once(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, is_same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.core.jobs.services.dispatch_on_commit", lambda _: None)
    ids = [regrade(as_user(instructor), desk, **WHY, **BACKGROUND).json()["id"] for _ in range(2)]
    first, second = ids[:1] * 2 if is_same else ids

    results = together(school, [partial(run_job, job_id, tenant_id=school.id) for job_id in (first, second)])

    assert sorted(results) == ([False, True] if is_same else [True, True])
    assert scores(school) == ["10.00"] * 7
    with tenant_context(school):
        assert sum(job.result.get("changed", 0) for job in Job.objects.all()) == 7
        assert GradeChange.objects.filter(reason=WHY["reason"]).count() == 14
