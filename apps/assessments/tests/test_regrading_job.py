"""Regrades of many attempts: a job whose rows are the changes, kept or lost batch by batch."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.assessments import jobs
from apps.assessments.models import Assessment, Attempt, GradeChange
from apps.assessments.services import check_journal, regrading
from apps.assessments.tests.grading import Desk, learners_of
from apps.assessments.tests.test_races import together
from apps.assessments.tests.test_regrading_api import WHY, correct, quiz_of, regrade, stored
from apps.assessments.views import regrading as views
from apps.core.ids import new_id
from apps.core.jobs import cancel_job
from apps.core.jobs.running import run_job
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import CourseInstructor
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = pytest.mark.timeout(60)
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


def breaking(after: int, act: Callable[[], Any]) -> Callable[..., Any]:
    """Return `regrade_batch`, which does something first when it is called for the time after so many."""
    calls = iter(range(100))

    def batch(**kwargs: Any) -> Any:
        if next(calls) == after:
            act()
        return regrading.regrade_batch(**kwargs)

    return batch


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


def test_who_may_see_it(
    school: Tenant,
    desk: Desk,
    instructor: User,
    admin: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    answer = regrade(as_user(instructor), desk, dry_run=True, **BACKGROUND)
    run(school, answer)
    url = answer["Location"]
    others = [as_user(person).get(path).status_code for person in (learner, stranger) for path in (url, f"{url}rows/")]
    own = as_user(instructor).get(f"{url}rows/").status_code
    with tenant_context(school):
        job = Job.objects.get(id=answer.json()["id"])
        seen = [jobs.may_see_regrade(person, job) for person in (instructor, admin, principal, learner)]
        CourseInstructor.objects.all().delete()
        seen.append(jobs.may_see_regrade(instructor, job))

    lost = [as_user(instructor).get(path).status_code for path in (url, f"{url}rows/")]

    assert others == [404] * 4
    assert (own, lost) == (200, [404, 404])
    assert seen == [True, True, False, False, False]


@pytest.mark.parametrize("lost", ["the course", "the account", "the assessment"])
def test_who_has_lost_the_right_meanwhile_regrades_nothing(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, lost: str
) -> None:
    answer = regrade(as_user(instructor), desk, **WHY, **BACKGROUND)
    before = scores(school)
    with tenant_context(school):
        if lost == "the course":
            CourseInstructor.objects.all().delete()
        elif lost == "the account":
            User.objects.filter(id=instructor.id).update(status="suspended")
        else:
            Job.objects.update(parameters={**Job.objects.get().parameters, "assessment": str(new_id())})

    job = run(school, answer)

    assert (job.state, job.error_code, scores(school)) == ("failed", "permission_denied", before)
    with tenant_context(school):
        assert Assessment.objects.count() == 1


def test_who_loses_the_right_in_the_middle_gets_no_further(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = regrade(as_user(instructor), desk, **WHY, **BACKGROUND)
    monkeypatch.setattr(jobs, "regrade_batch", breaking(1, CourseInstructor.objects.all().delete))

    job = run(school, answer)

    assert (job.state, job.error_code, job.rows_done) == ("failed", "permission_denied", 4)
    assert sorted(scores(school)) == ["0.00"] * 3 + ["10.00"] * 4


def test_nobody_regrades_themselves_in_the_background_either(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    desk = quiz_of(school, instructor, [learner, instructor])
    client = as_user(instructor)
    correct(client, desk)

    answer = regrade(client, desk, **WHY, **BACKGROUND)
    job = run(school, answer)

    assert (job.state, job.result["attempts"], job.total) == ("succeeded", 1, 1)
    assert [row["reference"]["user"] for row in rows_of(client, answer)] == [str(learner.id)]


def test_staff_of_the_platform_regrade_in_a_school_as_well(
    school: Tenant, desk: Desk, platform_staff: User, as_user: ClientOf
) -> None:
    url = f"/api/assessments/{desk.assessment.id}/regrade/"
    body = {**WHY, **BACKGROUND}

    answer = as_user(platform_staff).post(url, body, headers={"X-Tenant-Slug": school.slug})
    job = run(school, answer)

    assert (answer.status_code, job.state, job.error_code) == (202, "succeeded", "")
    assert scores(school) == ["10.00"] * 7


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("principal", 403), ("stranger", 404)])
def test_who_may_not_start_it(
    school: Tenant, desk: Desk, request: pytest.FixtureRequest, as_user: ClientOf, who: str, status: int
) -> None:
    refused = regrade(as_user(request.getfixturevalue(who)), desk, **WHY, **BACKGROUND)

    assert refused.status_code == status
    with tenant_context(school):
        assert not Job.objects.exists()


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
