"""Events travel through Redis to a real worker, and a killed worker neither loses nor doubles one."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.utils import timezone

from apps.core.choices import DeliveryState
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.services.courses import Enrolled, enroll_in_a_course
from tests.services.installation import Installation, database_url, family_of, kill_family, wait_until

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


@pytest.fixture
def enrolled(school: Tenant, learner: User) -> Enrolled:
    return enroll_in_a_course(school, learner)


def test_a_completed_course_gives_its_certificate_through_the_broker_and_a_worker(
    installation: Installation, enrolled: Enrolled
) -> None:
    web = installation.start_web()
    reported = enrolled.complete(web)
    waiting = enrolled.delivery()

    installation.start_worker()

    assert reported.status in {200, 201}
    assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 0)
    wait_until(lambda: enrolled.certificates() == 1, "the certificate is there")
    wait_until(enrolled.is_settled, "every event has had its effect, those of the worker's own included")
    assert enrolled.delivery().attempts == 1
    assert [path.suffix for path in (installation.folder / "media").rglob("*") if path.is_file()] == [".pdf"]


@contextmanager
def certificates_held_up() -> Iterator[psycopg.Connection]:
    """Let whoever issues a certificate wait in the middle of its transaction."""
    with psycopg.connect(database_url()) as holder:
        holder.execute("LOCK TABLE certificates_certificate IN SHARE ROW EXCLUSIVE MODE")
        yield holder


def blocked_backends() -> list[int]:
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(database_url()) as observer:
        return [row[0] for row in observer.execute(waiting).fetchall()]


def lose_the_machine(installation: Installation) -> Callable[[], object]:
    """Kill the worker and all its processes, as a power cut would; return how it comes back."""
    kill_family(installation.processes[-1])
    return installation.start_worker


def lose_the_pool(installation: Installation) -> Callable[[], object]:
    """Kill the processes that run tasks, as a machine out of memory would; the worker replaces them by itself."""
    for child in family_of(installation.processes[-1])[1:]:
        child.send_signal(signal.SIGKILL)
    return lambda: None


@pytest.mark.parametrize("lose", [lose_the_machine, lose_the_pool])
def test_a_worker_killed_in_the_middle_of_a_delivery_delivers_it_once(
    installation: Installation, enrolled: Enrolled, lose: Callable[[Installation], Callable[[], object]]
) -> None:
    web = installation.start_web()
    installation.start_worker()
    with certificates_held_up():
        enrolled.complete(web)
        wait_until(blocked_backends, "the worker is in the middle of issuing the certificate")
        come_back = lose(installation)
    wait_until(lambda: not blocked_backends(), "the database has rolled back what the dead left")
    come_back()

    with tenant_context(enrolled.school):
        Delivery.objects.filter(state=DeliveryState.PENDING).update(next_attempt_at=timezone.now())
    installation.call("core.retry_deliveries")
    wait_until(enrolled.is_settled, "every event has had its effect")
    delivery = enrolled.delivery()
    settled = installation.printed("worker").count("core.deliver_event")
    installation.call("core.deliver_event", str(delivery.id), str(enrolled.school.id))
    wait_until(
        lambda: installation.printed("worker").count("core.deliver_event") >= settled + 2,
        "the message that came twice is done with",
    )

    assert enrolled.certificates() == 1
    assert (enrolled.delivery().state, enrolled.delivery().attempts) == (DeliveryState.DONE, 1)
