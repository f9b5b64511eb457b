"""Whatever people do to a cell, its history leads from nothing to what stands in it, without a gap."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.gradebook.models import Grade, GradebookChange
from apps.gradebook.services.cell_changes import KEPT, CellChange, standing_score
from apps.gradebook.services.cells import change_grades
from apps.gradebook.tests.books import Book
from apps.users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]

SCORES = st.decimals(min_value=0, max_value=20, places=2)
STEPS = st.lists(
    st.fixed_dictionaries(
        {
            "score": st.one_of(st.just(KEPT), st.none(), SCORES),
            "is_excused": st.one_of(st.none(), st.booleans()),
            "feedback": st.sampled_from([None, "", "Well done."]),
            "has_reason": st.booleans(),
            "of_second_cell": st.booleans(),
        }
    ),
    max_size=8,
)
State = tuple[Decimal | None, bool]


def replayed(changes: list[GradebookChange]) -> State:
    """Return what stands in a cell and whether it is excused, by its history alone."""
    standing: Decimal | None = None
    is_excused = False
    for change in changes:
        if change.kind == "excused":
            assert (change.from_score, change.to_score, is_excused) == (standing, None, False)
            is_excused = True
        elif change.kind == "unexcused":
            assert (change.from_score, change.to_score, is_excused) == (None, standing, True)
            is_excused = False
        else:
            assert change.from_score == standing
            standing = change.to_score
    return standing, is_excused


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begins_with=st.one_of(st.none(), SCORES), steps=STEPS)
def test_the_history_replays_to_the_present(
    school: Tenant, book: Book, instructor: User, begins_with: Decimal | None, steps: list[dict[str, Any]]
) -> None:
    with tenant_context(school):
        GradebookChange.objects.all().delete()
        Grade.objects.all().delete()
    if begins_with is not None:
        book.scored(begins_with)

    for step in steps:
        wanted = dict(step)
        reason = "Moderation." if wanted.pop("has_reason") else ""
        item = book.items[1 if wanted.pop("of_second_cell") else 0]
        change = CellChange(item_id=item.id, user_id=book.learners[0].id, **wanted)
        with tenant_context(school):
            change_grades(course_id=book.course.id, changes=[change], by=instructor, reason=reason)

    with tenant_context(school):
        for position, item in enumerate(book.items):
            changes = list(GradebookChange.objects.filter(item=item).order_by("occurred_at", "id"))
            cell = book.cell(position) or Grade(item=item)
            assert replayed(changes) == (standing_score(cell), cell.is_excused)
            assert cell.effective_score == (None if cell.is_excused else standing_score(cell))
            expected = 0 if cell._state.adding else cell.version
            assert len({change.occurred_at for change in changes if change.kind != "attempt"}) <= expected
