"""Uploaders killed (SIGKILL) halfway, many at once at the quota's edge, leave the counters exact and nothing behind."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.services import change_settings
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.files.models import Blob, File, StorageUsage, Upload
from apps.files.services.quota import MEGABYTE, recount
from apps.files.tasks import collect_all_orphans, expire_uploads
from apps.users.models import User
from lms_backend.environment import BASE_DIR
from tests.crash.dying_uploader import DATABASE, MEDIA, ROUNDS, TENANT

KILLS = 4  # of five uploaders each


def upload_and_die(school: Tenant) -> None:
    database = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    subprocess.run(
        [sys.executable, "-m", "tests.crash.dying_uploader"],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "lms_backend.settings.test",
            DATABASE: json.dumps(database),
            MEDIA: str(Path(settings.MEDIA_ROOT)),
            TENANT: str(school.id),
            ROUNDS: str(KILLS),
        },
        check=True,
    )


@pytest.mark.timeout(120)
@pytest.mark.django_db(transaction=True)
def test_killed_uploaders_leave_the_quota_exact_and_nothing_behind(school: Tenant, learner: User) -> None:
    with tenant_context(school):
        change_settings(changes={"files.quota_mb": 1}, locks={}, by=None)
    connection.close()

    upload_and_die(school)

    with tenant_context(school):
        states = set(Upload.objects.values_list("state", flat=True))
        school_usage = StorageUsage.objects.get(user_id=None)
        assert recount() == []
        assert 0 < school_usage.used_bytes + school_usage.reserved_bytes <= MEGABYTE
    assert {"completed", "aborted"} <= states
    call_command("recount_storage")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        expire_uploads()
        collect_all_orphans()
    with tenant_context(school):
        assert recount() == []
        assert StorageUsage.objects.get(user_id=None).reserved_bytes == 0
        assert {found.key for found in object_store().objects("")} == set(Blob.objects.values_list("key", flat=True))
        assert list(object_store().open_multiparts("")) == []
        for file in File.objects.select_related("blob"):
            stored = object_store().stat(file.blob.key)
            assert stored is not None
            assert stored.size_bytes == file.size_bytes
