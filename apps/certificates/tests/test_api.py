"""Certificates over HTTP."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.certificates.factories import CertificateFactory
from apps.certificates.models import Certificate
from apps.certificates.tests.pdf import text_of
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.factories import EnrollmentFactory
from apps.enrollments.models import Enrollment
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf

MY = "/api/certificates/my/"
ALL = "/api/certificates/"


def url(certificate: Certificate, action: str = "") -> str:
    return f"/api/certificates/{certificate.id}/{action}"


def status_of(school: Tenant, certificate: Certificate) -> str:
    with tenant_context(school):
        return Certificate.objects.get(id=certificate.id).status


def numbers(response: Any) -> list[str]:
    assert response.status_code == 200
    return [row["number"] for row in response.json()["results"]]


def test_my_certificates(school: Tenant, learner: User, certificate: Certificate, as_user: ClientOf) -> None:
    with tenant_context(school):
        CertificateFactory.create()

    response = as_user(learner).get(MY)

    assert response.json()["results"] == [
        {
            "id": str(certificate.id),
            "number": certificate.number,
            "status": "valid",
            "is_in_force": True,
            "user": str(learner.id),
            "recipient_name": certificate.recipient_name,
            "course": str(certificate.course_id),
            "course_title": "Python",
            "enrollment": str(certificate.enrollment_id),
            "completed_at": response.json()["results"][0]["completed_at"],
            "issued_at": response.json()["results"][0]["issued_at"],
            "expires_at": None,
            "revoked_at": None,
            "supersedes": None,
            "verification_url": f"http://localhost:8000/verify/{certificate.number}/",
        }
    ]


def test_each_sees_what_is_theirs_to_see(
    school: Tenant,
    learner: User,
    instructor: User,
    admin: User,
    principal: User,
    stranger: User,
    certificate: Certificate,
    as_user: ClientOf,
) -> None:
    with tenant_context(school):
        of_another = CertificateFactory.create()
        other_learner = UserFactory.create()
        other_instructor = UserFactory.create(roles=[Role.INSTRUCTOR])
    both = [of_another.number, certificate.number]

    assert numbers(as_user(learner).get(ALL)) == [certificate.number]
    assert numbers(as_user(instructor).get(ALL)) == [certificate.number]
    assert numbers(as_user(admin).get(ALL)) == both
    assert numbers(as_user(principal).get(ALL)) == both
    for person in (other_learner, other_instructor, stranger):
        client = as_user(person)
        assert numbers(client.get(ALL)) == []
        assert client.get(url(certificate)).status_code == 404
        assert client.get(url(certificate, "download/")).status_code == 404
    assert as_user(None).get(ALL).status_code == 401


def test_an_instructor_sees_only_their_own_among_mine(
    instructor: User, certificate: Certificate, as_user: ClientOf
) -> None:
    assert numbers(as_user(instructor).get(MY)) == []


@pytest.mark.parametrize("path", [MY, ALL])
def test_lists_take_the_same_few_statements_for_any_number_of_rows(
    school: Tenant, learner: User, as_user: ClientOf, path: str
) -> None:
    client = as_user(learner)
    counts = []
    for more in (3, 27):
        with tenant_context(school):
            CertificateFactory.create_batch(more, enrollment__user=learner)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path, {"page_size": 50}).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 4


def test_filters_narrow_the_list(school: Tenant, admin: User, certificate: Certificate, as_user: ClientOf) -> None:
    with tenant_context(school):
        CertificateFactory.create_batch(2)
    client = as_user(admin)
    only = [certificate.number]

    assert numbers(client.get(ALL, {"course": str(certificate.course_id)})) == only
    assert numbers(client.get(ALL, {"user": str(certificate.user_id)})) == only
    assert numbers(client.get(ALL, {"number": certificate.number.lower().replace("-", "")})) == only
    assert numbers(client.get(ALL, {"number": "nonsense"})) == []
    assert numbers(client.get(ALL, {"status": "revoked"})) == []
    assert client.get(ALL, {"status": "lost"}).status_code == 400
    assert client.get(ALL, {"course": "x"}).status_code == 400


def test_the_owner_downloads_the_pdf(learner: User, certificate: Certificate, as_user: ClientOf) -> None:
    response = as_user(learner).get(url(certificate, "download/"), headers={"Accept": "application/pdf"})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{certificate.number}.pdf"'
    assert response["Cache-Control"] == "private, no-cache"
    assert certificate.number in text_of(response.content)


def test_a_failed_download_is_a_problem_document(learner: User, as_user: ClientOf) -> None:
    response = as_user(learner).get(f"{ALL}nothing/download/", headers={"Accept": "application/pdf"})

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


def test_revoking(school: Tenant, admin: User, learner: User, certificate: Certificate, as_user: ClientOf) -> None:
    response = as_user(admin).post(url(certificate, "revoke/"), {"reason": "Plagiarism"})

    assert response.status_code == 200
    assert response.json()["status"] == "revoked"
    assert response.json()["is_in_force"] is False
    assert response.json()["revocation_reason"] == "Plagiarism"
    seen_by_owner = as_user(learner).get(url(certificate)).json()
    assert (seen_by_owner["status"], seen_by_owner["revocation_reason"]) == ("revoked", "")
    download = as_user(learner).get(url(certificate, "download/"))
    assert (download.status_code, download.json()["code"]) == (409, "certificate_not_valid")
    assert as_user(admin).post(url(certificate, "revoke/"), {"reason": "Again"}).status_code == 409


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": None}, []])
def test_revoking_asks_for_a_reason(
    school: Tenant, admin: User, certificate: Certificate, as_user: ClientOf, body: Any
) -> None:
    assert as_user(admin).post(url(certificate, "revoke/"), body).status_code == 400
    assert status_of(school, certificate) == "valid"


@pytest.mark.parametrize("action", ["revoke/", "reissue/"])
def test_only_the_office_changes_certificates(
    school: Tenant,
    learner: User,
    instructor: User,
    principal: User,
    stranger: User,
    certificate: Certificate,
    as_user: ClientOf,
    action: str,
) -> None:
    body = {"reason": "Because"}

    for person in (learner, instructor, principal):
        assert as_user(person).post(url(certificate, action), body).status_code == 403
    assert as_user(stranger).post(url(certificate, action), body).status_code == 404
    assert as_user(None).post(url(certificate, action), body).status_code == 401

    assert status_of(school, certificate) == "valid"
    with tenant_context(school):
        assert Certificate.objects.count() == 1


def test_reissuing(school: Tenant, admin: User, certificate: Certificate, as_user: ClientOf) -> None:
    response = as_user(admin).post(url(certificate, "reissue/"))

    assert response.status_code == 201
    assert response.json()["supersedes"] == str(certificate.id)
    assert status_of(school, certificate) == "superseded"
    assert as_user(admin).post(url(certificate, "reissue/")).status_code == 409


def test_a_reissue_that_is_sent_again_has_no_second_effect(
    school: Tenant, admin: User, certificate: Certificate, as_user: ClientOf
) -> None:
    client = as_user(admin)

    answers = [client.post(url(certificate, "reissue/"), headers={"Idempotency-Key": "once"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    with tenant_context(school):
        assert Certificate.objects.count() == 2


def test_issuing_by_hand_is_idempotent(school: Tenant, admin: User, enrollment: Enrollment, as_user: ClientOf) -> None:
    path = f"/api/enrollments/{enrollment.id}/certificate/"

    first = as_user(admin).post(path)
    second = as_user(admin).post(path)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["number"] == second.json()["number"]
    with tenant_context(school):
        assert Certificate.objects.get().issued_by_id == admin.id


def test_issuing_by_hand_asks_for_completion_and_permission(
    school: Tenant, admin: User, instructor: User, stranger: User, enrollment: Enrollment, as_user: ClientOf
) -> None:
    with tenant_context(school):
        active = EnrollmentFactory.create()

    unfinished = as_user(admin).post(f"/api/enrollments/{active.id}/certificate/")
    path = f"/api/enrollments/{enrollment.id}/certificate/"

    assert (unfinished.status_code, unfinished.json()["code"]) == (409, "enrollment_not_completed")
    assert as_user(instructor).post(path).status_code == 403
    assert as_user(stranger).post(path).status_code == 404
    with tenant_context(school):
        assert Certificate.objects.count() == 0


def test_platform_staff_read_on_their_host_and_change_in_the_school(
    school: Tenant, platform_staff: User, certificate: Certificate, as_user: ClientOf
) -> None:
    client = as_user(platform_staff)

    assert numbers(client.get(ALL)) == [certificate.number]
    assert certificate.number in text_of(client.get(url(certificate, "download/")).content)
    assert 400 <= client.post(url(certificate, "revoke/"), {"reason": "x"}).status_code < 500
    assert status_of(school, certificate) == "valid"
    inside = client.post(url(certificate, "revoke/"), {"reason": "x"}, headers={"X-Tenant-Slug": "maple"})
    assert inside.status_code == 200
