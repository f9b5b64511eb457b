"""Final grades: given by people, frozen all at once, opened again."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.events import handles, registry
from apps.core.jobs.running import run_job
from apps.core.models import Delivery, Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import CourseInstructor
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.gradebook import jobs
from apps.gradebook.events import FinalGradesFrozen, FinalGradesUnfrozen
from apps.gradebook.factories import GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import FinalGrade, Gradebook, GradeItem
from apps.gradebook.services.freezing import Hold, compute_final_grades, finish_freeze, learners_of
from apps.gradebook.tests.books import Book
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "final-grades/"
WHY = {"reason": "Decision of the board."}


class WorkerDies(BaseException):
    """What happens to a process: nothing of ours sees it coming."""


def work_on(book: Book, job_id: str) -> tuple[str, str]:
    """Let a worker take the job up; return its state and error."""
    run_job(UUID(job_id), tenant_id=book.school.id)
    with tenant_context(book.school):
        job = Job.objects.get(id=job_id)
        return job.state, job.error_code


def start(client: Any, book: Book) -> str:
    answer = client.post(book.url(URL + "freeze/"))
    assert answer.status_code == 202, answer.json()
    return str(answer.json()["id"])


def freeze(client: Any, book: Book) -> None:
    assert work_on(book, start(client, book)) == ("succeeded", "")


def listed(client: Any, book: Book, query: str = "") -> list[Any]:
    answer = client.get(book.url(f"{URL}{query}"))
    assert answer.status_code == 200, answer.json()
    return [
        (row["percentage"], row["override_percentage"], row["final_percentage"], row["label"], row["is_passed"])
        for row in answer.json()["results"]
    ]


def final_url(book: Book, learner: int = 0) -> str:
    return book.url(f"{URL}{book.learners[learner].id}/")


def stored(book: Book) -> tuple[Any, ...]:
    with tenant_context(book.school):
        finals = FinalGrade.objects.order_by("user_id").values_list("override_percentage", "version", "frozen_at")
        gradebook = Gradebook.objects.filter(course=book.course).values_list("frozen_at", "version").first()
        return (*book.everything(), list(finals), gradebook)


@pytest.fixture
def scale(school: Tenant, book: Book) -> None:
    """Let the course have letters."""
    with tenant_context(school):
        Gradebook.objects.create(course=book.course, scale=GradeScaleFactory.create())


def test_final_grades_stand_once_they_are_frozen_and_no_longer_when_opened(
    school: Tenant, book: Book, scale: None, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        for position, user in enumerate(book.enrol(2)):
            user.last_name, user.first_name = "Zuse", str(position)
            user.save()
    book.scored("7")
    book.scored("9", learner=1)
    client = as_user(instructor)

    given = client.patch(final_url(book, 1), {"override_percentage": "59.995", **WHY})
    assert given.status_code == 400
    given = client.patch(final_url(book, 1), {"override_percentage": "59.99", **WHY})
    open_list = listed(client, book)
    freeze(client, book)
    frozen = client.get(book.url(URL)).json()["results"]
    one = client.get(final_url(book, 1))
    opened = client.post(book.url(URL + "unfreeze/"), {"reason": "An appeal was granted."})
    open_again = listed(client, book)

    assert (given.status_code, given["ETag"], given.json()["final_percentage"]) == (200, '"1"', None)
    assert open_list == [(None, None, None, "", None), (None, "59.99", None, "", None), (None, None, None, "", None)]
    assert [(row["points"], row["max_points"], row["final_percentage"]) for row in frozen] == [
        ("7.00", "10.00", "70.00"), ("9.00", "10.00", "59.99"), ("0.00", "0.00", None)
    ]  # fmt: skip
    assert [(row["label"], row["is_passed"]) for row in frozen] == [("C", True), ("F", False), ("", None)]
    assert frozen[0]["user_name"] == f"{book.learners[0].first_name} {book.learners[0].last_name}"
    assert one.json() == frozen[1]
    assert len({row["frozen_at"] for row in frozen}) == 1
    assert (opened.status_code, opened.json()["frozen_at"]) == (200, None)
    assert open_again == open_list
    assert book.history() == [
        ("final_overridden", None, Decimal("59.99")), ("frozen", None, None), ("unfrozen", None, None)
    ]  # fmt: skip


def test_a_final_grade_is_taken_back(book: Book, instructor: User, as_user: ClientOf) -> None:
    book.scored("7")
    client = as_user(instructor)

    steps = [
        client.patch(final_url(book), {"override_percentage": 0, **WHY}),
        client.patch(final_url(book), {"override_percentage": "0.00"}),
        client.patch(final_url(book), {"override_percentage": None, **WHY}, headers={"If-Match": '"1"'}),
    ]
    freeze(client, book)

    assert [(r.status_code, r.json()["override_percentage"], r.json()["version"]) for r in steps] == [
        (200, "0.00", 1), (200, "0.00", 1), (200, None, 2)
    ]  # fmt: skip
    assert listed(client, book) == [("70.00", None, "70.00", "", None)]
    assert book.history()[:2] == [("final_overridden", None, 0), ("final_cleared", 0, None)]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "override_percentage", "required"),
        ({"override_percentage": "-1", **WHY}, "override_percentage", "min_value"),
        ({"override_percentage": "100000", **WHY}, "override_percentage", "max_whole_digits"),
        ({"override_percentage": "Infinity", **WHY}, "override_percentage", "invalid"),
        ({"override_percentage": "50"}, "reason", "reason_required"),
        ({"override_percentage": "50", "reason": " "}, "reason", "reason_required"),
        ({"override_percentage": "50", "reason": "a" * 501}, "reason", "max_length"),
    ],
)
def test_what_is_no_final_grade_is_refused(
    book: Book, instructor: User, as_user: ClientOf, body: Any, field: str, code: str
) -> None:
    before = stored(book)

    answer = as_user(instructor).patch(final_url(book), body)

    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert stored(book)[:-1] == before[:-1]


def test_nobody_gives_their_own_and_nobody_outside_has_one(
    school: Tenant, book: Book, admin: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        EnrollmentFactory.create(course=book.course, user=admin)
        outsider = UserFactory.create()
    book.learners.extend([admin, outsider])
    client = as_user(admin)
    body = {"override_percentage": "100", **WHY}

    own = client.patch(final_url(book, 1), body)
    outside = [
        client.get(final_url(book, 2)),
        client.patch(final_url(book, 2), body),
        client.get(book.url(URL + "me/")),
    ]
    stale = client.patch(final_url(book), body, headers={"If-Match": '"1"'})

    assert (own.status_code, own.json()["code"]) == (403, "own_grade")
    assert [answer.status_code for answer in outside] == [404] * 3
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert book.history() == []


@pytest.mark.parametrize("who", ["learner", "stranger", "principal", "colleague", None])
def test_only_who_teaches_the_course_decides_on_final_grades(
    school: Tenant, book: Book, request: pytest.FixtureRequest, as_user: ClientOf, who: str | None
) -> None:
    with tenant_context(school):
        colleague = UserFactory.create(roles=[Role.INSTRUCTOR])
    person = colleague if who == "colleague" else who and request.getfixturevalue(who)
    client = as_user(person or None)
    before = stored(book)

    answers = [
        client.patch(final_url(book), {"override_percentage": "100", **WHY}),
        client.post(book.url(URL + "freeze/")),
        client.post(book.url(URL + "unfreeze/"), WHY),
    ]
    reads = [client.get(book.url(URL)), client.get(final_url(book))]

    refused = {None: 401, "stranger": 404}.get(who, 403)
    assert [answer.status_code for answer in answers] == [refused] * 3
    assert [answer.status_code for answer in reads] == [200 if who == "principal" else refused] * 2
    assert stored(book) == before


def test_a_frozen_gradebook_is_frozen_once_and_lets_nothing_through(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    early = client.post(book.url(URL + "unfreeze/"), WHY)
    freeze(client, book)
    before = stored(book)

    answers = [
        client.post(book.url(URL + "freeze/")),
        client.patch(final_url(book), {"override_percentage": "100", **WHY}),
        client.patch(book.cell_url(), {"score": "1"}),
    ]
    silent = [client.post(book.url(URL + "unfreeze/"), body) for body in ({}, {"reason": " "})]

    assert (early.status_code, early.json()["code"]) == (409, "gradebook_not_frozen")
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "gradebook_frozen")] * 3
    assert [(a.status_code, a.json()["code"]) for a in silent] == [(400, "reason_required")] * 2
    assert stored(book) == before


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
        work_on(book, job)
    with tenant_context(school):
        written = FinalGrade.objects.filter(frozen_at__isnull=False).count()
        is_frozen = Gradebook.objects.get(course=book.course).frozen_at
        Job.objects.filter(id=job).update(due_at=timezone.now() - timedelta(minutes=5))
    halfway = listed(client, book)
    ended = work_on(book, job)

    assert (written, is_frozen, halfway) == (2, None, [(None, None, None, "", None)] * 3)
    assert ended == ("succeeded", "")
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
        work_on(book, job)
    before = listed(client, book)
    early = client.post(book.url(URL + "unfreeze/"), WHY)
    with tenant_context(school):
        Job.objects.filter(id=job).update(due_at=timezone.now() - timedelta(minutes=5))

    assert work_on(book, job) == ("succeeded", "")
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
    stopped = work_on(book, job)
    changed = client.patch(book.cell_url(), {"score": "8", **WHY})
    monkeypatch.setattr(jobs, "finish_freeze", finish_freeze)
    assert client.post(f"/api/jobs/{job}/retry/").status_code == 202

    assert (stopped, changed.status_code) == (("cancelled", ""), 200)
    assert work_on(book, job) == ("succeeded", "")
    assert listed(client, book) == [("80.00", None, "80.00", "", None)]


def test_a_freeze_tried_again_gives_way_to_another(
    book: Book, instructor: User, admin: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    first = start(client, book)
    client.post(f"/api/jobs/{first}/cancel/")
    second = start(as_user(admin), book)
    client.post(f"/api/jobs/{first}/retry/")

    early = work_on(book, first)
    assert work_on(book, second) == ("succeeded", "")
    client.post(f"/api/jobs/{first}/retry/")
    late = work_on(book, first)

    assert (early, late) == (("failed", "gradebook_freezing"), ("failed", "gradebook_frozen"))


def test_a_freeze_that_has_lost_its_hold_writes_nothing_more(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(as_user(instructor), book)

    def loses(*args: Any, **kwargs: Any) -> None:
        Gradebook.objects.filter(course=book.course).update(freeze_job_id=None, freezing_at=None)
        compute_final_grades(*args, **kwargs)

    monkeypatch.setattr(jobs, "compute_final_grades", loses)

    assert work_on(book, job) == ("failed", "gradebook_freeze_lost")
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

    assert work_on(book, job) == ("succeeded", "")
    assert listed(client, book) == [("25.00", None, "25.00", "", None)] * 2
    assert len(begun) == 3


def test_who_may_not_any_more_does_not_freeze(
    school: Tenant, book: Book, instructor: User, admin: User, as_user: ClientOf
) -> None:
    job = start(as_user(instructor), book)
    with tenant_context(school):
        CourseInstructor.objects.filter(user=instructor).delete()

    assert work_on(book, job) == ("failed", "permission_denied")
    assert as_user(admin).patch(book.cell_url(), {"score": "1"}).status_code == 200


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


def test_others_are_told_when_final_grades_stand_and_when_no_longer(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    handles(FinalGradesFrozen)(lambda_named("when_frozen"))
    handles(FinalGradesUnfrozen)(lambda_named("when_unfrozen"))
    client = as_user(instructor)

    freeze(client, book)
    client.post(book.url(URL + "unfreeze/"), WHY)

    with tenant_context(school):
        told = Delivery.objects.filter(event__startswith="final_grades.").order_by("occurred_at", "id")
        assert [(delivery.event, delivery.payload["course_id"]) for delivery in told] == [
            ("final_grades.frozen.v1", str(book.course.id)), ("final_grades.unfrozen.v1", str(book.course.id))
        ]  # fmt: skip


def lambda_named(name: str) -> Callable[[Any], None]:
    """Return a handler that does nothing."""

    def handler(_event: Any) -> None: ...

    handler.__name__ = name
    return handler


def test_a_long_list_and_a_large_freeze_cost_as_many_statements_as_short_ones(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf
) -> None:
    book.enrol(2)
    client = as_user(instructor)

    def costs() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as reading:
            listed(client, book)
        job = start(client, book)
        with CaptureQueriesContext(connection) as freezing:
            work_on(book, job)
        client.post(book.url(URL + "unfreeze/"), WHY)
        return len(reading), len(freezing)

    costs()
    few = costs()
    book.enrol(27)
    with tenant_context(school):
        GradeItemFactory.create_batch(10, course=book.course)
    book.scored("7", learner=20)
    many = costs()

    assert few == many
    assert few[0] <= 7
