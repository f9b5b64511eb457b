"""The transactional outbox: nothing is lost between commit and send, nothing has a second effect.

`emit` writes one delivery row per handler in the transaction that changed the state. After the commit a
worker takes each row under `SKIP LOCKED`, runs the handler in a transaction of its own and marks the row
done in the same one. What fails is retried with backoff and parked after `MAX_ATTEMPTS` failures; what was
never picked up, because a process died, is found by `retry_due_deliveries`.
"""

import json
import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core.choices import DeliveryState
from apps.core.events.base import Event
from apps.core.events.registry import get_event_type, get_handler, handlers_of
from apps.core.ids import new_id
from apps.core.models import Delivery
from apps.core.request_context import current_request_id, request_id_context
from apps.core.tenancy.context import (
    NO_SCOPE,
    current_scope,
    platform_context,
    tenant_context,
    tenant_id_or_platform,
)

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
FIRST_PICKUP = timedelta(seconds=10)
KEEP_DONE = timedelta(days=7)
BATCH = 500
_WRITE: Final = """
    INSERT INTO core_delivery (id, tenant_id, event, handler, payload, state, attempts, next_attempt_at, occurred_at,
        last_error, request_id)
    SELECT id, %(tenant)s::uuid, event, handler, payload, 'pending', 0, %(first_pickup)s::timestamptz,
        %(now)s::timestamptz, '', %(request)s::text
    FROM jsonb_to_recordset(%(sent)s::jsonb) AS sent(id uuid, event text, handler text, payload jsonb)
"""


def emit(event: Event) -> None:
    """Hand `event` to every subscribed handler, if and only if the surrounding transaction commits.

    Raises:
        TransactionManagementError: no transaction is open; a service is atomic before it emits.
    """
    emit_all(event)


def emit_all(*events: Event) -> None:
    """Hand several events to their handlers as `emit` does, with one statement for all of them; in their order.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    connection = transaction.get_connection()
    if events and not connection.in_atomic_block:
        message = f"{events[0].name} was emitted outside of a transaction; emit from an atomic service."
        raise transaction.TransactionManagementError(message)
    sent = [(new_id(), event, handler) for event in events for handler in handlers_of(type(event))]
    if not sent:
        return
    now = timezone.now()
    tenant_id = tenant_id_or_platform()
    values = {
        "tenant": tenant_id, "now": now, "first_pickup": now + FIRST_PICKUP, "request": current_request_id(),
        "sent": json.dumps(
            [
                {"id": str(delivery_id), "event": event.name, "handler": handler.name, "payload": event.payload()}
                for delivery_id, event, handler in sent
            ]
        ),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
    references = [(delivery_id, tenant_id) for delivery_id, _, _ in sent]
    transaction.on_commit(lambda: _dispatch(references), robust=True)


def _dispatch(references: Sequence[tuple[UUID, UUID | None]]) -> None:
    """Give the deliveries to the workers, in one message; in this process when the installation has no broker."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        for delivery_id, tenant_id in references:
            deliver(delivery_id, tenant_id=tenant_id)
        return
    from apps.core.tasks import deliver_event, deliver_events  # noqa: PLC0415  the clock's room lies above this one

    sent = [(str(delivery_id), str(tenant_id) if tenant_id else None) for delivery_id, tenant_id in references]
    try:
        if len(sent) == 1:
            deliver_event.delay(*sent[0])
        else:
            deliver_events.delay(sent)
    except deliver_event.OperationalError:
        logger.warning("broker_unreachable", extra={"deliveries": len(references)})


def deliver(delivery_id: UUID, *, tenant_id: UUID | None) -> bool:
    """Run one pending delivery, unless another worker holds it.

    Returns:
        Whether the handler ran and its effect is committed.
    """
    with _scope_of(tenant_id), transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(id=delivery_id, state=DeliveryState.PENDING)
            .first()
        )
        if delivery is None:
            return False
        with request_id_context(delivery.request_id):
            error = _run(delivery)
        _record(delivery, error, now=timezone.now())
    return error is None


def _run(delivery: Delivery) -> str | None:
    """Run the handler in a savepoint; return what went wrong, if anything did."""
    handler = get_handler(delivery.handler)
    event_type = get_event_type(delivery.event)
    if handler is None or event_type is None:
        return f"This version of the code does not know {delivery.handler} or {delivery.event}."
    try:
        with transaction.atomic():
            handler.run(event_type.from_payload(delivery.payload))
    except Exception as error:  # whatever a handler raises is recorded, retried, and parked in the end
        logger.exception("delivery_failed", extra={"handler": delivery.handler, "delivery": str(delivery.id)})
        return f"{type(error).__name__}: {error}"[:1000]
    return None


def _record(delivery: Delivery, error: str | None, *, now: datetime) -> None:
    delivery.attempts += 1
    if error is None:
        delivery.state = DeliveryState.DONE
        delivery.done_at = now
        delivery.last_error = ""
    else:
        delivery.last_error = error
        delivery.next_attempt_at = now + timedelta(seconds=10 * 2**delivery.attempts)
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = DeliveryState.PARKED
    delivery.save(update_fields=["attempts", "state", "done_at", "last_error", "next_attempt_at"])


def retry_due_deliveries(*, now: datetime | None = None) -> int:
    """Run what is due: failed deliveries after their backoff, and those whose process died.

    Returns:
        How many handlers ran to their end.
    """
    moment = now or timezone.now()
    done = 0
    tried: set[UUID] = set()
    while True:
        with platform_context(reason="find due deliveries of all tenants"):
            due = list(
                Delivery.objects.filter(state=DeliveryState.PENDING, next_attempt_at__lte=moment)
                .exclude(id__in=tried)
                .order_by("next_attempt_at", "id")
                .values_list("id", "tenant_id")[:BATCH]
            )
        if not due:
            return done
        tried.update(delivery_id for delivery_id, _ in due)
        done += sum(deliver(delivery_id, tenant_id=tenant_id) for delivery_id, tenant_id in due)


def replay_delivery(*, delivery: Delivery) -> Delivery:
    """Put a parked delivery back in the queue, as if it had never failed, and dispatch it.

    Works in the scope of the delivery itself, whichever is open.
    """
    references = [(delivery.id, delivery.tenant_id)]
    with _scope_of(delivery.tenant_id), transaction.atomic():
        delivery.state = DeliveryState.PENDING
        delivery.attempts = 0
        delivery.next_attempt_at = timezone.now()
        delivery.save(update_fields=["state", "attempts", "next_attempt_at"])
        transaction.on_commit(lambda: _dispatch(references), robust=True)
    return delivery


def _scope_of(tenant_id: UUID | None) -> AbstractContextManager[None]:
    return tenant_context(tenant_id) if tenant_id else platform_context(reason="event of the platform")


def replay_parked_deliveries() -> int:
    """Put every parked delivery of all tenants back in the queue and dispatch it; return how many there were."""
    with platform_context(reason="replay parked deliveries of all tenants"):
        parked = list(Delivery.objects.filter(state=DeliveryState.PARKED).order_by("occurred_at", "id"))
    for delivery in parked:
        replay_delivery(delivery=delivery)
    return len(parked)


def purge_done_deliveries(*, now: datetime | None = None) -> int:
    """Delete deliveries of the open scope that were done longer than `KEEP_DONE` ago; return how many."""
    if current_scope() == NO_SCOPE:
        return 0
    limit = (now or timezone.now()) - KEEP_DONE
    count, _ = Delivery.objects.filter(state=DeliveryState.DONE, done_at__lt=limit).delete()
    return count
