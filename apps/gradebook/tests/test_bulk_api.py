"""Many cells at once: the preview, the job, and what stands in the way of a change, or of all of them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.factories import EnrollmentFactory
from apps.gradebook.choices import Calculation, MissingWork
from apps.gradebook.factories import GradeCategoryFactory, GradeItemFactory
from apps.gradebook.models import Grade, Gradebook
from apps.gradebook.services.bulk import preview_bulk_edit
from apps.gradebook.services.cell_changes import CellChange
from apps.gradebook.services.cells import change_grades
from apps.gradebook.tests.books import Book, book_of
from apps.gradebook.tests.working import outcome, started
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

URL = "gradebook/bulk-edit/"


def test_a_preview_says_what_would_come_of_cells_and_totals_and_changes_nothing(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    book.enrol(1)
    book.scored("7")
    before = book.everything()
    changes = [
        book.change(score="9"), book.change(item=1, score="5"), book.change(learner=1, is_excused=True),
        book.change(1, 1, score=None),
    ]  # fmt: skip

    answer = as_user(instructor).post(book.url(URL), {"dry_run": True, "reason": "Moderation.", "changes": changes})

    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert (body["done"], body["unchanged"], body["failed"]) == (3, 1, 0)
    assert [row["data"] for row in body["rows"]] == [
        {
            "from": {"score": "7.00", "is_excused": False}, "to": {"score": "9.00", "is_excused": False},
            "total_from": "70.00", "total_to": "70.00",
        },
        {
            "from": {"score": None, "is_excused": False}, "to": {"score": "5.00", "is_excused": False},
            "total_from": "70.00", "total_to": "70.00",
        },
        {
            "from": {"score": None, "is_excused": False}, "to": {"score": None, "is_excused": True},
            "total_from": None, "total_to": None,
        },
        {
            "from": {"score": None, "is_excused": False}, "to": {"score": None, "is_excused": False},
            "total_from": None, "total_to": None,
        },
    ]  # fmt: skip
    assert [(row["index"], row["state"], row["error"]) for row in body["rows"][:1]] == [(0, "done", None)]
    assert book.everything() == before


def test_the_job_changes_the_cells_and_says_what_became_of_each(
    book: Book, instructor: User, as_user: ClientOf
) -> None:
    book.enrol(1)
    book.scored("7")
    client = as_user(instructor)

    answer = client.post(
        book.url(URL),
        {"reason": "Moderation.", "changes": [book.change(score="9"), book.change(1, 1, feedback="Well done.")]},
    )
    seen = outcome(book, answer.json()["id"])

    assert answer.status_code == 202
    assert answer["Location"] == f"/api/jobs/{answer.json()['id']}/"
    assert (seen["state"], seen["done"], seen["rows"]) == ("succeeded", 2, [("done", "", "")] * 2)
    rows = client.get(f"{answer['Location']}rows/").json()["results"]
    assert rows[0]["data"] == {
        "from": {"score": "7.00", "is_excused": False}, "to": {"score": "9.00", "is_excused": False}
    }  # fmt: skip
    assert client.get(book.cell_url()).json()["score"] == "9.00"
    assert client.get(book.cell_url(1, 1)).json()["feedback"] == "Well done."
    assert book.history() == [("overridden", 7, 9), ("feedback", None, None)]


def test_what_stands_in_the_way_of_one_change_stops_no_other(
    school: Tenant, book: Book, admin: User, as_user: ClientOf, instructor: User
) -> None:
    with tenant_context(school):
        EnrollmentFactory.create(course=book.course, user=admin)
        outsider = UserFactory.create()
    elsewhere = book_of(school, instructor, book.learners[0])
    elsewhere.scored("3")
    book.learners.extend([admin, outsider])
    book.scored("7", version=4)
    book.scored("6", item=1)
    changes = [
        book.change(score="9", version=3),
        book.change(item=1, score="9"),
        book.change(learner=1, score="10"),
        book.change(learner=2, score="10"),
        elsewhere.change(score="1"),
        {"item": str(new_id()), "user": str(book.learners[0].id), "score": "1"},
        {"item": str(book.items[0].id), "user": str(new_id()), "score": "1"},
    ]
    refused = [
        ("failed", "grade_changed", "changes.0.version"),
        ("failed", "reason_required", "reason"),
        ("failed", "own_grade", "changes.2.user"),
        ("failed", "not_enrolled", "changes.3.user"),
        ("failed", "unknown_item", "changes.4.item"),
        ("failed", "unknown_item", "changes.5.item"),
        ("failed", "not_enrolled", "changes.6.user"),
    ]
    fine = book.change(learner=0, feedback="Read.", score="7", version=3)
    client = as_user(admin)

    preview = client.post(book.url(URL), {"dry_run": True, "changes": [*changes[1:], fine]}).json()
    seen = outcome(book, started(client, book, *changes))
    late = outcome(book, started(client, book, *changes[1:], {**fine, "version": 4}))

    errors = [row["error"] for row in preview["rows"]]
    assert [error and error["code"] for error in errors] == [code for _, code, _ in refused[1:]] + ["grade_changed"]
    assert all(row["data"] == {} for row in preview["rows"])
    assert seen["rows"] == refused
    assert late["rows"][-1] == ("done", "", "")
    assert (seen["state"], late["state"]) == ("succeeded", "succeeded")
    assert book.history() == [("overridden", 7, 7), ("feedback", 7, 7)]
    assert elsewhere.history() == []


def bad(change: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**change, **values}


@pytest.mark.parametrize(
    ("spoil", "errors"),
    [
        (lambda c: [c, bad(c, score="x")], [("changes.1.score", "invalid")]),
        (lambda c: [bad(c, score=-1), bad(c, score="1.234")],
         [("changes.0.score", "min_value"), ("changes.1.score", "max_decimal_places")]),
        (lambda c: [c, c], [("changes.1", "duplicate")]),
        (lambda c: [c, {**c, "item": c["item"].upper()}], [("changes.1", "duplicate")]),
        (lambda c: [{"item": c["item"], "user": c["user"]}], [("changes.0", "nothing_given")]),
        (lambda _: [{"score": "1"}], [("changes.0.item", "required"), ("changes.0.user", "required")]),
        (lambda c: [bad(c, item="1", user=None)], [("changes.0.item", "invalid"), ("changes.0.user", "null")]),
        (lambda c: [bad(c, version=-1)], [("changes.0.version", "min_value")]),
        (lambda c: [bad(c, version=2**31)], [("changes.0.version", "max_value")]),
        (lambda c: [bad(c, is_excused=7)], [("changes.0.is_excused", "invalid")]),
        (lambda c: [bad(c, feedback={})], [("changes.0.feedback", "invalid")]),
        (lambda _: ["score"], [("changes.0", "invalid")]),
        (lambda _: [], [("changes", "empty")]),
        (lambda c: {"0": c}, [("changes", "not_a_list")]),
        (lambda _: None, [("changes", "null")]),
        (lambda c: [c] * 5001, [("changes", "max_length")]),
    ],
)  # fmt: skip
def test_malformed_changes_are_pointed_at(
    book: Book, instructor: User, as_user: ClientOf, spoil: Callable[[Any], Any], errors: Any
) -> None:
    before = book.everything()

    answer = as_user(instructor).post(book.url(URL), {"changes": spoil(book.change(score="1"))})

    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == errors
    assert book.everything() == before


@pytest.mark.parametrize("who", ["learner", "stranger", "principal", "colleague", None])
def test_only_who_teaches_the_course_edits_in_bulk(
    school: Tenant, book: Book, request: pytest.FixtureRequest, as_user: ClientOf, who: str | None
) -> None:
    with tenant_context(school):
        colleague = UserFactory.create(roles=[Role.INSTRUCTOR])
    person = colleague if who == "colleague" else who and request.getfixturevalue(who)
    before = book.everything()

    answers = [
        as_user(person or None).post(book.url(URL), {"changes": [book.change(score="1")], "dry_run": dry_run})
        for dry_run in (True, False)
    ]

    assert [answer.status_code for answer in answers] == [{None: 401, "stranger": 404}.get(who, 403)] * 2
    assert book.everything() == before


def test_the_preview_counts_zero_for_what_is_missing(
    school: Tenant, book: Book, instructor: User
) -> None:  # fmt: skip
    with tenant_context(school):
        Gradebook.objects.create(
            course=book.course, missing_work=MissingWork.ZERO_AFTER_DUE, calculation=Calculation.WEIGHTED
        )  # fmt: skip
        category = GradeCategoryFactory.create(course=book.course, weight_percentage=100)
        due = GradeItemFactory.create(
            course=book.course, category=category, max_points=10, due_at="2020-01-01T00:00Z"
        )  # fmt: skip
        GradeItemFactory.create(course=book.course, category=category, max_points=10, due_at="2020-01-01T00:00Z")
        change = CellChange(item_id=due.id, user_id=book.learners[0].id, score=Decimal(5))
        excuse = CellChange(item_id=due.id, user_id=book.learners[0].id, is_excused=True)

        rows = [
            preview_bulk_edit(course_id=book.course.id, changes=[each], reason="", by=instructor)[0].data
            for each in (change, excuse)
        ]

    assert [(row["total_from"], row["total_to"]) for row in rows] == [("0.00", "25.00"), ("0.00", "0.00")]


def test_many_changes_cost_as_many_statements_as_few(
    school: Tenant, book: Book, instructor: User, as_user: ClientOf
) -> None:
    book.enrol(30)
    book.scored("7")

    def cost(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    def preview(learners: range) -> Callable[[], Any]:
        body = {"dry_run": True, "changes": [book.change(learner=n, score="1") for n in learners]}
        client = as_user(instructor)
        return lambda: client.post(book.url(URL), body)

    def edit(learners: range) -> Callable[[], Any]:
        changes = [
            CellChange(item_id=book.items[1].id, user_id=book.learners[n].id, score=Decimal(1), feedback="Read.")
            for n in learners
        ]
        return lambda: change_grades(course_id=book.course.id, changes=changes, by=instructor)

    preview(range(1))()
    previews = [cost(preview(range(count))) for count in (3, 30)]
    with tenant_context(school):
        edit(range(1))()
        edits = [cost(edit(range(1, 4))), cost(edit(range(4, 31)))]
        assert Grade.objects.filter(item=book.items[1]).count() == 31

    assert previews[0] == previews[1] <= 16
    assert edits[0] == edits[1] <= 11
