"""The job of a bulk edit: what becomes of it when workers die, people stop it, or rights are lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import CourseInstructor
from apps.gradebook import jobs
from apps.gradebook.models import Gradebook
from apps.gradebook.services.cells import change_grades
from apps.gradebook.tests.books import Book
from apps.gradebook.tests.working import WorkerDies, outcome, started
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "gradebook/bulk-edit/"


def test_who_wants_what_is_there_already_may_have_seen_another_version(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    again = book.change(score="9", version=0)

    seen = [outcome(book, started(client, book, again))["rows"] for _ in range(2)]

    assert seen == [[("done", "", "")], [("unchanged", "", "")]]
    assert book.history() == [("overridden", None, 9)]


def test_who_may_not_read_the_gradebook_any_more_finds_neither_job_nor_rows(
    school: Tenant, book: Book, instructor: User, learner: User, stranger: User, as_user: ClientOf
) -> None:
    job = started(as_user(instructor), book, book.change(score="1"))
    urls = [f"/api/jobs/{job}/", f"/api/jobs/{job}/rows/"]

    mine = [as_user(instructor).get(url).status_code for url in urls]
    others = [as_user(person).get(url).status_code for url in urls for person in (learner, stranger)]
    with tenant_context(school):
        CourseInstructor.objects.filter(user=instructor).delete()
    lost = [as_user(instructor).get(url).status_code for url in urls]

    assert (mine, others, lost) == ([200, 200], [404] * 4, [404, 404])
    assert outcome(book, job) == {"state": "failed", "error": "permission_denied", "done": 0, "rows": []}
    assert book.history() == []


def test_nothing_is_edited_in_a_frozen_gradebook(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    job = started(client, book, book.change(score="1"))
    with tenant_context(school):
        Gradebook.objects.create(course=book.course, frozen_at="2026-01-01T00:00Z")
    before = book.everything()
    body = {"changes": [book.change(score="1")]}

    answers = [client.post(book.url(URL), {**body, "dry_run": dry_run}) for dry_run in (True, False)]
    seen = outcome(book, job)

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "gradebook_frozen")] * 2
    assert seen == {"state": "failed", "error": "gradebook_frozen", "done": 0, "rows": []}
    assert book.everything() == before


def test_a_key_starts_one_job(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)
    body = {"changes": [book.change(score="1")]}

    ids = [
        client.post(book.url(URL), body, headers={"Idempotency-Key": "moderation"}).json()["id"] for _ in range(2)
    ]  # fmt: skip

    assert ids[0] == ids[1]


def test_what_a_dead_worker_has_done_is_not_done_again(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHANGES_AT_ONCE", 1)
    book.enrol(2)
    client = as_user(instructor)
    job = started(client, book, *(book.change(learner=n, score=str(n)) for n in range(3)))
    calls: list[int] = []

    def dies_at_the_second(**kwargs: Any) -> Any:
        calls.append(1)
        results = change_grades(**kwargs)
        if len(calls) == 2:
            raise WorkerDies
        return results

    monkeypatch.setattr(jobs, "change_grades", dies_at_the_second)
    with pytest.raises(WorkerDies):
        outcome(book, job)
    assert book.history() == [("overridden", None, 0)]
    client.patch(book.cell_url(), {"score": "10", "reason": "Seen meanwhile."})
    with tenant_context(school):
        Job.objects.filter(id=job).update(due_at=timezone.now() - timedelta(minutes=5))
    seen = outcome(book, job)

    assert (seen["state"], seen["rows"]) == ("succeeded", [("done", "", "")] * 3)
    assert book.history() == [
        ("overridden", None, 0), ("overridden", 0, 10), ("overridden", None, 1), ("overridden", None, 2)
    ]  # fmt: skip


def test_a_job_is_stopped_between_two_batches_and_tried_again(
    book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHANGES_AT_ONCE", 1)
    book.enrol(1)
    client = as_user(instructor)
    job = started(client, book, *(book.change(learner=n, score=str(n), version=0) for n in range(2)))

    def cancels(**kwargs: Any) -> Any:
        if kwargs["changes"][0].user_id == book.learners[1].id:
            assert client.post(f"/api/jobs/{job}/cancel/").status_code == 200
        return change_grades(**kwargs)

    monkeypatch.setattr(jobs, "change_grades", cancels)
    stopped = outcome(book, job)
    half = book.history()
    monkeypatch.setattr(jobs, "change_grades", change_grades)
    assert client.post(f"/api/jobs/{job}/retry/").status_code == 202
    again = outcome(book, job)

    assert (stopped["state"], stopped["rows"], half) == ("cancelled", [("done", "", "")], [("overridden", None, 0)])
    assert (again["state"], again["rows"]) == ("succeeded", [("unchanged", "", ""), ("done", "", "")])
    assert book.history() == [("overridden", None, 0), ("overridden", None, 1)]


def test_staff_of_the_platform_edit_too(book: Book, platform_staff: User, as_user: ClientOf) -> None:
    client = as_user(platform_staff)
    client.defaults["HTTP_X_TENANT_SLUG"] = book.school.slug
    job = client.post(book.url(URL), {"changes": [book.change(score="1")]})
    assert job.status_code == 202, job.json()

    assert outcome(book, job.json()["id"])["state"] == "succeeded"
    assert book.history() == [("overridden", None, 1)]
