"""Final grades: given by people, frozen all at once, opened again."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.events import handles, registry
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook.events import FinalGradesFrozen, FinalGradesUnfrozen
from apps.gradebook.factories import GradeItemFactory, GradeScaleFactory
from apps.gradebook.models import Gradebook
from apps.gradebook.tests.books import Book
from apps.gradebook.tests.finals import URL, WHY, ended, final_url, freeze, listed, start, stored
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf


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
            ended(book, job)
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
