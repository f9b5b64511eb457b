"""Demo data of certificates."""

import pytest

from apps.certificates.demo import TEMPLATE_NAME, seed_demo, seed_platform_demo
from apps.certificates.models import Certificate, CertificateTemplate
from apps.core.demo import DemoSchool, ensure_demo_schools
from apps.core.models import Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.enrollments.factories import EnrollmentFactory


def seed(tenant: Tenant) -> None:
    from random import Random

    from django.utils import timezone

    with platform_context(reason="test"):
        seed_platform_demo()
    with tenant_context(tenant):
        seed_demo(DemoSchool(tenant=tenant, random=Random(1), now=timezone.now()))


@pytest.mark.django_db
def test_every_completion_has_one_certificate_however_often_it_is_seeded() -> None:
    acme, _ = ensure_demo_schools()
    with tenant_context(acme):
        EnrollmentFactory.create_batch(3, completed=True)
        EnrollmentFactory.create()

    seed(acme)
    seed(acme)

    with tenant_context(acme):
        assert sorted(Certificate.objects.values_list("status", flat=True)) == ["revoked", "valid", "valid"]
        assert {certificate.template.name for certificate in Certificate.objects.all() if certificate.template} == {
            TEMPLATE_NAME
        }
        assert CertificateTemplate.objects.get().is_default


@pytest.mark.django_db
def test_a_school_without_completions_gets_its_template_only() -> None:
    _, techu = ensure_demo_schools()

    seed(techu)

    with tenant_context(techu):
        assert Certificate.objects.count() == 0
        assert CertificateTemplate.objects.get().design["layout"] == "modern"
