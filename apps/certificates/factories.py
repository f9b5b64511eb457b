"""Test data: certificates written directly, without events and without PDF."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.numbers import new_number
from apps.enrollments.factories import EnrollmentFactory


class CertificateTemplateFactory(DjangoModelFactory[CertificateTemplate]):
    name = factory.Sequence(lambda n: f"Template {n}")

    class Meta:
        model = CertificateTemplate


class CertificateFactory(DjangoModelFactory[Certificate]):
    """A valid certificate of a completed enrolment."""

    enrollment = factory.SubFactory(EnrollmentFactory, completed=True)
    user = factory.SelfAttribute("enrollment.user")
    course = factory.SelfAttribute("enrollment.course")
    number = factory.LazyFunction(lambda: new_number(2026))
    recipient_name = factory.LazyAttribute(lambda certificate: certificate.user.get_full_name())
    course_title = factory.SelfAttribute("course.title")
    completed_at = factory.SelfAttribute("enrollment.completed_at")
    issued_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Certificate
