"""Many at the same moment, each on a connection of its own: one certificate, one successor."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from apps.certificates.events import CertificateIssued
from apps.certificates.factories import CertificateTemplateFactory
from apps.certificates.handlers import issue_on_completion
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.services import (
    CertificateNotValid,
    issue_certificate,
    reissue_certificate,
    revoke_certificate,
    update_template,
)
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.enrollments.events import EnrollmentCompleted
from apps.enrollments.models import Enrollment
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]
MANY = 10


def within(school: Tenant, call: Callable[[], Any]) -> Any:
    with tenant_context(school):
        return call()


def test_many_completions_give_one_certificate(school: Tenant, enrollment: Enrollment) -> None:
    assert enrollment.completed_at
    event = EnrollmentCompleted(
        enrollment_id=enrollment.id,
        course_id=enrollment.course_id,
        user_id=enrollment.user_id,
        completed_at=enrollment.completed_at,
    )

    results = in_parallel([partial(within, school, partial(issue_on_completion, event))] * MANY)

    assert results == [None] * MANY
    with tenant_context(school):
        assert Certificate.objects.count() == 1
        assert Delivery.objects.filter(event=CertificateIssued.name).count() == 1


def test_many_issues_by_hand_answer_with_one_certificate(school: Tenant, enrollment: Enrollment) -> None:
    results = in_parallel([partial(within, school, partial(issue_certificate, enrollment=enrollment))] * MANY)

    assert len({certificate.number for certificate in results}) == 1


def test_many_reissues_give_one_successor(school: Tenant, certificate: Certificate) -> None:
    call = partial(reissue_certificate, certificate=certificate, by=None)

    results = in_parallel([partial(within, school, call)] * MANY)

    assert sum(isinstance(result, Certificate) for result in results) == 1
    assert sum(isinstance(result, CertificateNotValid) for result in results) == MANY - 1
    with tenant_context(school):
        assert Certificate.objects.filter(supersedes=certificate).count() == 1


def test_reissue_and_revocation_leave_no_two_truths(school: Tenant, certificate: Certificate) -> None:
    reissue = partial(reissue_certificate, certificate=certificate, by=None)
    revoke = partial(revoke_certificate, certificate=certificate, reason="Late", by=None)

    results = in_parallel([partial(within, school, call) for call in (reissue, revoke)])

    assert isinstance(results[0], Certificate)
    with tenant_context(school):
        status = Certificate.objects.get(id=certificate.id).status
    assert status == ("revoked" if isinstance(results[1], Certificate) else "superseded")


def test_many_defaults_leave_one(school: Tenant) -> None:
    with tenant_context(school):
        templates = CertificateTemplateFactory.create_batch(4)

    def make_default(template: CertificateTemplate) -> Any:
        with tenant_context(school):
            return update_template(template=template, changes={"is_default": True}, by=None)

    in_parallel([partial(make_default, template) for template in templates])

    with tenant_context(school):
        assert CertificateTemplate.objects.filter(is_default=True).count() == 1
