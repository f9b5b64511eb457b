"""Nobody of one school reaches a row of another, by any route of the API, for reading or for writing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from rest_framework.test import APIClient

from apps.certificates.models import Certificate, CertificateTemplate
from apps.core.capabilities import sign_capability
from apps.core.models import Tenant, TenantDomain, TrashEntry
from apps.core.tenancy.context import platform_context, tenant_context
from apps.courses.models import ContentItem, Course, CoursePrerequisite, Module, ModulePrerequisite
from apps.enrollments.models import Enrollment
from apps.files.models import File, Upload
from apps.users.choices import Role
from apps.users.factories import UserFactory, client_of, start_session_of
from apps.users.models import Group, Invitation, Session, User
from tests.isolation.assessment_rows import rows_of_assessments
from tests.isolation.gradebook_rows import rows_of_gradebooks
from tests.isolation.job_rows import row_of_jobs
from tests.isolation.operations import UUID_PATTERN, Operation, Rows, operations
from tests.isolation.rows import fingerprints_of, ids_of

# What anybody on earth may read, and shows nothing that its owner did not publish.
PUBLIC = {"GET /api/certificates/verify/{number}/"}


def complete(tenant: Tenant) -> Rows:
    """Return one row of each kind of `tenant`, adding those that the demo data lacks."""
    with tenant_context(tenant):
        user = User.objects.filter(roles=[Role.LEARNER]).order_by("email").first()
        course = Course.objects.order_by("slug").first()
        assert user is not None
        assert course is not None
        modules = list(Module.objects.filter(course=course).order_by("order")[:2])
        other = Course.objects.exclude(id=course.id).order_by("-slug").first()
        rows: dict[str, Any] = {
            "user": user,
            "course": course,
            "module": modules[0],
            "content_item": ContentItem.objects.filter(module=modules[0]).first(),
            "enrollment": Enrollment.objects.filter(course=course).first(),
            "template": CertificateTemplate.objects.first(),
            "group": Group.objects.first(),
            "session": Session.objects.filter(user=user).first() or start_session_of(user),
            "domain": TenantDomain.objects.create(domain=f"{tenant.slug}.school.test", verification_token="x"),
            "invitation": Invitation.objects.create(
                email="guest@school.test",
                token_hash=tenant.slug,
                invited_by_id=user.id,
                expires_at="2100-01-01T00:00Z",
            ),
            "prerequisite_of_courses": CoursePrerequisite.objects.get_or_create(course=course, required_course=other)[
                0
            ],
            "prerequisite_of_modules": ModulePrerequisite.objects.get_or_create(
                module=modules[1], required_module=modules[0]
            )[0],
            **rows_of_assessments(),
            **rows_of_gradebooks(),
            "job": row_of_jobs(user),
        }
        certificate = Certificate.objects.order_by("id")[0]
        rows |= rows_of_files()
        tokens = {
            "picture_token": sign_capability("file", tenant_id=tenant.id, subject_id=rows["picture"].pk, kind=1),
            "avatar_token": sign_capability("avatar", tenant_id=tenant.id, subject_id=user.pk, kind=1),
        }
    return {
        **tokens,
        **{name: str(row.pk) for name, row in rows.items() if row is not None},
        "certificate": str(certificate.id),
        "certificate_number": certificate.number,
        "version_number": "1",
        "tenant": str(tenant.id),
        "tenant_slug": tenant.slug,
    }


def rows_of_files() -> dict[str, Any]:
    """Return one row of each kind that files have, of the open school's demo."""
    file = File.objects.get(name="Student handbook.pdf")
    return {
        "file": file,
        "folder": file.folder,
        "picture": File.objects.get(name="Cover 1.png"),
        "upload": Upload.objects.order_by("id")[0],
        "trash_entry": TrashEntry.objects.order_by("id")[0],
    }


class Schools:
    """The attackers' school and the victim."""

    def __init__(self) -> None:
        with platform_context(reason="test"):
            self.mine = Tenant.objects.get(slug="acme")
            self.theirs = Tenant.objects.get(slug="techu")
        self.my_rows = complete(self.mine)
        self.their_rows = complete(self.theirs)
        self.their_ids = ids_of(self.theirs)
        self.fingerprints = fingerprints_of(self.theirs)


@pytest.fixture
def schools(demo_schools: None) -> Schools:
    return Schools()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of an attacker; `on_theirs`: aimed at a row of the neighbour, so it must be refused."""

    operation: Operation
    url: str
    data: Any
    on_theirs: bool

    def send(self, client: APIClient) -> Any:
        if self.operation.is_form:
            form = {**self.data, "file": SimpleUploadedFile("notes.txt", b"Notes of somebody.", "text/plain")}
            return client.post(self.url, form, format="multipart")
        if not self.data:
            return client.generic(self.operation.method, self.url)
        return getattr(client, self.operation.method.lower())(self.url, self.data)

    def complaints(self, response: Any, schools: Schools) -> Iterator[str]:
        """Yield what is wrong with the answer."""
        sent = set(UUID_PATTERN.findall(f"{self.url} {self.data}"))
        body = b"" if response.streaming else response.content
        shown = set(UUID_PATTERN.findall(body.decode(errors="replace")))
        if response.status_code >= 500:
            yield f"{self.operation}: {response.status_code}"
        if leaked := (shown - sent) & schools.their_ids:
            yield f"{self.operation}: leaks {sorted(leaked)[:3]}"
        if self.on_theirs and response.status_code < 400 and str(self.operation) not in PUBLIC:
            yield f"{self.operation}: {response.status_code} on a row of the neighbour"


def attempts(operation: Operation, schools: Schools) -> Iterator[Attempt]:
    """Yield the operation on their row; on mine with references to theirs; with filters that name theirs."""
    mine, theirs = schools.my_rows, schools.their_rows
    if "{" in operation.path:
        body = operation.body_about(mine) if operation.is_write else {}
        yield Attempt(operation, operation.url(theirs), body, on_theirs=True)
    body = operation.body_about(theirs) if operation.is_write else {}
    yield Attempt(operation, operation.url(mine), body, on_theirs=False)
    if query := operation.query_about(theirs):
        url = f"{operation.url(mine)}?{urlencode(query)}"
        yield Attempt(operation, url, operation.body_about(mine) if operation.is_write else {}, on_theirs=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", [Role.LEARNER, Role.INSTRUCTOR, Role.PRINCIPAL, Role.ADMIN])
def test_no_route_leaks_or_changes_a_row_of_the_neighbour(schools: Schools, role: Role) -> None:
    client = client_of(somebody(schools.mine, role))
    complaints: list[str] = []
    tried = 0

    for attempt in chain.from_iterable(attempts(operation, schools) for operation in operations()):
        with transaction.atomic():
            response = attempt.send(client)
            complaints += attempt.complaints(response, schools)
            if attempt.operation.is_write and response.status_code < 400:
                complaints += changed(schools, attempt)
            transaction.set_rollback(not attempt.on_theirs)  # my own school stays whole for the next attempt
        tried += 1

    assert complaints == []
    assert tried > 100
    assert fingerprints_of(schools.theirs) == schools.fingerprints


def somebody(tenant: Tenant, role: Role) -> User:
    """Return an account with just this role."""
    with tenant_context(tenant):
        found = User.objects.filter(roles=[role]).order_by("email").first()
        return found or UserFactory.create(roles=[role])


def changed(schools: Schools, attempt: Attempt) -> Iterator[str]:
    """Yield a complaint when the neighbour's rows are not what they were."""
    if fingerprints_of(schools.theirs) != schools.fingerprints:
        yield f"{attempt.operation}: changed rows of the neighbour"
