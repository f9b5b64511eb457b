"""Freezing final grades: all of them stand, or none, whatever happens to the job."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import CourseInstructor
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.gradebook import jobs
from apps.gradebook.models import FinalGrade, Gradebook, GradeItem
from apps.gradebook.services.freezing import Hold, compute_final_grades, finish_freeze, learners_of
from apps.gradebook.tests.books import Book
from apps.gradebook.tests.finals import URL, WHY, ended, final_url, freeze, listed, start, stored
from apps.gradebook.tests.working import WorkerDies
from apps.users.models import User
from tests.fixtures import ClientOf


def test_from_the_request_to_the_end_of_the_job_nobody_changes_anything(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    job = start(client, book)
    before = stored(book)

    held = [
        client.patch(book.cell_url(), {"score": "1"}),
        client.post(book.url("gradebook/bulk-edit/"), {"changes": [book.change(score="1")]}),
        client.patch(final_url(book), {"override_percentage": "100", **WHY}),
        client.post(book.url(URL + "freeze/")),
        client.post(book.url(URL + "unfreeze/"), WHY),
    ]
    assert stored(book) == before
    assert client.post(f"/api/jobs/{job}/cancel/").status_code == 200
    freed = client.patch(book.cell_url(), {"score": "1"})

    assert [(a.status_code, a.json()["code"]) for a in held] == [(409, "gradebook_freezing")] * 5
    assert freed.status_code == 200
    assert listed(client, book) == [(None, None, None, "", None)]


def test_a_worker_that_dies_in_the_middle_leaves_an_open_gradebook_and_the_next_one_ends_it(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEARNERS_AT_ONCE", 1)
    book.enrol(2)
    for learner in range(3):
        book.scored("7", learner=learner)
    client = as_user(instructor)
    job = start(client, book)
    calls: list[int] = []

    def dies(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        compute_final_grades(*args, **kwargs)
        if len(calls) == 3:
            raise WorkerDies

    monkeypatch.setattr(jobs, "compute_final_grades", dies)
    with pytest.raises(WorkerDies):
        ended(book, job)
    with tenant_context(school):
        written = FinalGrade.objects.filter(frozen_at__isnull=False).count()
        is_frozen = Gradebook.objects.get(course=book.course).frozen_at
        Job.objects.filter(id=job).update(due_at=timezone.now() - timedelta(minutes=5))
    halfway = listed(client, book)
    end = ended(book, job)

    assert (written, is_frozen, halfway) == (2, None, [(None, None, None, "", None)] * 3)
    assert end == ("succeeded", "")
    assert listed(client, book) == [("70.00", None, "70.00", "", None)] * 3
    assert book.history() == [("frozen", None, None)]


def test_a_worker_that_dies_after_the_end_has_frozen_once(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(instructor)
    job = start(client, book)

    def dies(_course_id: Any) -> list[UUID]:
        calls.append(1)
        if len(calls) == 2:
            raise WorkerDies
        return [user.id for user in book.learners]

    calls: list[int] = []
    monkeypatch.setattr(jobs, "learners_of", dies)
    with pytest.raises(WorkerDies):
        ended(book, job)
    before = listed(client, book)
    early = client.post(book.url(URL + "unfreeze/"), WHY)
    with tenant_context(school):
        Job.objects.filter(id=job).update(due_at=timezone.now() - timedelta(minutes=5))

    assert ended(book, job) == ("succeeded", "")
    assert (early.status_code, early.json()["code"]) == (409, "gradebook_freezing")
    assert listed(client, book) == before
    assert book.history() == [("frozen", None, None)]


def test_a_freeze_that_was_stopped_in_the_middle_leaves_an_open_gradebook_and_can_be_tried_again(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.scored("7")
    client = as_user(instructor)
    job = start(client, book)

    def cancels(*args: Any, **kwargs: Any) -> Any:
        assert client.post(f"/api/jobs/{job}/cancel/").status_code == 200
        return finish_freeze(*args, **kwargs)

    monkeypatch.setattr(jobs, "finish_freeze", cancels)
    stopped = ended(book, job)
    changed = client.patch(book.cell_url(), {"score": "8", **WHY})
    monkeypatch.setattr(jobs, "finish_freeze", finish_freeze)
    assert client.post(f"/api/jobs/{job}/retry/").status_code == 202

    assert (stopped, changed.status_code) == (("cancelled", ""), 200)
    assert ended(book, job) == ("succeeded", "")
    assert listed(client, book) == [("80.00", None, "80.00", "", None)]


def test_a_freeze_tried_again_gives_way_to_another(
    book: Book, instructor: User, admin: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    first = start(client, book)
    client.post(f"/api/jobs/{first}/cancel/")
    second = start(as_user(admin), book)
    client.post(f"/api/jobs/{first}/retry/")

    early = ended(book, first)
    assert ended(book, second) == ("succeeded", "")
    client.post(f"/api/jobs/{first}/retry/")
    late = ended(book, first)

    assert (early, late) == (("failed", "gradebook_freezing"), ("failed", "gradebook_frozen"))


def test_a_freeze_that_has_lost_its_hold_writes_nothing_more(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(as_user(instructor), book)

    def loses(*args: Any, **kwargs: Any) -> None:
        Gradebook.objects.filter(course=book.course).update(freeze_job_id=None, freezing_at=None)
        compute_final_grades(*args, **kwargs)

    monkeypatch.setattr(jobs, "compute_final_grades", loses)

    assert ended(book, job) == ("failed", "gradebook_freeze_lost")
    with tenant_context(school):
        assert not FinalGrade.objects.exists()


def test_a_freeze_begins_anew_when_the_course_comes_to_count_in_another_way(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEARNERS_AT_ONCE", 1)
    book.enrol(1)
    book.scored("5")
    book.scored("5", learner=1)
    client = as_user(instructor)
    job = start(client, book)
    begun: list[int] = []

    def counts(hold: Hold, *, terms: Any, user_ids: Any) -> None:
        begun.append(len(begun))
        compute_final_grades(hold, terms=terms, user_ids=user_ids)

    def and_then(course_id: UUID) -> list[UUID]:
        if not begun:
            GradeItem.objects.filter(id=book.items[0].id).update(max_points=20)
        return learners_of(course_id)

    monkeypatch.setattr(jobs, "compute_final_grades", counts)
    monkeypatch.setattr(jobs, "learners_of", and_then)

    assert ended(book, job) == ("succeeded", "")
    assert listed(client, book) == [("25.00", None, "25.00", "", None)] * 2
    assert len(begun) == 3


def test_who_may_not_any_more_does_not_freeze(
    school: Tenant, book: Book, instructor: User, admin: User, as_user: ClientOf
) -> None:
    job = start(as_user(instructor), book)
    with tenant_context(school):
        CourseInstructor.objects.filter(user=instructor).delete()

    assert ended(book, job) == ("failed", "permission_denied")
    assert as_user(admin).patch(book.cell_url(), {"score": "1"}).status_code == 200


def test_who_loses_the_right_in_the_middle_lets_nothing_stand(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.scored("5")
    job = start(as_user(instructor), book)

    def and_out(hold: Hold, *, terms: Any, user_ids: Any) -> None:
        compute_final_grades(hold, terms=terms, user_ids=user_ids)
        CourseInstructor.objects.filter(user=instructor).delete()

    monkeypatch.setattr(jobs, "compute_final_grades", and_out)

    assert ended(book, job) == ("failed", "permission_denied")
    assert stored(book)[-1][0] is None


def test_a_freeze_is_of_the_learners_who_are_in_the_course(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf
) -> None:
    book.enrol(1, status=EnrollmentStatus.DROPPED)
    book.scored("8")
    book.scored("7", learner=1)
    client = as_user(instructor)
    client.patch(final_url(book, 1), {"override_percentage": "50", **WHY})
    freeze(client, book)
    with tenant_context(school):
        Enrollment.objects.filter(user=book.learners[0]).update(status=EnrollmentStatus.DROPPED)

    assert sorted(listed(client, book, "?status=dropped"), key=str) == [
        (None, "50.00", None, "", None),
        (None, None, None, "", None),
    ] or sorted(listed(client, book, "?status=dropped"), key=str)
    assert listed(client, book) == []
    assert client.get(final_url(book)).json()["frozen_at"] is not None
    assert client.get(final_url(book, 1)).json()["frozen_at"] is None
    assert client.get(book.url(f"{URL}?status=gone")).status_code == 400
