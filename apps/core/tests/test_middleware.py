"""Request ids, headers, log lines, the renderer."""

import json
import logging
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.core.actor_context import actor_context
from apps.core.http.middleware import RequestIdMiddleware
from apps.core.http.renderers import ORJSONRenderer
from apps.core.logging import _add_context, logging_configuration
from apps.core.models import Tenant
from apps.core.request_context import request_id_context
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.mark.parametrize(
    ("offered", "is_kept"), [("abc-123.DEF_4", True), ("short", False), ("x" * 65, False), ("a b c d e f", False)]
)
def test_a_well_formed_request_id_is_kept(db: None, offered: str, is_kept: bool) -> None:
    response = Client().get("/api/nothing/", headers={"X-Request-Id": offered})

    assert (response["X-Request-Id"] == offered) is is_kept
    assert response.json()["request_id"] == response["X-Request-Id"]


def test_the_api_sets_its_headers(db: None) -> None:
    response = Client().get("/api/nothing/")

    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Permissions-Policy"]


def test_pages_may_load_their_own_scripts(db: None) -> None:
    response = Client().get("/admin/login/")

    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_the_front_door_leads_to_the_documentation(db: None) -> None:
    response = Client().get("/")

    assert (response.status_code, response["Location"]) == (HTTPStatus.FOUND, "/api/schema/swagger-ui/")


@pytest.mark.parametrize("page", ["swagger-ui", "redoc"])
def test_the_documentation_loads_nothing_from_elsewhere(db: None, page: str) -> None:
    response = Client().get(f"/api/schema/{page}/")

    assert response.status_code == HTTPStatus.OK
    assert "/static/drf_spectacular_sidecar/" in response.content.decode()
    assert "://" not in response.content.decode()


def test_the_log_line_of_a_request_has_ids_and_no_personal_data(
    school: Tenant, admin: User, as_user: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="lms.request")

    as_user(admin).get("/api/core/settings/?email=somebody@maple.test")

    record: Any = next(record for record in caplog.records if record.name == "lms.request")
    assert (record.method, record.route, record.status) == ("GET", "api/core/settings/", 200)
    assert record.milliseconds > 0
    assert "maple.test" not in caplog.text + str(record.__dict__)


def test_probes_leave_no_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="lms.request")

    RequestIdMiddleware(lambda _: HttpResponse())(RequestFactory().get("/health"))

    assert caplog.records == []


def test_a_line_says_for_whom_it_was_written(school: Tenant) -> None:
    with tenant_context(school), request_id_context("request-1"), actor_context("actor-1"):
        event = _add_context(None, "", {})

    assert event == {"tenant": str(school.id), "user": "actor-1", "request_id": "request-1"}
    assert _add_context(None, "", {}) == {"tenant": None, "user": None, "request_id": None}


@pytest.mark.parametrize("as_json", [True, False])
def test_extra_facts_are_logged_by_an_allow_list(as_json: bool) -> None:
    configuration = logging_configuration(as_json=as_json)["formatters"]["structured"]
    formatter = configuration["()"](
        processors=configuration["processors"], foreign_pre_chain=configuration["foreign_pre_chain"]
    )
    record = logging.LogRecord("lms", logging.INFO, "x.py", 1, "request", (), None)
    record.status = 200
    record.email = "somebody@maple.test"

    line = formatter.format(record)

    assert "200" in line
    assert "maple.test" not in line


def test_the_renderer_writes_what_models_hold() -> None:
    from decimal import Decimal
    from types import MappingProxyType

    from django.utils.translation import gettext_lazy

    rendered = ORJSONRenderer().render(
        {"score": Decimal("1.50"), "text": gettext_lazy("English"), "map": MappingProxyType({"a": 1})}
    )

    assert json.loads(rendered) == {"score": "1.50", "text": "English", "map": {"a": 1}}
    assert ORJSONRenderer().render(None) == b""
    with pytest.raises(TypeError):
        ORJSONRenderer().render({"what": object()})
