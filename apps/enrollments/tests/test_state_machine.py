"""Only the steps of the table exist, and each only for whom it is meant."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.models import Tenant
from apps.courses.models import Course
from apps.courses.services import CourseFull
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment, EnrollmentTransition
from apps.enrollments.services import change_enrollment_status
from apps.enrollments.state_machine import (
    TARGETS,
    TRANSITIONS,
    Action,
    Party,
    TransitionNotAllowed,
    TransitionRefused,
    allowed_actions,
    next_status,
)
from apps.users.models import User

STEPS = {(start, step.action): (target, step.parties) for (start, target), step in TRANSITIONS.items()}


@pytest.mark.parametrize(("status", "action", "party"), list(product(EnrollmentStatus, Action, Party)))
def test_every_combination_is_what_the_table_says(status: EnrollmentStatus, action: Action, party: Party) -> None:
    step = STEPS.get((status, action))

    if step is None:
        with pytest.raises(TransitionNotAllowed) as refusal:
            next_status(status, action, party)
        assert refusal.value.extra == {
            "from": status.value,
            "to": TARGETS[action].value,
            "allowed": allowed_actions(status),
        }
    elif party not in step[1]:
        with pytest.raises(TransitionRefused):
            next_status(status, action, party)
    else:
        assert next_status(status, action, party) == step[0]


@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Party)), max_size=30))
def test_no_sequence_of_steps_leaves_the_table(steps: list[tuple[Action, Party]]) -> None:
    status = EnrollmentStatus.PENDING

    for action, party in steps:
        try:
            target = next_status(status, action, party)
        except (TransitionNotAllowed, TransitionRefused):
            continue
        assert (status, target) in TRANSITIONS
        assert status != EnrollmentStatus.COMPLETED
        status = target


def test_a_completed_enrolment_is_final() -> None:
    with pytest.raises(TransitionNotAllowed, match="This status is final"):
        next_status(EnrollmentStatus.COMPLETED, Action.DROP, Party.STAFF)


def test_a_step_is_kept_in_the_history_with_who_and_why(in_school: Tenant, enrollment: Enrollment, admin: User) -> None:
    change_enrollment_status(enrollment=enrollment, action=Action.SUSPEND, by=admin, reason="Unpaid.")

    row = EnrollmentTransition.objects.get()
    assert (row.from_status, row.to_status, row.actor_id, row.reason) == ("active", "suspended", admin.id, "Unpaid.")
    assert enrollment.status == "suspended"
    assert enrollment.version == 2


def test_a_step_is_judged_from_where_the_enrolment_stands_now(
    in_school: Tenant, enrollment: Enrollment, admin: User, learner: User
) -> None:
    as_read_before = Enrollment.objects.get(id=enrollment.id)
    change_enrollment_status(enrollment=enrollment, action=Action.SUSPEND, by=admin)

    change_enrollment_status(enrollment=as_read_before, action=Action.DROP, by=admin)

    steps = EnrollmentTransition.objects.order_by("id").values_list("from_status", "to_status")
    assert list(steps) == [("active", "suspended"), ("suspended", "dropped")]


def test_a_step_that_is_no_longer_possible_changes_nothing(
    in_school: Tenant, enrollment: Enrollment, admin: User
) -> None:
    as_read_before = Enrollment.objects.get(id=enrollment.id)
    change_enrollment_status(enrollment=enrollment, action=Action.COMPLETE, by=admin)

    with pytest.raises(TransitionNotAllowed):
        change_enrollment_status(enrollment=as_read_before, action=Action.DROP, by=admin)

    assert Enrollment.objects.get().status == "completed"
    assert EnrollmentTransition.objects.count() == 1


def test_nobody_is_staff_of_their_own_enrolment(in_school: Tenant, course: Course, admin: User) -> None:
    own = EnrollmentFactory.create(course=course, user=admin)

    with pytest.raises(TransitionRefused):
        change_enrollment_status(enrollment=own, action=Action.COMPLETE, by=admin)

    assert Enrollment.objects.get().status == "active"


def test_the_system_leaves_no_name(in_school: Tenant, enrollment: Enrollment) -> None:
    change_enrollment_status(enrollment=enrollment, action=Action.EXPIRE, by=None)

    assert EnrollmentTransition.objects.get().actor_id is None


def test_leaving_frees_the_seat_and_coming_back_needs_one(in_school: Tenant, course: Course, admin: User) -> None:
    Course.objects.filter(id=course.id).update(seat_limit=1, seats_taken=1)
    first = EnrollmentFactory.create(course=course)

    change_enrollment_status(enrollment=first, action=Action.DROP, by=admin)
    after_leaving = Course.objects.get().seats_taken
    change_enrollment_status(enrollment=first, action=Action.REACTIVATE, by=admin)

    assert after_leaving == 0
    assert Course.objects.get().seats_taken == 1


def test_coming_back_to_a_full_course_is_refused_and_changes_nothing(
    in_school: Tenant, course: Course, admin: User
) -> None:
    dropped = EnrollmentFactory.create(course=course, status="dropped")
    Course.objects.filter(id=course.id).update(seat_limit=1, seats_taken=1)

    with pytest.raises(CourseFull):
        change_enrollment_status(enrollment=dropped, action=Action.REACTIVATE, by=admin)

    assert Enrollment.objects.get().status == "dropped"
    assert EnrollmentTransition.objects.count() == 0
