"""An essay that is graded by a rubric, and how tests judge it."""

from typing import Any

import pytest

from apps.assessments.tests.grading import Desk
from apps.assessments.tests.rubrics import rubric_desk
from apps.core.models import Tenant
from apps.users.models import User

KEPT = {
    "thesis": {"level": "some", "points": "1.50", "comment": "Say it earlier."},
    "style": {"level": None, "points": "2.00", "comment": ""},
}
BETTER = {"thesis": {"level": "clear"}, "style": {"points": 2}}


@pytest.fixture
def desk(school: Tenant, instructor: User, learner: User) -> Desk:
    return rubric_desk(school, instructor, learner)


def grade(client: Any, desk: Desk, **given: Any) -> Any:
    return client.post(f"/api/attempts/{desk.attempt.id}/grades/", {"question": desk.essay, **given})


def refusal(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["errors"][0]
    return answer.status_code, error["code"], error["field"]


def slot(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["questions"][0]
    return found
