"""Old jobs and their files go: after a week, with their school, or when no job names them."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.core import tasks
from apps.core.ids import new_id
from apps.core.jobs.purging import purge_jobs
from apps.core.models import Job, JobRow, Tenant
from apps.core.services import delete_tenant_objects
from apps.core.storage import object_store
from apps.core.storage.local import LocalStore
from apps.core.tenancy.context import tenant_context
from apps.core.tests.job_kinds import Chore, Person, begin
from apps.core.tests.job_runs import done, has_object

pytestmark = pytest.mark.django_db
Capture = DjangoCaptureOnCommitCallbacks


def test_jobs_and_files_go_a_week_after_their_end(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    old, young = (done(school, chore, django_capture_on_commit_callbacks) for _ in range(2))
    running = begin(school, Person())
    now = timezone.now()
    with tenant_context(school):
        Job.objects.filter(id=old.id).update(expires_at=now - timedelta(seconds=1))

    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.purge_old_jobs() == 1

    with tenant_context(school):
        assert set(Job.objects.values_list("id", flat=True)) == {young.id, running.id}
        assert JobRow.objects.count() == 1
    assert (has_object(old), has_object(young)) == (False, True)


def test_files_that_no_job_names_go_after_a_day_and_nothing_else(
    school: Tenant, other_school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    kept = done(school, chore, django_capture_on_commit_callbacks)
    store = object_store()
    assert isinstance(store, LocalStore)
    orphan = f"{school.id}/jobs/{new_id()}/{new_id()}"
    young = f"{school.id}/jobs/{new_id()}/{new_id()}"
    upload = f"{school.id}/uploads/{new_id()}"
    neighbours = f"{other_school.id}/jobs/{new_id()}/{new_id()}"
    for key in (orphan, young, upload, neighbours):
        store.write(key, [b"x"], media_type="text/plain")
    two_days_ago = timezone.now().timestamp() - 2 * 86400
    for key in (kept.result_key, orphan, upload, neighbours):
        os.utime(store._path(key), (two_days_ago, two_days_ago))

    with tenant_context(school):
        assert purge_jobs(now=timezone.now()) == 1

    assert store.stat(orphan) is None
    assert all(store.stat(key) for key in (kept.result_key, young, upload, neighbours))


def test_a_school_that_leaves_takes_the_files_of_its_jobs_along(
    school: Tenant, chore: Chore, django_capture_on_commit_callbacks: Capture
) -> None:
    job = done(school, chore, django_capture_on_commit_callbacks)

    delete_tenant_objects(tenant=school)

    assert not has_object(job)
