"""Demo data: three courses per learner, one of them completed; who dropped, who lags, where to resume."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil
from typing import Final
from uuid import UUID

from apps.core.demo import DemoSchool
from apps.courses.choices import CourseStatus
from apps.courses.models import ContentItem, Course
from apps.enrollments.choices import ProgressStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.services import Report, change_enrollment_status, enroll, report_many
from apps.enrollments.state_machine import Action
from apps.users.choices import Role
from apps.users.models import User

DEMO_STEPS: Final = 12
ITEMS_PER_SITTING: Final = 6
ONE_IN_THREE: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What one learner does in one course; `share` of its items are completed."""

    user: User
    course: Course
    share: float
    begins: datetime
    drops: bool = False


class DemoEnrollments:
    """The enrolments of one school."""

    def __init__(self, school: DemoSchool) -> None:
        self.school = school
        self.present = set(Enrollment.objects.values_list("course_id", "user_id"))
        self.items: dict[UUID, list[ContentItem]] = {}

    @property
    def courses(self) -> list[Course]:
        """The demo's own, in order: what people added since must not move anybody's dice."""
        courses: list[Course] = self.school.shared["courses"]
        return courses

    @cached_property
    def admin(self) -> User:
        return User.objects.filter(roles__contains=[Role.ADMIN]).order_by("email")[0]

    def plans(self, user: User, place: int) -> Iterator[Plan]:
        """Yield what `user` does; the newest free course is left for the first walk through the API."""
        chance = self.school.random
        if user.email.startswith("alice.williams@"):
            chosen, shares = self.courses[:2], [1.0, 0.5]
        else:
            chosen = chance.sample(self.courses, min(3, len(self.courses)))
            shares = [1.0, chance.uniform(0.3, 0.8), chance.uniform(0.0, 0.3)]
        for number, course in enumerate(chosen):
            begins = self.school.now - timedelta(days=chance.randint(25, 110), minutes=chance.randint(0, 600))
            drops = number == len(shares) - 1 and place % ONE_IN_THREE == ONE_IN_THREE - 1
            yield Plan(user, course, shares[number], begins, drops=drops and shares[number] < 1)

    def carry_out(self, plan: Plan) -> None:
        """Enrol, study in sittings some days apart, drop: each by the service, at its own time."""
        if (plan.course.id, plan.user.id) in self.present or plan.course.status != CourseStatus.PUBLISHED:
            return
        by = plan.user if plan.course.is_free else self.admin
        enrollment = enroll(user=plan.user, course=plan.course, by=by, now=plan.begins)
        moment = plan.begins
        reports = self.reports(plan)
        for start in range(0, len(reports), ITEMS_PER_SITTING):
            moment += timedelta(days=self.pause(start), minutes=37)
            report_many(user=plan.user, reports=reports[start : start + ITEMS_PER_SITTING], now=moment)
        if plan.drops and plan.share < 1:
            change_enrollment_status(
                enrollment=enrollment,
                action=Action.DROP,
                by=plan.user,
                reason="No time at the moment.",
                now=moment + timedelta(days=2),
            )

    @staticmethod
    def pause(start: int) -> int:
        """Return the days before the sitting that begins with this item: at most three."""
        return 1 + start // ITEMS_PER_SITTING % 3

    def reports(self, plan: Plan) -> list[Report]:
        """Return what the learner's client would report: items completed in order, and the next one begun."""
        items = self.items_of(plan.course)
        done = ceil(plan.share * len(items))
        reports = [
            Report(
                content_item_id=item.id,
                status=ProgressStatus.COMPLETED,
                time_spent_seconds=60 * max(1, item.duration_minutes) + 11 * order,
                attempts=1,
            )
            for order, item in enumerate(items[:done])
        ]
        reports += [
            Report(
                content_item_id=item.id,
                percentage=40,
                position_seconds=24 * item.duration_minutes,
                time_spent_seconds=30 * item.duration_minutes,
                attempts=1,
                sequence=1,
            )
            for item in items[done : done + 1]
        ]
        return reports

    def items_of(self, course: Course) -> list[ContentItem]:
        if course.id not in self.items:
            reachable = ContentItem.objects.reachable().filter(course=course)
            self.items[course.id] = list(reachable.order_by("module__order", "order", "id"))
        return self.items[course.id]


def seed_demo(school: DemoSchool) -> None:
    """Enrol the demo's learners, nobody else, and let them study; hand the enrolments on as `enrollments`."""
    demo = DemoEnrollments(school)
    learners: list[User] = sorted(school.shared["learners"], key=lambda user: user.email)
    for place, user in enumerate(learners):
        for plan in demo.plans(user, place):
            demo.carry_out(plan)
        school.advance()
    school.shared["enrollments"] = list(Enrollment.objects.select_related("course", "user").newest_first())
