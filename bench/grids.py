"""The requests for windows of the full gradebook. Import after Django is set up."""

from functools import cache
from uuid import UUID

from apps.core.tenancy.context import tenant_context
from apps.courses.models import Course
from apps.enrollments.models import Enrollment
from apps.users.models import User
from bench.build_gradebook import ITEMS, SLUG, email_of_teacher
from bench.people import Audience, Person, people_of
from bench.requests import Request

WINDOW = 50
MOST = 200
# The statements are counted between two of the last requests.
LEAST = 8


def windows(audience: Audience) -> list[Request]:
    """Return windows of 50 learners and 50 items, from all over the gradebook, each learner's page with all items."""
    teacher, learners = _teacher(audience.tenant_id, audience.slug)
    pages = [
        f"/api/courses/{SLUG}/gradebook/grid/?page={page}&item_page={item_page}"
        for page in range(1, max(1, learners // WINDOW) + 1)
        for item_page in range(1, ITEMS // WINDOW + 1)
    ]
    times = -(-LEAST // len(pages))
    headers = {"Authorization": f"Bearer {teacher.token}"}
    return [Request("GET", page, headers) for page in (pages * times)[:MOST]]


@cache
def _teacher(tenant_id: UUID, slug: str) -> tuple[Person, int]:
    with tenant_context(tenant_id):
        (teacher,) = people_of(tenant_id, [User.objects.get(email=email_of_teacher(slug))])
        return teacher, Enrollment.objects.filter(course=Course.objects.get(slug=SLUG)).count()
