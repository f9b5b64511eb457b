"""The outbox's deliveries: nothing is lost between commit and send, nothing has a second effect."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from apps.core import tasks
from apps.core.choices import DeliveryState
from apps.core.events import emit_all, handles
from apps.core.events.outbox import (
    FIRST_PICKUP,
    KEEP_DONE,
    MAX_ATTEMPTS,
    deliver,
    purge_done_deliveries,
    replay_delivery,
    retry_due_deliveries,
)
from apps.core.ids import new_id
from apps.core.models import Delivery, IdempotencyRecord, Tenant
from apps.core.tenancy.context import platform_context, tenant_context
from apps.core.tests.bells import BellRang, Listener, deliveries, ring
from tests.parallel import in_parallel

Capture = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def failed(
    school: Tenant, listener: Listener, bell: UUID, django_capture_on_commit_callbacks: Capture
) -> Callable[[], Delivery]:
    """Return a function to the one delivery, whose first attempt has failed."""
    listener.error = KeyError("bell")
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        ring(bell)

    def delivery() -> Delivery:
        (found,) = deliveries()
        return found

    return delivery


def test_a_failure_is_kept_and_tried_again_after_a_while(failed: Callable[[], Delivery], listener: Listener) -> None:
    delivery = failed()
    assert (delivery.state, delivery.attempts, delivery.last_error) == (DeliveryState.PENDING, 1, "KeyError: 'bell'")
    assert delivery.next_attempt_at > timezone.now() + timedelta(seconds=15)
    listener.error = None

    too_early = retry_due_deliveries(now=timezone.now())
    in_time = retry_due_deliveries(now=timezone.now() + timedelta(minutes=1))

    assert (too_early, in_time) == (0, 1)
    assert (failed().state, failed().last_error) == (DeliveryState.DONE, "")
    assert len(listener.heard) == 1


def test_each_failure_doubles_the_wait_and_the_last_one_parks(failed: Callable[[], Delivery]) -> None:
    waits = []
    for _ in range(MAX_ATTEMPTS - 1):
        before = timezone.now()
        retry_due_deliveries(now=before + timedelta(days=1))
        waits.append(round((failed().next_attempt_at - before).total_seconds(), -1))

    assert waits[:3] == [40, 80, 160]
    assert (failed().state, failed().attempts) == (DeliveryState.PARKED, MAX_ATTEMPTS)
    assert retry_due_deliveries(now=timezone.now() + timedelta(days=2)) == 0


def test_a_parked_delivery_can_be_replayed(
    failed: Callable[[], Delivery], listener: Listener, django_capture_on_commit_callbacks: Capture
) -> None:
    for _ in range(MAX_ATTEMPTS):
        retry_due_deliveries(now=timezone.now() + timedelta(days=1))
    listener.error = None

    with django_capture_on_commit_callbacks(execute=True):
        replay_delivery(delivery=failed())

    assert (failed().state, failed().attempts) == (DeliveryState.DONE, 1)


def test_the_command_replays_what_is_parked(
    failed: Callable[[], Delivery], listener: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(MAX_ATTEMPTS):
        retry_due_deliveries(now=timezone.now() + timedelta(days=1))
    listener.error = None

    call_command("deliver_events", "--replay-parked")
    call_command("deliver_events")

    assert capsys.readouterr().out == (
        "1 parked deliveries put back in the queue.\n1 deliveries done.\n0 deliveries done.\n"
    )
    assert failed().state == DeliveryState.DONE


@pytest.mark.parametrize("field", ["handler", "event"])
def test_what_this_version_does_not_know_waits_for_one_that_does(
    failed: Callable[[], Delivery], listener: Listener, school: Tenant, field: str
) -> None:
    delivery = failed()
    known = getattr(delivery, field)
    with tenant_context(school):
        Delivery.objects.update(**{field: "from.the.future"})

    assert deliver(delivery.id, tenant_id=school.id) is False
    assert "does not know" in failed().last_error

    listener.error = None
    with tenant_context(school):
        Delivery.objects.update(**{field: known})
    assert deliver(delivery.id, tenant_id=school.id) is True


def test_a_failing_handler_takes_back_what_it_wrote_and_keeps_the_note(
    school: Tenant, listener: Listener, bell: UUID, django_capture_on_commit_callbacks: Capture
) -> None:
    def writes_and_fails(event: BellRang) -> None:
        Tenant.objects.update(name="Spoilt")
        raise ValueError(event.bell)

    handles(BellRang)(writes_and_fails)
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        ring(bell)

    with tenant_context(school):
        assert Tenant.objects.get().name == "Maple School"
    assert [delivery.state for delivery in deliveries()] == [DeliveryState.DONE, DeliveryState.PENDING]


def test_what_a_dying_process_left_is_picked_up(school: Tenant, listener: Listener, bell: UUID) -> None:
    with tenant_context(school):
        ring(bell)  # committed, and never dispatched

    assert retry_due_deliveries(now=timezone.now()) == 0
    assert retry_due_deliveries(now=timezone.now() + FIRST_PICKUP) == 1
    assert len(listener.heard) == 1


def test_a_delivery_that_is_done_is_not_run_again(
    school: Tenant, listener: Listener, bell: UUID, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        ring(bell)

    assert deliver(deliveries()[0].id, tenant_id=school.id) is False
    assert len(listener.heard) == 1


def test_a_delivery_is_not_found_from_another_tenant(
    school: Tenant, other_school: Tenant, listener: Listener, bell: UUID
) -> None:
    with tenant_context(school):
        ring(bell)

    assert deliver(deliveries()[0].id, tenant_id=other_school.id) is False
    assert listener.heard == []


@pytest.mark.django_db(transaction=True)
def test_workers_on_several_connections_run_a_delivery_once(
    school: Tenant, listener: Listener, bell: UUID, settings: Settings
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks.deliver_event, "delay", lambda *_: None)
        with tenant_context(school):
            ring(bell)
    delivery = deliveries()[0]

    outcomes = in_parallel([partial(deliver, delivery.id, tenant_id=school.id)] * 4)

    assert sorted(outcomes) == [False, False, False, True]
    assert len(listener.heard) == 1


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[list[tuple[Any, ...]]]:
    """Return what is sent to the broker."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.deliver_event, "delay", lambda *arguments: sent.append(arguments))
    return iter([sent])


