"""Who starts and sees the job of a regrade, and what becomes of it once they may not any more."""

import pytest

from apps.assessments import jobs
from apps.assessments.models import Assessment
from apps.assessments.tests.grading import Desk
from apps.assessments.tests.regrading.conftest import WHY, correct, quiz_of, regrade
from apps.assessments.tests.regrading_jobs.conftest import BACKGROUND, breaking, rows_of, run, scores
from apps.core.ids import new_id
from apps.core.models import Job, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.models import CourseInstructor
from apps.users.models import User
from tests.fixtures import ClientOf

pytestmark = pytest.mark.timeout(60)


def test_who_may_see_it(
    school: Tenant,
    desk: Desk,
    instructor: User,
    admin: User,
    principal: User,
    learner: User,
    stranger: User,
    as_user: ClientOf,
) -> None:
    answer = regrade(as_user(instructor), desk, dry_run=True, **BACKGROUND)
    run(school, answer)
    url = answer["Location"]
    others = [as_user(person).get(path).status_code for person in (learner, stranger) for path in (url, f"{url}rows/")]
    own = as_user(instructor).get(f"{url}rows/").status_code
    with tenant_context(school):
        job = Job.objects.get(id=answer.json()["id"])
        seen = [jobs.may_see_regrade(person, job) for person in (instructor, admin, principal, learner)]
        CourseInstructor.objects.all().delete()
        seen.append(jobs.may_see_regrade(instructor, job))

    lost = [as_user(instructor).get(path).status_code for path in (url, f"{url}rows/")]

    assert others == [404] * 4
    assert (own, lost) == (200, [404, 404])
    assert seen == [True, True, False, False, False]


@pytest.mark.parametrize("lost", ["the course", "the account", "the assessment"])
def test_who_has_lost_the_right_meanwhile_regrades_nothing(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, lost: str
) -> None:
    answer = regrade(as_user(instructor), desk, **WHY, **BACKGROUND)
    before = scores(school)
    with tenant_context(school):
        if lost == "the course":
            CourseInstructor.objects.all().delete()
        elif lost == "the account":
            User.objects.filter(id=instructor.id).update(status="suspended")
        else:
            Job.objects.update(parameters={**Job.objects.get().parameters, "assessment": str(new_id())})

    job = run(school, answer)

    assert (job.state, job.error_code, scores(school)) == ("failed", "permission_denied", before)
    with tenant_context(school):
        assert Assessment.objects.count() == 1


def test_who_loses_the_right_in_the_middle_gets_no_further(
    school: Tenant, desk: Desk, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = regrade(as_user(instructor), desk, **WHY, **BACKGROUND)
    monkeypatch.setattr(jobs, "regrade_batch", breaking(1, CourseInstructor.objects.all().delete))

    job = run(school, answer)

    assert (job.state, job.error_code, job.rows_done) == ("failed", "permission_denied", 4)
    assert sorted(scores(school)) == ["0.00"] * 3 + ["10.00"] * 4


def test_nobody_regrades_themselves_in_the_background_either(
    school: Tenant, instructor: User, learner: User, as_user: ClientOf
) -> None:
    desk = quiz_of(school, instructor, [learner, instructor])
    client = as_user(instructor)
    correct(client, desk)

    answer = regrade(client, desk, **WHY, **BACKGROUND)
    job = run(school, answer)

    assert (job.state, job.result["attempts"], job.total) == ("succeeded", 1, 1)
    assert [row["reference"]["user"] for row in rows_of(client, answer)] == [str(learner.id)]


def test_staff_of_the_platform_regrade_in_a_school_as_well(
    school: Tenant, desk: Desk, platform_staff: User, as_user: ClientOf
) -> None:
    url = f"/api/assessments/{desk.assessment.id}/regrade/"
    body = {**WHY, **BACKGROUND}

    answer = as_user(platform_staff).post(url, body, headers={"X-Tenant-Slug": school.slug})
    job = run(school, answer)

    assert (answer.status_code, job.state, job.error_code) == (202, "succeeded", "")
    assert scores(school) == ["10.00"] * 7


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("principal", 403), ("stranger", 404)])
def test_who_may_not_start_it(
    school: Tenant, desk: Desk, request: pytest.FixtureRequest, as_user: ClientOf, who: str, status: int
) -> None:
    refused = regrade(as_user(request.getfixturevalue(who)), desk, **WHY, **BACKGROUND)

    assert refused.status_code == status
    with tenant_context(school):
        assert not Job.objects.exists()
