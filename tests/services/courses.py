"""A course that one report completes, and what follows from it."""

from dataclasses import dataclass

from apps.certificates.models import Certificate
from apps.core.choices import DeliveryState
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import ContentItem
from apps.enrollments.services import enroll
from apps.users.models import User
from tests.services.installation import Answer, ask

ISSUE = "certificates.issue_on_completion"


@dataclass(frozen=True)
class Enrolled:
    """A learner one item away from a certificate."""

    school: Tenant
    learner: User
    item: ContentItem

    def complete(self, port: int) -> Answer:
        """Report the last item to a web process."""
        body = {"content_item": str(self.item.id), "status": "completed"}
        return ask(port, "POST", "/api/progress/", body, user=self.learner)

    def certificates(self) -> int:
        with tenant_context(self.school):
            return Certificate.objects.filter(user=self.learner).count()

    def delivery(self, handler: str = ISSUE) -> Delivery:
        with tenant_context(self.school):
            return Delivery.objects.get(handler=handler)

    def is_settled(self) -> bool:
        """Say whether every event has had its effect."""
        with tenant_context(self.school):
            states = set(Delivery.objects.values_list("state", flat=True))
        return states == {DeliveryState.DONE}


def enroll_in_a_course(school: Tenant, learner: User) -> Enrolled:
    """Enrol the learner in a course of one item, with a clean outbox."""
    with tenant_context(school):
        course = CourseFactory.create(status="published")
        item = ContentItemFactory.create(course=course, module=ModuleFactory.create(course=course))
        enroll(user=learner, course=course, by=learner)
        Delivery.objects.all().delete()
    return Enrolled(school, learner, item)
