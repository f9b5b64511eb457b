"""What Redis gives while it is there, and what is left of the platform when it is gone, or hangs."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from redis import Redis

from apps.core.choices import DeliveryState
from apps.core.events.outbox import retry_due_deliveries
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.factories import PASSWORD, UserFactory
from apps.users.models import User
from tests.services.courses import enroll_in_a_course
from tests.services.installation import Answer, Installation, ask, wait_until
from tests.services.relay import Relay

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


def log_in(port: int, email: str, password: str) -> Answer:
    return ask(port, "POST", "/api/auth/login/", {"email": email, "password": password})


def test_processes_that_share_a_cache_share_the_limit_of_failed_log_ins(
    installation: Installation, school: Tenant
) -> None:
    with tenant_context(school):
        UserFactory.create(email="guessed@maple.test", with_password=True)
    installation.variables["LOGIN_FAILURES_PER_ADDRESS"] = "3"
    ports = [installation.start_web(), installation.start_web()]

    guesses = [log_in(ports[guess % 2], "guessed@maple.test", "wrong").status for guess in range(4)]
    right = log_in(ports[0], "guessed@maple.test", PASSWORD)

    assert guesses == [400, 400, 400, 429]
    assert (right.status, right.body["code"]) == (429, "throttled")


def test_a_changed_setting_holds_at_once_in_every_process_that_shares_the_cache(
    installation: Installation, admin: User
) -> None:
    first, second = installation.start_web(), installation.start_web()
    current, mode = "/api/core/tenants/current/", "registration_mode"
    before = ask(second, "GET", current, user=admin)

    changed = ask(first, "PATCH", "/api/core/settings/", {"users": {mode: "open"}}, user=admin)
    after = ask(second, "GET", current, user=admin)

    assert changed.status == 200
    assert before.body["settings"]["users"][mode] == "invitation"
    assert after.body["settings"]["users"][mode] == "open"


@pytest.mark.parametrize("lose", [Relay.cut, Relay.fall_silent], ids=["gone", "silent"])
def test_without_redis_people_go_on_and_no_event_is_lost(
    installation: Installation, redis_wire: Relay, school: Tenant, learner: User, lose: Callable[[Relay], None]
) -> None:
    with tenant_context(school):
        UserFactory.create(email="known@maple.test", with_password=True)
    enrolled = enroll_in_a_course(school, learner)
    installation.variables["LOGIN_FAILURES_PER_ADDRESS"] = "1"
    web = installation.start_web()
    whole = ask(web, "GET", "/ready")
    lose(redis_wire)

    without = ask(web, "GET", "/ready")
    alive = ask(web, "GET", "/health")
    current = ask(web, "GET", "/api/core/tenants/current/", user=learner)
    guesses = [log_in(web, "known@maple.test", "wrong").status for _ in range(3)]
    login = log_in(web, "known@maple.test", PASSWORD)
    completed = enrolled.complete(web)
    redis_wire.restore()
    again = ask(web, "GET", "/ready")

    assert (whole.status, without.status, again.status, alive.status) == (200, 503, 200, 200)
    assert {name: check["status"] for name, check in without.body["checks"].items()} == {
        "database": "up", "storage": "up", "cache": "down", "broker": "down",
    }  # fmt: skip
    assert (current.status, login.status, completed.status) == (200, 200, 200)
    assert guesses == [400, 400, 400]  # nobody counts; the cap on concurrent hashes still holds
    assert (enrolled.delivery().state, enrolled.certificates()) == (DeliveryState.PENDING, 0)
    assert retry_due_deliveries(now=timezone.now() + timedelta(minutes=1)) > 0
    assert enrolled.certificates() == 1


@pytest.fixture
def read_only_cache(cache_url: str) -> Iterator[str]:
    """Return the cache as somebody who may read it only, as a replica or a full server lets everybody."""
    place = urlsplit(cache_url)
    name = f"reader-{new_id().hex}"
    with Redis.from_url(cache_url) as redis:
        redis.execute_command("ACL", "SETUSER", name, "on", "nopass", "~*", "+@read", "+@connection")
        yield f"redis://{name}:any@{place.hostname}:{place.port}{place.path}"
        redis.execute_command("ACL", "DELUSER", name)


def test_a_cache_that_takes_no_entry_stops_no_request(
    installation: Installation, read_only_cache: str, school: Tenant, learner: User
) -> None:
    with tenant_context(school):
        UserFactory.create(email="known@maple.test", with_password=True)
    installation.variables["CACHE_URL"] = read_only_cache
    web = installation.start_web()

    ready = ask(web, "GET", "/ready")
    current = ask(web, "GET", "/api/core/tenants/current/", user=learner)
    login = log_in(web, "known@maple.test", PASSWORD)

    assert (ready.status, ready.body["checks"]["cache"]["status"]) == (503, "down")
    assert (current.status, login.status) == (200, 200)


def test_a_worker_outlives_its_broker(
    installation: Installation, redis_wire: Relay, school: Tenant, learner: User
) -> None:
    enrolled = enroll_in_a_course(school, learner)
    web = installation.start_web()
    worker = installation.start_worker()
    redis_wire.cut()
    wait_until(lambda: "Connection to broker lost" in installation.printed("worker"), "the worker misses its broker")
    redis_wire.restore()

    enrolled.complete(web)

    wait_until(lambda: enrolled.certificates() == 1, "the certificate is there")
    assert worker.poll() is None
