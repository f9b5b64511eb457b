"""What the world sees of a certificate: the public page and its API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.certificates import throttling
from apps.certificates.factories import CertificateFactory, CertificateTemplateFactory
from apps.certificates.models import Certificate
from apps.certificates.numbers import new_number
from apps.certificates.services import reissue_certificate, revoke_certificate
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context

API = "/api/certificates/verify/"


def expire(certificate: Certificate) -> None:
    Certificate.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke(certificate: Certificate) -> None:
    revoke_certificate(certificate=certificate, reason="Secret gossip", by=None)


def supersede(certificate: Certificate) -> None:
    reissue_certificate(certificate=certificate, by=None)


def leave(certificate: Certificate) -> None:
    """Keep it as it is."""


CHANGES: list[Any] = [
    ("valid", leave, "This certificate is valid"),
    ("expired", expire, "This certificate has expired"),
    ("revoked", revoke, "This certificate was revoked"),
    ("superseded", supersede, "This certificate was replaced"),
]


@pytest.mark.parametrize(("status", "change", "words"), CHANGES)
def test_the_page_and_the_api_tell_how_a_certificate_stands(
    school: Tenant,
    certificate: Certificate,
    client: Client,
    status: str,
    change: Callable[[Certificate], None],
    words: str,
) -> None:
    with tenant_context(school):
        change(certificate)

    page = client.get(f"/verify/{certificate.number}/")
    answer = client.get(f"{API}{certificate.number}/")

    assert page.status_code == 200
    assert words in page.content.decode()
    assert sum(other in page.content.decode() for _, _, other in CHANGES) == 1
    assert certificate.recipient_name in page.content.decode()
    assert answer.json()["status"] == status
    assert "Secret gossip" not in page.content.decode() + answer.content.decode()


def test_the_api_answers_these_facts_and_no_others(certificate: Certificate, client: Client) -> None:
    response = client.get(f"{API}{certificate.number.lower().replace('-', '')}/")

    facts = response.json()
    assert (
        facts
        | {
            "number": certificate.number,
            "status": "valid",
            "recipient_name": certificate.recipient_name,
            "course_title": "Python",
            "school": "Maple School",
            "expires_at": None,
            "revoked_at": None,
        }
        == facts
    )
    assert len(facts) == 8


def test_neither_page_nor_api_shows_more_than_the_paper(certificate: Certificate, client: Client) -> None:
    text = client.get(f"/verify/{certificate.number}/").content.decode()
    text += client.get(f"{API}{certificate.number}/").content.decode()

    for secret in (certificate.user.email, str(certificate.id), str(certificate.user_id), str(certificate.tenant_id)):
        assert secret not in text


@pytest.mark.parametrize("host", ["localhost", "maple.localhost", "birch.localhost"])
def test_any_host_verifies_any_school(
    certificate: Certificate, other_school: Tenant, client: Client, host: str
) -> None:
    assert client.get(f"/verify/{certificate.number}/", headers={"host": host}).status_code == 200
    assert client.get(f"{API}{certificate.number}/", headers={"host": host}).status_code == 200


def test_verifying_takes_one_statement(certificate: Certificate, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/verify/{certificate.number}/")

    assert len(queries) <= 2


def test_a_bad_token_does_not_keep_anybody_from_verifying(certificate: Certificate, client: Client) -> None:
    response = client.get(f"{API}{certificate.number}/", headers={"Authorization": "Bearer nonsense"})

    assert response.status_code == 200


@pytest.mark.parametrize("spelling", [str.lower, lambda number: number.replace("-", ""), lambda number: number[4:]])
def test_other_spellings_lead_to_the_page(
    certificate: Certificate, client: Client, spelling: Callable[[str], str]
) -> None:
    typed = spelling(certificate.number)
    canonical = f"/verify/{certificate.number}/"

    assert client.get(f"/verify/{typed}/")["Location"] == canonical
    assert client.get("/verify/", {"number": f" {typed} "})["Location"] == canonical


def test_the_form_asks_for_a_number(client: Client, db: None) -> None:
    response = client.get("/verify/")

    assert response.status_code == 200
    assert '<form action="/verify/" method="get">' in response.content.decode()


HOSTILE = [
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%00",
    "..",
    "LMS-2026-UUUU-UUUU-UUUU-U",
    "x" * 3000,
    "\u202eLMS",
    "{{ 7*7 }}",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_numbers_get_a_helpful_404(client: Client, db: None, typed: str) -> None:
    quoted = client.get("/verify/" + typed.replace("/", "%2F").replace("?", "%3F") + "/")
    asked = client.get("/verify/", {"number": typed})

    assert asked.status_code == 404
    assert "not a certificate number" in asked.content.decode()
    assert "<script" not in asked.content.decode()
    assert len(asked.content) < 6000
    assert quoted.status_code == 404
    assert "<script" not in quoted.content.decode()


@pytest.mark.parametrize("typed", ["", "nonsense", "%00", "LMS-2026-ENGN-DQZH-EYCS-M"])
def test_unknown_numbers_are_404_in_the_api(client: Client, db: None, typed: str) -> None:
    assert client.get(f"{API}{typed}/").status_code == 404


def test_an_unknown_number_is_a_404_that_says_so(client: Client, db: None) -> None:
    number = new_number(2026)

    response = client.get(f"/verify/{number}/")

    assert response.status_code == 404
    assert "No certificate has this number" in response.content.decode()
    assert number in response.content.decode()


def test_names_are_escaped(school: Tenant, certificate: Certificate, client: Client) -> None:
    with tenant_context(school):
        Certificate.objects.update(recipient_name="<img src=x onerror=alert(1)>")

    text = client.get(f"/verify/{certificate.number}/").content.decode()

    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_the_page_is_closed_to_scripts_frames_and_search_engines(certificate: Certificate, client: Client) -> None:
    response = client.get(f"/verify/{certificate.number}/")

    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


@pytest.mark.parametrize(
    ("theme", "color", "on_color"),
    [
        ({"primary_color": "#ffee00"}, "#ffee00", "#000000"),
        ({"primary_color": "#112233"}, "#112233", "#ffffff"),
        ({"primary_color": "red; } body { display: none"}, "#1f3a5f", "#ffffff"),
        ({}, "#1f3a5f", "#ffffff"),
    ],
)
def test_the_page_wears_the_colour_of_the_school(
    school: Tenant, certificate: Certificate, client: Client, theme: dict[str, str], color: str, on_color: str
) -> None:
    with tenant_context(school):
        Tenant.objects.update(theme=theme)

    text = client.get(f"/verify/{certificate.number}/").content.decode()

    assert f"--school: {color}; --on-school: {on_color};" in text


def test_facts_of_a_right_to_left_certificate_start_at_the_right(school: Tenant, client: Client) -> None:
    with tenant_context(school):
        certificate = CertificateFactory.create(
            template=CertificateTemplateFactory.create(language="ar"), recipient_name="ليلى المنصوري"
        )

    text = client.get(f"/verify/{certificate.number}/").content.decode()

    assert '<dl dir="rtl">' in text
    assert '<dd dir="auto">ليلى المنصوري</dd>' in text


def test_one_network_can_not_walk_through_the_numbers(
    certificate: Certificate, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "PER_MINUTE", 3)
    for _ in range(3):
        assert client.get(f"{API}{new_number(2026)}/").status_code == 404

    page = client.get(f"/verify/{certificate.number}/")
    answer = client.get(f"{API}{certificate.number}/")

    assert (page.status_code, answer.status_code) == (429, 429)
    assert int(page["Retry-After"]) <= 60
    assert "Too many questions" in page.content.decode()
    assert client.get(f"{API}{certificate.number}/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_nothing_but_reading(client: Client, db: None) -> None:
    assert client.post("/verify/").status_code == 405
    assert client.post(f"/verify/{new_number(2026)}/").status_code == 405
