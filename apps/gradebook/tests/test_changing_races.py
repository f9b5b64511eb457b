"""Several who change one gradebook at the same moment, each on a connection of their own."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from apps.core.models import Job, JobRow, Tenant
from apps.core.tenancy.context import tenant_context
from apps.gradebook import jobs
from apps.gradebook.calculation import total_of
from apps.gradebook.factories import GradeFactory
from apps.gradebook.models import FinalGrade, Grade, Gradebook, GradebookChange
from apps.gradebook.selectors import rules_of, scores_of
from apps.gradebook.services import cells
from apps.gradebook.services.bulk import start_bulk_edit
from apps.gradebook.services.cell_changes import CellChange, CellChanged, ReasonMissing
from apps.gradebook.services.cells import change_grade, change_grades
from apps.gradebook.services.finals import FinalGradeChanged, override_final_grade
from apps.gradebook.services.freezing import start_freeze
from apps.gradebook.services.locking import GradebookFreezing, GradebookFrozen
from apps.gradebook.tests.books import Book
from apps.users.models import User
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]
MANY = 8


def within(school: Tenant, call: Callable[[], Any]) -> Any:
    with tenant_context(school):
        return call()


def kinds(results: list[Any]) -> Counter[type]:
    return Counter(type(result) for result in results)


def giving(book: Book, by: User, score: Any, *, learner: int = 0, **about: Any) -> Callable[[], Any]:
    reason = about.pop("reason", "Read.")
    change = CellChange(
        item_id=book.items[0].id, user_id=book.learners[learner].id, score=Decimal(score), **about
    )  # fmt: skip
    call = partial(change_grade, course_id=book.course.id, change=change, by=by, reason=reason)
    return partial(within, book.school, call)


def test_of_many_who_saw_the_same_cell_one_changes_it(book: Book, instructor: User) -> None:
    results = in_parallel([giving(book, instructor, score, version=0) for score in range(1, MANY + 1)])

    assert kinds(results) == {Grade: 1, CellChanged: MANY - 1}
    winner = next(result for result in results if isinstance(result, Grade))
    assert book.history() == [("overridden", None, winner.override)]


def test_of_many_without_a_reason_one_fills_the_cell(book: Book, instructor: User) -> None:
    results = in_parallel([giving(book, instructor, score, reason="") for score in range(1, MANY + 1)])

    assert kinds(results) == {Grade: 1, ReasonMissing: MANY - 1}
    assert len(book.history()) == 1


def test_changes_one_after_the_other_are_all_in_the_history(book: Book, instructor: User) -> None:
    in_parallel([giving(book, instructor, score) for score in range(1, MANY + 1)])

    history = book.history()
    cell = book.cell()
    assert cell is not None
    assert len(history) == MANY
    with tenant_context(book.school):
        steps = dict(GradebookChange.objects.values_list("from_score", "to_score"))
    score = None
    for _ in range(MANY):
        score = steps[score]
    assert (score, cell.version) == (cell.override, MANY)


@pytest.mark.parametrize("has_reason", [True, False])
def test_a_score_of_the_assessment_that_arrives_at_that_moment_is_not_overwritten_unawares(
    book: Book, instructor: User, monkeypatch: pytest.MonkeyPatch, has_reason: bool
) -> None:
    write = cells._write
    arrived: list[Any] = []

    def arrives() -> None:
        with tenant_context(book.school), transaction.atomic():
            GradeFactory.create(item=book.items[0], user=book.learners[0], score=Decimal(7), version=2)

    def write_later(results: Any) -> Any:
        if not arrived:
            arrived.append(in_parallel([arrives]))
        return write(results)

    monkeypatch.setattr(cells, "_write", write_later)

    (result,) = in_parallel([giving(book, instructor, 9, reason="Read." if has_reason else "")])

    cell: Any = book.cell()
    if has_reason:
        assert (cell.score, cell.override, cell.version) == (7, 9, 3)
        assert book.history() == [("overridden", 7, 9)]
    else:
        assert isinstance(result, ReasonMissing)
        assert (cell.score, cell.override, book.history()) == (7, None, [])


def test_the_history_is_in_the_order_in_which_the_cell_changed(book: Book, instructor: User) -> None:
    cell = book.scored("7")
    is_held = threading.Event()

    def arrives() -> None:
        with tenant_context(book.school), transaction.atomic():
            Grade.objects.select_for_update().get(id=cell.id)
            is_held.set()
            time.sleep(0.5)  # meanwhile the person's change waits for the cell
            Grade.objects.filter(id=cell.id).update(score=8, version=2)
            GradebookChange.objects.create(
                course=book.course, item=book.items[0], user=book.learners[0], kind="attempt", from_score=7, to_score=8,
                occurred_at=timezone.now(),
            )  # fmt: skip

    def gives() -> None:
        is_held.wait(5)
        giving(book, instructor, 9)()

    in_parallel([arrives, gives])

    with tenant_context(book.school):
        changes = GradebookChange.objects.order_by("occurred_at", "id")
        steps: list[Any] = list(changes.values_list("from_score", "to_score"))
        assert steps == [(None, 7), (7, 8), (8, 9)]


def test_of_two_final_grades_of_one_learner_one_holds(book: Book, instructor: User) -> None:
    calls = [
        partial(
            within, book.school,
            partial(
                override_final_grade, course_id=book.course.id, user_id=book.learners[0].id, percentage=Decimal(given),
                reason="Board.", by=instructor, version=0,
            ),
        )
        for given in (50, 60)
    ]  # fmt: skip

    results = in_parallel(calls)

    assert kinds(results) == {FinalGrade: 1, FinalGradeChanged: 1}
    assert len(book.history()) == 1


def test_of_many_who_freeze_one_does(book: Book, instructor: User, admin: User) -> None:
    freeze = [
        partial(within, book.school, partial(start_freeze, course_id=book.course.id, by=by))
        for by in (instructor, admin) * 3
    ]

    results = in_parallel(freeze)

    found = kinds(results)
    assert found[Job] == 1
    assert found[GradebookFreezing] + found[GradebookFrozen] == len(freeze) - 1
    assert book.history() == [("frozen", None, None)]


@pytest.mark.parametrize("turn", range(4))
def test_whatever_a_bulk_edit_does_beside_a_freeze_the_final_grades_are_those_of_the_cells(
    book: Book, instructor: User, admin: User, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    monkeypatch.setattr(jobs, "CHANGES_AT_ONCE", 1)
    monkeypatch.setattr(jobs, "LEARNERS_AT_ONCE", 2)
    book.enrol(11)
    for learner in range(12):
        book.scored("1", learner=learner)
    changes = [
        CellChange(item_id=book.items[0].id, user_id=user.id, score=Decimal(9), version=1) for user in book.learners
    ]
    edit = partial(start_bulk_edit, course_id=book.course.id, changes=changes, reason="Moderation.", by=instructor)

    def freeze() -> Job:
        while JobRow.objects.count() < 2 * turn:
            time.sleep(0.01)
        return start_freeze(course_id=book.course.id, by=admin)

    rest = [giving(book, admin, 5, learner=11 - n) for n in range(turn)]

    results = in_parallel([partial(within, book.school, call) for call in (edit, freeze)] + rest)

    assert all(isinstance(each, (Job, Grade, GradebookFreezing, GradebookFrozen)) for each in results), results
    with tenant_context(book.school):
        assert Gradebook.objects.get(course=book.course).frozen_at is not None
        rules = rules_of(book.course.id, now=timezone.now())
        scores = scores_of(rules, [user.id for user in book.learners], now=timezone.now())
        totals = {user_id: total_of(rules, *found).percentage for user_id, found in scores.items()}
        assert dict(FinalGrade.objects.values_list("user_id", "percentage")) == totals
        done = JobRow.objects.filter(state="done").count()
        assert Grade.objects.filter(override=9).count() == done
        states = dict(Job.objects.values_list("kind", "state"))
        codes = set(Job.objects.filter(kind="gradebook.bulk_edit").values_list("error_code", flat=True))
    assert states["gradebook.freeze"] == "succeeded"
    assert codes <= {"", "gradebook_freezing", "gradebook_frozen"}
    assert done >= 2 * turn - len(rest)
    assert len(book.history(kind="overridden")) == done + kinds(results)[Grade]


def test_bulk_edits_in_opposite_orders_do_not_block_each_other(book: Book, instructor: User, admin: User) -> None:
    book.enrol(20)
    for learner in range(21):
        book.scored("1", learner=learner)

    def edit(by: User, score: int, step: int) -> Callable[[], Any]:
        changes = [
            CellChange(item_id=book.items[0].id, user_id=user.id, score=Decimal(score))
            for user in book.learners[::step]
        ]
        return partial(
            within, book.school, partial(change_grades, course_id=book.course.id, changes=changes, by=by, reason="R.")
        )  # fmt: skip

    results = in_parallel([edit(instructor, 2, 1), edit(admin, 3, -1)] * 3)

    assert kinds(results) == {list: 6}
    with tenant_context(book.school):
        assert len(set(Grade.objects.values_list("override", flat=True))) == 1
