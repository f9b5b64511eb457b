"""The clock: beat with the schedules of the database, as operators run it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from redis import Redis

from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.users.models import User
from tests.services.courses import enroll_in_a_course
from tests.services.installation import Installation, wait_until

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


def test_beat_starts_writes_its_schedules_and_brings_what_a_broker_forgot(
    installation: Installation, broker_url: str, school: Tenant, learner: User
) -> None:
    enrolled = enroll_in_a_course(school, learner)
    enrolled.complete(installation.start_web())
    with Redis.from_url(broker_url) as redis:
        forgotten = redis.llen("events")
        redis.flushdb()
    with tenant_context(school):
        Delivery.objects.update(next_attempt_at=timezone.now())
    PeriodicTask.objects.create(
        name="core.retry_deliveries",
        task="core.retry_deliveries",
        interval=IntervalSchedule.objects.create(every=30, period=IntervalSchedule.SECONDS),
        last_run_at=timezone.now() - timedelta(minutes=1),
    )

    installation.start_worker()
    beat = installation.start_beat()
    wait_until(lambda: enrolled.certificates() == 1, "the certificate is there")

    assert forgotten == 1
    assert beat.poll() is None
    assert set(settings.CELERY_BEAT_SCHEDULE) <= set(PeriodicTask.objects.values_list("name", flat=True))
