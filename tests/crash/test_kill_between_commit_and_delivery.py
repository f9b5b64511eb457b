"""A server killed between commit and delivery loses no event, and no event takes effect twice."""

import http.client
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.certificates.models import Certificate
from apps.core.choices import DeliveryState
from apps.core.events.outbox import retry_due_deliveries
from apps.core.models import Delivery, Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory
from apps.courses.models import ContentItem
from apps.enrollments.choices import EnrollmentStatus
from apps.enrollments.models import Enrollment
from apps.enrollments.services import enroll
from apps.users.factories import UserFactory, start_session_of
from apps.users.models import User
from apps.users.tokens import sign_access_token
from lms_backend.environment import BASE_DIR
from tests.crash.dying_server import DATABASE, LIVES

KILLS = 50


def make_course() -> ContentItem:
    course = CourseFactory.create(status="published")
    return ContentItemFactory.create(course=course, module=ModuleFactory.create(course=course))


def start_dying_server() -> "subprocess.Popen[str]":
    database = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.dying_server"],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "lms_backend.settings.test",
            DATABASE: json.dumps(database),
            LIVES: str(KILLS),
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def report_completion(port: int, item: ContentItem, learner: User) -> None:
    """Send the request whose answer never comes: the server is killed behind its commit."""
    session = start_session_of(learner)
    token = sign_access_token(
        user_id=learner.id, tenant_id=learner.tenant_id, session_id=session.id, roles=(), now=timezone.now()
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    server.request("POST", "/api/progress/", json.dumps({"content_item": str(item.id), "status": "completed"}), headers)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        server.getresponse()


@pytest.mark.timeout(120)
@pytest.mark.django_db(transaction=True)
def test_fifty_kills_give_fifty_certificates_and_one_of_each_reaction(school: Tenant) -> None:
    with tenant_context(school):
        item = make_course()
        learners = UserFactory.create_batch(KILLS)
        for learner in learners:
            enroll(user=learner, course=item.course, by=learner)
        Delivery.objects.all().delete()

    with start_dying_server() as server:
        assert server.stdout
        for learner in learners:
            report_completion(int(server.stdout.readline()), item, learner)
    assert server.returncode == 0
    with tenant_context(school):
        assert Certificate.objects.count() == 0
        assert Enrollment.objects.filter(status=EnrollmentStatus.COMPLETED).count() == KILLS
    later = timezone.now() + timedelta(minutes=1)
    while retry_due_deliveries(now=later):
        pass

    with tenant_context(school):
        per_learner = Counter(Certificate.objects.values_list("user_id", flat=True))
        reactions = Counter(Delivery.objects.values_list("event", "handler"))
        states = set(Delivery.objects.values_list("state", flat=True))
    assert per_learner == {learner.id: 1 for learner in learners}
    assert states == {DeliveryState.DONE}
    assert set(reactions.values()) == {KILLS}
