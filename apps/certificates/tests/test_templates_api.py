"""Templates over HTTP."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.certificates.factories import CertificateTemplateFactory
from apps.certificates.models import CertificateTemplate
from apps.certificates.tests.pdf import text_of
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf

TEMPLATES = "/api/certificates/templates/"


@pytest.fixture
def template(school: Tenant) -> CertificateTemplate:
    with tenant_context(school):
        return CertificateTemplateFactory.create(name="Plain")


def names(school: Tenant) -> list[str]:
    with tenant_context(school):
        return list(CertificateTemplate.objects.order_by("name").values_list("name", flat=True))


def test_the_life_of_a_template(school: Tenant, admin: User, as_user: ClientOf) -> None:
    client = as_user(admin)
    body = {"name": "Diploma", "design": {"layout": "modern"}, "language": "ar", "is_default": True, "valid_days": 30}

    created = client.post(TEMPLATES, body)
    address = f"{TEMPLATES}{created.json()['id']}/"

    assert created.status_code == 201
    assert created.json() | body == created.json()
    assert client.get(address)["ETag"] == '"1"'
    assert client.patch(address, {"name": "Degree"}, headers={"If-Match": '"7"'}).status_code == 412
    assert client.patch(address, {"name": "Degree"}, headers={"If-Match": '"1"'}).json()["version"] == 2
    assert [row["name"] for row in client.get(TEMPLATES).json()["results"]] == ["Degree"]
    assert client.delete(address).status_code == 204
    assert names(school) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "A", "design": {"layout": "fancy"}}, "design.layout"),
        ({"name": "A", "design": {"texts": {"body": "{password}"}}}, "design.texts.body"),
        ({"name": "A", "design": "bold"}, "design"),
        ({"name": "A", "design": None}, "design"),
        ({"name": "A", "language": "English!"}, "language"),
        ({"name": "A", "valid_days": 0}, "valid_days"),
        ({"name": "A", "valid_days": -1}, "valid_days"),
    ],
)
def test_what_is_wrong_is_named(school: Tenant, admin: User, as_user: ClientOf, body: Any, field: str) -> None:
    response = as_user(admin).post(TEMPLATES, body)

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert names(school) == []


def test_a_name_that_is_taken_is_a_conflict(admin: User, template: CertificateTemplate, as_user: ClientOf) -> None:
    response = as_user(admin).post(TEMPLATES, {"name": "Plain"})

    assert (response.status_code, response.json()["code"]) == (409, "template_conflict")


def test_a_preview_tries_changes_on(
    school: Tenant, admin: User, template: CertificateTemplate, as_user: ClientOf
) -> None:
    address = f"{TEMPLATES}{template.id}/preview/"

    as_stored = as_user(admin).post(address)
    tried_on = as_user(admin).post(address, {"design": {"texts": {"title": "#eval(1) {school}"}}, "language": "de"})

    assert as_stored["Content-Type"] == "application/pdf"
    assert "Certificate of Completion" in text_of(as_stored.content)
    assert "#eval(1) Maple School" in text_of(tried_on.content)
    assert "Zertifikatsnummer" in text_of(tried_on.content)
    assert as_user(admin).post(address, {"design": []}).status_code == 400
    assert as_user(admin).post(address, {"language": "?"}).status_code == 400
    with tenant_context(school):
        template.refresh_from_db()
    assert (template.design, template.language) == ({}, "en")


def test_only_the_office_touches_templates(
    school: Tenant,
    learner: User,
    instructor: User,
    principal: User,
    stranger: User,
    template: CertificateTemplate,
    as_user: ClientOf,
) -> None:
    address = f"{TEMPLATES}{template.id}/"

    assert as_user(principal).get(address).status_code == 200
    for person, status in ((learner, 403), (instructor, 403), (stranger, 404)):
        assert as_user(person).get(address).status_code == status
    for person, status in ((learner, 403), (instructor, 403), (principal, 403), (stranger, 404)):
        client = as_user(person)
        assert client.patch(address, {"name": "Mine"}).status_code == status
        assert client.delete(address).status_code == status
        assert client.post(f"{address}preview/").status_code == status
    assert as_user(learner).post(TEMPLATES, {"name": "Mine"}).status_code == 403
    assert names(school) == ["Plain"]


def test_the_list_takes_the_same_few_statements_for_any_number_of_rows(
    school: Tenant, admin: User, as_user: ClientOf
) -> None:
    client = as_user(admin)
    counts = []
    for more in (3, 27):
        with tenant_context(school):
            CertificateTemplateFactory.create_batch(more)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(TEMPLATES, {"page_size": 50}).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 4