def test_with_a_broker_the_workers_get_ids_only(
    school: Tenant,
    listener: Listener,
    bell: UUID,
    queue: Iterator[list[tuple[Any, ...]]],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        ring(bell)
    with django_capture_on_commit_callbacks(execute=True), platform_context(reason="test"):
        ring(bell)

    (sent,) = queue
    assert listener.heard == []
    by_tenant = {delivery.tenant_id: str(delivery.id) for delivery in deliveries()}
    assert sent == [(by_tenant[school.id], str(school.id)), (by_tenant[None], None)]
    assert [tasks.deliver_event(*arguments) for arguments in sent] == [True, True]
    assert len(listener.heard) == 2


def test_the_deliveries_of_one_commit_go_to_a_worker_in_one_message(
    school: Tenant,
    listener: Listener,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    events = [BellRang(bell=new_id()), BellRang(bell=new_id())]
    sent: list[Any] = []
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(tasks.deliver_events, "delay", sent.append)

    with django_capture_on_commit_callbacks(execute=True), tenant_context(school), transaction.atomic():
        emit_all(*events)

    (references,) = sent
    assert listener.heard == []
    assert references == [(str(delivery.id), str(school.id)) for delivery in deliveries()]
    assert (tasks.deliver_events(references), tasks.deliver_events(references)) == (2, 0)
    assert listener.heard == events


def test_a_broker_that_is_gone_costs_no_request(
    school: Tenant,
    listener: Listener,
    bell: UUID,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError

    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(tasks.deliver_event, "delay", fail)

    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        ring(bell)

    assert retry_due_deliveries(now=timezone.now() + FIRST_PICKUP) == 1


def test_the_clock_retries_and_purges(
    school: Tenant, listener: Listener, bell: UUID, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        ring(bell)
    with tenant_context(school):
        Delivery.objects.update(done_at=timezone.now() - KEEP_DONE - timedelta(hours=1))
        IdempotencyRecord.objects.create(actor_id=bell, key="old", fingerprint="x")
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(days=2))
        IdempotencyRecord.objects.create(actor_id=bell, key="new", fingerprint="x")

    assert tasks.retry_deliveries() == 0
    assert tasks.purge() == 2

    assert deliveries() == []
    with tenant_context(school):
        assert [str(record) for record in IdempotencyRecord.objects.all()] == ["new"]
    assert purge_done_deliveries() == 0
