"""The outbox: what is emitted, and who hears of it when."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from apps.core.choices import DeliveryState
from apps.core.events import emit, emit_all, handles, registry
from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.request_context import request_id_context
from apps.core.tenancy.context import platform_context, tenant_context
from apps.core.tests.bells import BellRang, Listener, SchoolBellRang, deliveries, ring

Capture = DjangoCaptureOnCommitCallbacks


def test_an_event_survives_the_way_through_a_row() -> None:
    event = BellRang(bell=new_id(), at=timezone.now(), volume=Decimal("2.50"), times=3)

    assert BellRang.from_payload(event.payload()) == event
    assert BellRang.from_payload(BellRang(bell=event.bell).payload()).at is None


def test_handlers_run_after_the_commit_inside_the_tenant(
    school: Tenant, listener: Listener, bell: UUID, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school), request_id_context("request-1"):
        ring(bell)
        assert listener.heard == []

    assert listener.heard == [BellRang(bell=bell)]
    assert listener.scopes == [school.id]
    assert listener.request_ids == ["request-1"]
    (delivery,) = deliveries()
    assert (delivery.state, delivery.attempts, delivery.tenant_id) == (DeliveryState.DONE, 1, school.id)
    assert str(delivery) == "test.bell_rang.v1 → core.on_bell"


def test_an_event_of_the_platform_runs_in_a_platform_context(
    db: None, listener: Listener, bell: UUID, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), platform_context(reason="test"):
        ring(bell)

    assert listener.scopes == [None]


def test_a_handler_hears_the_kinds_of_its_event(
    school: Tenant, listener: Listener, bell: UUID, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), tenant_context(school), transaction.atomic():
        emit(SchoolBellRang(bell=bell))

    assert listener.heard == [SchoolBellRang(bell=bell)]


def test_an_event_nobody_waits_for_leaves_no_row(school: Tenant, monkeypatch: pytest.MonkeyPatch, bell: UUID) -> None:
    monkeypatch.setattr(registry, "_handlers", {})

    with tenant_context(school):
        ring(bell)

    assert deliveries() == []


def test_several_events_are_one_statement_and_heard_in_their_order(
    school: Tenant,
    listener: Listener,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    events = [
        BellRang(bell=new_id(), times=1),
        SchoolBellRang(bell=new_id(), times=2),
        BellRang(bell=new_id(), times=3),
    ]

    with django_capture_on_commit_callbacks(execute=True), tenant_context(school):
        deliveries()  # the database knows the scope
        with transaction.atomic(), django_assert_num_queries(1):
            emit_all(*events)

    assert listener.heard == events
    assert [delivery.event for delivery in deliveries()] == [event.name for event in events]


def test_no_events_are_no_statement(
    school: Tenant, listener: Listener, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with tenant_context(school), django_assert_num_queries(0):
        emit_all()

    assert deliveries() == []


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_emitted(school: Tenant, listener: Listener, bell: UUID) -> None:
    with tenant_context(school), pytest.raises(transaction.TransactionManagementError):
        emit(BellRang(bell=bell))


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_tells_nobody(school: Tenant, listener: Listener, bell: UUID) -> None:
    with tenant_context(school), transaction.atomic():
        emit(BellRang(bell=bell))
        transaction.set_rollback(True)

    assert deliveries() == []
    assert listener.heard == []


def test_two_handlers_of_one_name_are_refused(listener: Listener) -> None:
    def on_bell(event: BellRang) -> None:
        listener(event)

    with pytest.raises(ValueError, match="on_bell"):
        handles(BellRang)(on_bell)
