"""The Django admin of certificates: the same rules as everywhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.certificates.factories import CertificateFactory, CertificateTemplateFactory
from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.tests.pdf import text_of
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User

CERTIFICATES = "/admin/certificates/certificate/"
TEMPLATES = "/admin/certificates/certificatetemplate/"
Browser = Callable[[User], Client]


@pytest.fixture
def browser(school: Tenant) -> Browser:
    """Return a function from a person to a browser that is logged in at the school's host."""

    def log_in(user: User) -> Client:
        client = Client(headers={"host": "maple.localhost"})
        with tenant_context(school):
            client.force_login(user)
        return client

    return log_in


def act(client: Client, action: str, certificate: Certificate, **more: str) -> Any:
    body = {"action": action, "_selected_action": [str(certificate.id)], **more}
    return client.post(CERTIFICATES, body, follow=True)


def statuses(school: Tenant) -> list[str]:
    with tenant_context(school):
        return sorted(Certificate.objects.values_list("status", flat=True))


def test_the_office_reads_certificates_and_their_documents(
    admin: User, certificate: Certificate, browser: Browser
) -> None:
    client = browser(admin)

    assert certificate.number in client.get(CERTIFICATES).content.decode()
    page = client.get(f"{CERTIFICATES}{certificate.id}/change/").content.decode()
    assert f"/verify/{certificate.number}/" in page
    assert certificate.number in text_of(client.get(f"{CERTIFICATES}{certificate.id}/pdf/").content)
    assert client.get(f"{CERTIFICATES}nothing/pdf/").status_code == 404


def test_revoking_asks_for_a_reason(school: Tenant, admin: User, certificate: Certificate, browser: Browser) -> None:
    client = browser(admin)

    refused = act(client, "revoke", certificate)

    assert "Say why" in refused.content.decode()
    assert statuses(school) == ["valid"]
    act(client, "revoke", certificate, reason="Plagiarism")
    assert statuses(school) == ["revoked"]
    document = client.get(f"{CERTIFICATES}{certificate.id}/pdf/")
    assert (document.status_code, document["Content-Type"]) == (409, "text/plain; charset=utf-8")


def test_reissuing(school: Tenant, admin: User, certificate: Certificate, browser: Browser) -> None:
    act(browser(admin), "reissue", certificate)

    assert statuses(school) == ["superseded", "valid"]


def test_the_principal_reads_and_changes_nothing(
    school: Tenant, principal: User, certificate: Certificate, browser: Browser
) -> None:
    client = browser(principal)

    assert client.get(CERTIFICATES).status_code == 200
    act(client, "revoke", certificate, reason="Because")
    assert statuses(school) == ["valid"]


def test_instructors_and_neighbours_see_nothing(
    other_school: Tenant, instructor: User, admin: User, certificate: Certificate, browser: Browser
) -> None:
    with tenant_context(other_school):
        theirs = CertificateFactory.create()

    assert browser(instructor).get(CERTIFICATES).status_code == 403
    assert browser(instructor).get(f"{CERTIFICATES}{certificate.id}/pdf/").status_code == 403
    assert theirs.number not in browser(admin).get(CERTIFICATES).content.decode()
    assert browser(admin).get(f"{CERTIFICATES}{theirs.id}/pdf/").status_code == 404


def test_the_life_of_a_template(school: Tenant, admin: User, browser: Browser) -> None:
    client = browser(admin)
    body = {"name": "Diploma", "design": '{"layout": "minimal"}', "language": "de", "valid_days": ""}

    client.post(f"{TEMPLATES}add/", {**body, "is_default": "on"})
    with tenant_context(school):
        template = CertificateTemplate.objects.get()
    assert (template.name, template.is_default, template.design) == ("Diploma", True, {"layout": "minimal"})
    refused = client.post(f"{TEMPLATES}{template.id}/change/", {**body, "design": '{"layout": "fancy"}'})
    assert "Choose one of classic, modern, minimal." in refused.content.decode()
    client.post(f"{TEMPLATES}{template.id}/change/", {**body, "name": "Degree"})
    assert "Zertifikatsnummer" in text_of(client.get(f"{TEMPLATES}{template.id}/pdf/").content)
    with tenant_context(school):
        assert CertificateTemplate.objects.get().name == "Degree"
    client.post(f"{TEMPLATES}{template.id}/delete/", {"post": "yes"})
    with tenant_context(school):
        assert CertificateTemplate.objects.count() == 0


def test_the_office_of_another_school_does_not_reach_a_template(
    other_school: Tenant, admin: User, browser: Browser
) -> None:
    with tenant_context(other_school):
        theirs = CertificateTemplateFactory.create()

    assert browser(admin).get(f"{TEMPLATES}{theirs.id}/change/").status_code == 302
    assert browser(admin).get(f"{TEMPLATES}{theirs.id}/pdf/").status_code == 404
