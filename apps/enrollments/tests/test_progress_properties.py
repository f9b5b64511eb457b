"""Whatever is lost, repeated or late: the state is the monotone maximum of the reports that arrived."""

from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.models import Tenant
from apps.courses.models import ContentItem
from apps.enrollments.choices import ProgressStatus
from apps.enrollments.models import ContentProgress, Enrollment, EnrollmentTransition
from apps.enrollments.services import Report, TooManyReports, report_many, report_progress
from apps.users.models import User

RANK = [ProgressStatus.NOT_STARTED, ProgressStatus.IN_PROGRESS, ProgressStatus.COMPLETED]
SMALL = st.integers(0, 5)

property_of_the_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Reports on four items; the item's id is filled in later."""
    has_position = draw(st.booleans())
    return Report(
        content_item_id=draw(st.sampled_from([0, 1, 2, 3])),  # type: ignore[arg-type]  # a place in `items`
        status=draw(st.sampled_from(RANK)),
        percentage=draw(st.integers(0, 100)),
        position_seconds=draw(SMALL) if has_position else None,
        sequence=draw(st.integers(1, 5)) if has_position else None,
        time_spent_seconds=draw(SMALL),
        attempts=draw(SMALL),
    )


def maximum(arrived: list[Report]) -> dict[str, Any]:
    """Say what the row must be after these reports on one item."""
    status = max((report.status for report in arrived), key=RANK.index)
    positions = [(r.sequence, r.position_seconds) for r in arrived if r.position_seconds is not None]
    sequence, position = max(positions, default=(0, 0))
    is_complete = status == ProgressStatus.COMPLETED
    return {
        "status": status.value,
        "percentage": 100 if is_complete else max(report.percentage for report in arrived),
        "position_seconds": position,
        "sequence": sequence,
        "time_spent_seconds": max(report.time_spent_seconds for report in arrived),
        "attempts": max(report.attempts for report in arrived),
    }


def stored(items: list[ContentItem]) -> dict[int, dict[str, Any]]:
    places = {item.id: place for place, item in enumerate(items)}
    names = ("status", "percentage", "position_seconds", "sequence", "time_spent_seconds", "attempts")
    return {
        places[row["content_item"]]: {name: row[name] for name in names}
        for row in ContentProgress.objects.values("content_item", *names)
    }


def start_over() -> None:
    ContentProgress.objects.all().delete()
    EnrollmentTransition.objects.all().delete()
    Enrollment.objects.update(status="active", completed_at=None, progress_percentage=0, resume_item=None)


@pytest.mark.timeout(120)
@property_of_the_database
@given(sent=st.lists(reports(), max_size=8), data=st.data())
def test_any_order_loss_and_repetition_end_in_the_maximum_of_what_arrived(
    in_school: Tenant, learner: User, enrollment: Enrollment, items: list[ContentItem], sent: list[Report], data: Any
) -> None:
    start_over()
    arrived = data.draw(st.permutations(sent).flatmap(lambda order: st.just([*order, *order[:3]])))
    arrived = arrived[data.draw(st.integers(0, 2)) :]
    in_bulk = data.draw(st.booleans())

    aimed = [replace(report, content_item_id=items[report.content_item_id].id) for report in arrived]
    if in_bulk:
        report_many(user=learner, reports=aimed)
    else:
        for report in aimed:
            report_progress(user=learner, report=report)

    by_item = groupby(sorted(arrived, key=lambda r: int(r.content_item_id)), key=lambda r: int(r.content_item_id))
    expected = {place: maximum(list(group)) for place, group in by_item}
    assert stored(items) == expected
    done = sum(row["status"] == "completed" for row in expected.values())
    found = Enrollment.objects.get()
    assert found.progress_percentage == 25 * done
    assert (found.status == "completed") == (done == 4)
    assert EnrollmentTransition.objects.count() == (1 if done == 4 else 0)


@pytest.mark.timeout(120)
@property_of_the_database
@given(order=st.permutations([0, 1, 2, 3]), required=st.sets(st.sampled_from([0, 1, 2, 3])))
def test_the_percentage_is_bounded_never_falls_and_does_not_depend_on_the_order(
    in_school: Tenant, learner: User, enrollment: Enrollment, items: list[ContentItem], order: Any, required: set[int]
) -> None:
    start_over()
    for place, item in enumerate(items):
        ContentItem.objects.filter(id=item.id).update(is_required=place in required)
    seen = [Enrollment.objects.get().progress_percentage]

    for place in order:
        report = Report(content_item_id=items[place].id, status=ProgressStatus.COMPLETED)
        seen.append(report_progress(user=learner, report=report).standing.progress_percentage)

    assert seen == sorted(seen)
    assert all(0 <= percentage <= 100 for percentage in seen)
    assert seen[-1] == (100 if required else 0)
    assert Enrollment.objects.get().status == ("completed" if required else "active")


def test_the_service_bounds_the_number_of_reports(
    in_school: Tenant, learner: User, enrollment: Enrollment, items: list[ContentItem]
) -> None:
    with pytest.raises(TooManyReports):
        report_many(user=learner, reports=[Report(content_item_id=items[0].id)] * 201)

    assert ContentProgress.objects.count() == 0
