"""Changing one cell through the API: what counts afterwards, who may, and what the history keeps."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook.factories import GradeItemFactory
from apps.gradebook.models import Gradebook
from apps.gradebook.tests.books import Book
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

ZERO = Decimal("0.00")


def test_a_score_of_a_person_counts_instead_of_the_assessments(book: Book, instructor: User, as_user: ClientOf) -> None:
    book.scored("7")
    client = as_user(instructor)

    given = client.patch(book.cell_url(), {"score": 8.5, "reason": "Question 3 was ambiguous."})
    taken_back = client.patch(book.cell_url(), {"score": None, "reason": "It was not."})

    assert given.status_code == 200, given.json()
    body = given.json()
    assert (body["score"], body["assessment_score"], body["override"]) == ("8.50", "7.00", "8.50")
    assert (body["graded_by"], body["version"], given["ETag"]) == (str(instructor.id), 2, '"2"')
    body = taken_back.json()
    assert (body["score"], body["override"], body["graded_by"], body["version"]) == ("7.00", None, None, 3)
    assert book.history() == [("overridden", 7, Decimal("8.5")), ("override_cleared", Decimal("8.5"), 7)]


def test_an_empty_cell_is_there_to_be_read_and_filled(book: Book, instructor: User, as_user: ClientOf) -> None:
    client = as_user(instructor)

    empty = client.get(book.cell_url())
    filled = client.patch(
        book.cell_url(), {"score": "0", "feedback": "Handed in nothing."}, headers={"If-Match": '"0"'}
    )
    read = client.get(book.cell_url())

    assert empty.json() == {
        "item": str(book.items[0].id), "user": str(book.learners[0].id), "score": None, "assessment_score": None,
        "override": None, "is_excused": False, "late_penalty_percentage": "0.00", "attempt": None, "feedback": "",
        "graded_by": None, "graded_at": None, "version": 0,
    }  # fmt: skip
    assert empty["ETag"] == '"0"'
    assert filled.status_code == 200, filled.json()
    assert (read.json()["score"], read.json()["feedback"]) == ("0.00", "Handed in nothing.")
    assert read.json() == filled.json()
    assert book.history() == [("overridden", None, ZERO), ("feedback", ZERO, ZERO)]


def test_an_excused_cell_counts_nothing_and_keeps_what_stands_in_it(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    book.scored("7")
    client = as_user(instructor)

    excused = client.patch(book.cell_url(), {"is_excused": True})
    below = client.patch(book.cell_url(), {"score": "9", "reason": "Counted again."})
    unexcused = client.patch(book.cell_url(), {"is_excused": False})

    assert [r.status_code for r in (excused, below, unexcused)] == [200, 200, 200]
    assert (excused.json()["score"], below.json()["score"], unexcused.json()["score"]) == (None, None, "9.00")
    assert book.history() == [("excused", 7, None), ("overridden", 7, 9), ("unexcused", None, 9)]


def test_what_changes_nothing_leaves_no_trace(book: Book, instructor: User, as_user: ClientOf) -> None:
    book.scored("7")
    before = book.everything()

    same = as_user(instructor).patch(book.cell_url(), {"score": None, "is_excused": False, "feedback": ""})

    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert book.everything() == before


@pytest.mark.parametrize("who", ["learner", "stranger", "principal", "colleague", "classmate", None])
def test_only_who_teaches_the_course_changes_grades(
    school: Tenant, book: Book, request: pytest.FixtureRequest, as_user: ClientOf, who: str | None
) -> None:
    book.scored("7")
    with tenant_context(school):
        people = {
            "colleague": UserFactory.create(roles=[Role.INSTRUCTOR]),
            "classmate": UserFactory.create(roles=[Role.LEARNER]),
        }
    person = people.get(who or "") or (who and request.getfixturevalue(who))
    client = as_user(person or None)
    before = book.everything()

    changed = client.patch(book.cell_url(), {"score": "10", "reason": "Mine."})
    read = [
        client.get(book.cell_url()),
        client.get(book.cell_url() + "history/"),
        client.get(book.url("gradebook/history/")),
    ]

    refused = {"stranger": 404, "colleague": 404, None: 401}
    assert changed.status_code == refused.get(who, 403)
    reads_all = {"principal": [200, 200, 200], "colleague": [404, 404, 403], "stranger": [404, 404, 404]}
    assert [r.status_code for r in read] == reads_all.get(who or "", [401 if who is None else 403] * 3)
    assert book.everything() == before


def test_nobody_changes_their_own_grade(school: Tenant, book: Book, admin: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        EnrollmentFactory.create(course=book.course, user=admin)
    book.learners.append(admin)
    before = book.everything()

    answer = as_user(admin).patch(book.cell_url(learner=1), {"score": "10"})

    assert (answer.status_code, answer.json()["code"]) == (403, "own_grade")
    assert book.everything() == before


def test_a_score_that_is_there_changes_with_a_reason_only(book: Book, instructor: User, as_user: ClientOf) -> None:
    book.scored("7")
    before = book.everything()
    client = as_user(instructor)

    answers = [client.patch(book.cell_url(), {"score": "8", "reason": reason}) for reason in ("", "   ")]

    assert [(a.status_code, a.json()["code"], a.json()["errors"][0]["field"]) for a in answers] == [
        (400, "reason_required", "reason")
    ] * 2
    assert book.everything() == before
    assert client.patch(book.cell_url(), {"score": "7.00"}).status_code == 200  # another's word for the same


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "", "nothing_given"),
        ({"reason": "Because."}, "", "nothing_given"),
        ({"score": "-0.01"}, "score", "min_value"),
        ({"score": "8.125"}, "score", "max_decimal_places"),
        ({"score": "100000000"}, "score", "max_whole_digits"),
        ({"score": "many"}, "score", "invalid"),
        ({"score": "NaN"}, "score", "invalid"),
        ({"score": True}, "score", "invalid"),
        ({"score": [1]}, "score", "invalid"),
        ({"is_excused": None}, "is_excused", "null"),
        ({"is_excused": "perhaps"}, "is_excused", "invalid"),
        ({"feedback": None}, "feedback", "null"),
        ({"feedback": "a" * 20_001}, "feedback", "max_length"),
        ({"feedback": "a\x00b"}, "feedback", "null_characters_not_allowed"),
        ({"score": "1", "reason": "a" * 501}, "reason", "max_length"),
        ([], "", "invalid"),
    ],
)
def test_what_is_no_change_is_refused(
    book: Book, instructor: User, as_user: ClientOf, body: Any, field: str, code: str
) -> None:
    before = book.everything()

    answer = as_user(instructor).patch(book.cell_url(), body)

    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert book.everything() == before


def test_a_bonus_is_more_than_the_item_is_worth(book: Book, instructor: User, as_user: ClientOf) -> None:
    answer = as_user(instructor).patch(book.cell_url(), {"score": "99999999.99"})

    assert (answer.status_code, answer.json()["score"]) == (200, "99999999.99")


@pytest.mark.parametrize("tag", ['"1"', 'W/"3"', '"no"', '"-1"', '"' + "9" * 40 + '"'])
def test_who_has_not_seen_the_present_grade_does_not_change_it(
    book: Book, instructor: User, as_user: ClientOf, tag: str
) -> None:
    book.scored("7", version=2)
    before = book.everything()

    answer = as_user(instructor).patch(book.cell_url(), {"score": "8", "reason": "Again."}, headers={"If-Match": tag})

    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert book.everything() == before


@pytest.mark.parametrize("status", EnrollmentStatus.values)
def test_a_learner_who_has_left_keeps_grades_that_can_be_changed(
    book: Book, instructor: User, as_user: ClientOf, status: str
) -> None:
    completed = {"completed_at": "2026-01-01T00:00Z"} if status == EnrollmentStatus.COMPLETED else {}
    book.enrol(1, status=status, **completed)

    assert as_user(instructor).patch(book.cell_url(learner=1), {"score": "5"}).status_code == 200


def test_somebody_who_was_never_in_the_course_has_no_cell(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        outsider = UserFactory.create()
    client = as_user(instructor)
    before = book.everything()

    for user in (outsider.id, new_id(), "me"):
        url = f"/api/grade-items/{book.items[0].id}/grades/{user}/"
        answers = [client.get(url), client.get(url + "history/"), client.patch(url, {"score": "5"})]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert book.everything() == before


def test_nothing_changes_in_a_frozen_gradebook(school: Tenant, book: Book, instructor: User, as_user: ClientOf) -> None:
    with tenant_context(school):
        Gradebook.objects.create(course=book.course, frozen_at="2026-01-01T00:00Z")
    before = book.everything()

    answer = as_user(instructor).patch(book.cell_url(), {"score": "5"})

    assert (answer.status_code, answer.json()["code"]) == (409, "gradebook_frozen")
    assert book.everything() == before
    assert as_user(instructor).get(book.cell_url()).status_code == 200


def test_the_history_of_a_course_is_newest_first_and_can_be_narrowed(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    book.enrol(1)
    client = as_user(instructor)
    client.patch(book.cell_url(0, 0), {"score": "5"})
    client.patch(book.cell_url(1, 0), {"score": "6"})
    client.patch(book.cell_url(0, 1), {"is_excused": True, "reason": "Ill."})
    url = book.url("gradebook/history/")

    everything = client.get(url).json()
    narrowed = {
        query: [entry["to_score"] for entry in client.get(f"{url}?{query}").json()["results"]]
        for query in (
            f"item={book.items[0].id}", f"user={book.learners[0].id}", "kind=excused",
            f"user={book.learners[1].id}&kind=excused", f"item={new_id()}",
        )
    }  # fmt: skip
    cell = client.get(book.cell_url(1, 0) + "history/").json()["results"]

    assert [entry["kind"] for entry in everything["results"]] == ["excused", "overridden", "overridden"]
    newest = everything["results"][0]
    learner = book.learners[1]
    assert newest["user_name"] == f"{learner.first_name} {learner.last_name}"
    assert (newest["item_title"], newest["reason"], newest["actor"]) == (
        book.items[0].title,
        "Ill.",
        str(instructor.id),
    )
    assert list(narrowed.values()) == [[None, "5.00"], ["6.00", "5.00"], [None], [None], []]
    assert cell == everything["results"][1:2]
    refused = [client.get(f"{url}?{query}").status_code for query in ("item=x", "user=%00", "kind=stolen")]
    assert refused == [400] * 3


def test_a_cell_costs_as_many_statements_whatever_else_is_graded(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf
) -> None:
    client = as_user(instructor)
    client.patch(book.cell_url(), {"score": "1"})
    with CaptureQueriesContext(connection) as few:
        client.patch(book.cell_url(), {"score": "2", "is_excused": True, "reason": "Again."})
    for index in range(30):
        client.patch(book.cell_url(), {"score": str(index % 10), "reason": "Again."})
    with CaptureQueriesContext(connection) as many, CaptureQueriesContext(connection):
        client.patch(book.cell_url(), {"score": "3", "is_excused": False, "reason": "Again."})
    urls = [book.cell_url(), book.cell_url() + "history/", book.url("gradebook/history/")]
    reads = []
    for url in urls:
        with CaptureQueriesContext(connection) as read:
            client.get(url)
        reads.append(len(read))
    with tenant_context(school):
        GradeItemFactory.create_batch(5, course=book.course)

    assert len(few) == len(many)
    assert len([q for q in few if "SAVEPOINT" not in q["sql"]]) <= 12
    assert max(reads) <= 6
