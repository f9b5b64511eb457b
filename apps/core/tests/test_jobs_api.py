"""Jobs through the API: who sees them, what they say, how they are stopped and tried again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIRequestFactory

from apps.core.choices import JobState
from apps.core.http.jobs import accepted
from apps.core.ids import new_id
from apps.core.jobs import JobFailed, JobRun, RowResult, register_job
from apps.core.jobs import registry as job_registry
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, begin, state_of
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks
ACTIONS = [("get", ""), ("get", "rows/"), ("get", "download/"), ("post", "cancel/"), ("post", "retry/")]


def url_of(job: Job, below: str = "") -> str:
    return f"/api/jobs/{job.id}/{below}"


def import_rows(run: JobRun) -> None:
    run.advance(0, total=3)
    run.add_rows(
        [
            RowResult(index=0, state="done", reference={"user": "a"}),
            RowResult(index=1, state="failed", code="unknown_email", field="email", detail="Nobody has this address."),
            RowResult(index=2, state="unchanged", data={"before": 1}),
        ]
    )
    run.set_result(invited=1)
    run.write_file(name="report.csv", media_type="text/csv", chunks=[b"email\n"])
    run.advance(3, force=True)


def finished(school: Tenant, by: User, chore: Chore, capture: Capture, work: Any = import_rows) -> Job:
    chore.work = work
    with capture(execute=True):
        job = begin(school, by)
    return state_of(job)


def test_the_owner_follows_a_job_to_its_rows_and_its_file(
    school: Tenant,
    learner: User,
    chore: Chore,
    as_user: ClientOf,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    client = as_user(learner)
    chore.work = import_rows
    course = new_id()

    with django_capture_on_commit_callbacks(execute=True):
        job = begin(school, learner, subject_id=course)
        waiting = client.get(url_of(job))
        early = client.get(url_of(job, "download/"))
        unasked = client.post(url_of(job, "retry/"))
    done = client.get(url_of(job))
    rows = client.get(url_of(job, "rows/")).json()
    failed = client.get(url_of(job, "rows/"), {"state": "failed"}).json()
    download = client.get(url_of(job, "download/"))

    assert waiting.json() | {"created_at": ""} == {
        "id": str(job.id), "kind": "tests.chore", "kind_title": "Chore", "subject": str(course), "state": "queued",
        "progress": {"done": 0, "total": None, "percentage": None},
        "counts": {"done": 0, "unchanged": 0, "failed": 0}, "result": {}, "error": None, "has_result_file": False,
        "is_cancellable": True, "created_by": str(learner.id), "created_at": "", "started_at": None,
        "cancel_requested_at": None, "finished_at": None, "expires_at": None, "poll_after_seconds": 1,
    }  # fmt: skip
    assert waiting.headers["Retry-After"] == "1"
    assert (early.status_code, early.json()["code"]) == (409, "job_unfinished")
    assert (unasked.status_code, unasked.json()["code"]) == (409, "job_not_retryable")
    body = done.json()
    assert "Retry-After" not in done.headers
    assert (body["state"], body["error"], body["poll_after_seconds"]) == ("succeeded", None, None)
    assert body["progress"] == {"done": 3, "total": 3, "percentage": 100}
    assert body["counts"] == {"done": 1, "unchanged": 1, "failed": 1}
    assert (body["result"], body["has_result_file"], body["is_cancellable"]) == ({"invited": 1}, True, False)
    assert rows["count"] == 3
    assert rows["results"][0] == {"index": 0, "state": "done", "reference": {"user": "a"}, "error": None, "data": {}}
    assert failed["results"] == [
        {
            "index": 1, "state": "failed", "reference": {}, "data": {},
            "error": {"field": "email", "code": "unknown_email", "detail": "Nobody has this address."},
        }
    ]  # fmt: skip
    assert download.headers["Cache-Control"] == "no-store"
    signed = download.json()
    assert (signed["file_name"], signed["media_type"], signed["size_bytes"]) == ("report.csv", "text/csv", 6)
    fetched = client.get(signed["url"][signed["url"].index("/storage/") :])
    assert b"".join(fetched) == b"email\n"
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="report.csv"'


def test_a_failed_job_says_why_and_is_tried_again_without_what_it_left(
    school: Tenant,
    learner: User,
    chore: Chore,
    as_user: ClientOf,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    class CourseGone(JobFailed):
        code = "course_gone"

    def fail(run: JobRun) -> None:
        run.add_rows([RowResult(index=0, state="done")])
        run.set_result(half=True)
        message = "The course is gone."
        raise CourseGone(message)

    client = as_user(learner)
    job = finished(school, learner, chore, django_capture_on_commit_callbacks, fail)
    failed = client.get(url_of(job)).json()
    no_file = client.get(url_of(job, "download/"))
    cancelled = client.post(url_of(job, "cancel/"))
    again = client.post(f"/api/v1/jobs/{job.id}/retry/")

    assert (failed["state"], failed["error"]) == (
        "failed",
        {"code": "course_gone", "detail": "The course is gone."},
    )
    assert failed["counts"]["done"] == 1
    assert (no_file.status_code, cancelled.status_code) == (404, 409)
    assert cancelled.json()["code"] == "job_finished"
    assert again.status_code == 202
    assert again.headers["Location"] == f"/api/v1/jobs/{job.id}/"
    body = again.json()
    assert (body["state"], body["error"], body["result"], body["counts"]["done"]) == ("queued", None, {}, 0)
    assert client.get(url_of(job, "rows/")).json()["results"] == []


def test_whatever_else_goes_wrong_stays_in_the_log(
    school: Tenant,
    learner: User,
    chore: Chore,
    as_user: ClientOf,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    def break_down(run: JobRun) -> None:
        message = "password=secret"
        raise RuntimeError(message)

    job = finished(school, learner, chore, django_capture_on_commit_callbacks, break_down)
    response = as_user(learner).get(url_of(job))

    assert response.json()["error"]["code"] == "internal_error"
    assert b"secret" not in response.content
    (record,) = [each for each in caplog.records if each.message == "job_failed"]
    assert record.__dict__["job"] == str(job.id)
    assert "secret" in (record.exc_text or str(record.exc_info))


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


@pytest.mark.parametrize("identifier", ["none", "%00", "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f63", "1' OR 1=1"])
@pytest.mark.parametrize(("method", "below"), ACTIONS)
def test_an_id_that_is_none_is_not_found(
    learner: User, as_user: ClientOf, identifier: str, method: str, below: str
) -> None:
    response = getattr(as_user(learner), method)(f"/api/jobs/{identifier}/{below}")

    assert response.status_code == 404


def test_other_views_answer_with_the_job_and_where_to_ask(school: Tenant, learner: User, chore: Chore) -> None:
    job = begin(school, learner)

    response = accepted(job, APIRequestFactory().post("/api/courses/x/export/"))

    assert response.status_code == 202
    assert response.headers["Location"] == f"/api/jobs/{job.id}/"
    assert response.headers["Retry-After"] == "1"
    assert response.data["id"] == str(job.id)


@pytest.mark.parametrize(
    ("done", "total", "percentage"), [(0, None, None), (3, None, None), (0, 0, 0), (1, 3, 33), (3, 3, 100)]
)
def test_the_percentage_is_whole_and_null_while_nobody_knows(
    school: Tenant,
    learner: User,
    chore: Chore,
    as_user: ClientOf,
    done: int,
    total: int | None,
    percentage: int | None,
) -> None:
    job = begin(school, learner)
    with tenant_context(school):
        Job.objects.filter(id=job.id).update(done=done, total=total)

    assert as_user(learner).get(url_of(job)).json()["progress"]["percentage"] == percentage


@pytest.mark.parametrize(("age", "seconds"), [(0, "1"), (11, "2"), (61, "5")])
def test_the_longer_it_takes_the_rarer_one_asks(
    school: Tenant, learner: User, chore: Chore, as_user: ClientOf, age: int, seconds: str
) -> None:
    job = begin(school, learner)
    with tenant_context(school):
        Job.objects.filter(id=job.id).update(created_at=timezone.now() - timedelta(seconds=age))

    assert as_user(learner).get(url_of(job)).headers["Retry-After"] == seconds


def test_a_file_name_that_wants_to_be_a_page_is_saved_as_a_file(
    school: Tenant,
    learner: User,
    chore: Chore,
    as_user: ClientOf,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    def work(run: JobRun) -> None:
        name = '../<script>alert("x")</script>\r\nSet-Cookie: a=b\x00.html'
        run.write_file(name=name, media_type="text/html\r\nX: y", chunks=[b"<script>"])

    job = finished(school, learner, chore, django_capture_on_commit_callbacks, work)
    client = as_user(learner)
    signed = client.get(url_of(job, "download/")).json()
    fetched = client.get(signed["url"][signed["url"].index("/storage/") :])

    fetched.close()
    assert (signed["file_name"], signed["media_type"]) == (
        '../<script>alert("x")</script>Set-Cookie: a=b.html',
        "application/octet-stream",
    )
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    assert "Set-Cookie" not in fetched.headers
    assert fetched.headers["Content-Type"] == "application/octet-stream"
