"""Jobs through the API: what they say, what they leave, how they are tried again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIRequestFactory

from apps.core.http.jobs import accepted
from apps.core.ids import new_id
from apps.core.jobs import JobFailed, JobRun, RowResult
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, begin, state_of
from apps.core.tests.job_runs import url_of
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


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
