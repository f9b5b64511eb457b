"""Results that are posted for all at once, and hidden again."""

from apps.assessments.models import Assessment
from apps.assessments.tests.regrading.conftest import quiz_of
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


def test_results_are_posted_together_and_hidden_again(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    desk = quiz_of(school, instructor, [learner], option="a", show_score="posted")
    url = f"/api/assessments/{desk.assessment.id}"
    scores = [as_user(learner).get(f"/api/attempts/{desk.attempt.id}/").json()["score"]]

    posted = as_user(instructor).post(f"{url}/post-results/")
    again = as_user(instructor).post(f"{url}/post-results/")
    scores.append(as_user(learner).get(f"/api/attempts/{desk.attempt.id}/").json()["score"])
    stale = as_user(instructor).post(f"{url}/hide-results/", headers={"If-Match": '"1"'})
    hidden = as_user(instructor).post(f"{url}/hide-results/", headers={"If-Match": again["ETag"]})
    as_user(instructor).post(f"{url}/hide-results/")
    scores.append(as_user(learner).get(f"/api/attempts/{desk.attempt.id}/").json()["score"])

    assert posted.json() == again.json()
    assert (stale.status_code, hidden.json()["results_posted_at"]) == (412, None)
    assert scores == [None, "10.00", None]
    with tenant_context(school):
        assert Assessment.objects.get(id=desk.assessment.id).results_posted_at is None
