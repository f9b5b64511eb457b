"""Uploads that several people or workers touch at the same moment."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.files.models import Blob, File, FileVersion, Upload
from apps.files.services.quota import recount
from apps.files.services.upload_states import close_due
from apps.files.services.uploads import abort_upload
from apps.files.tests.sending import finished, reserved, reserved_bytes
from apps.users.models import User
from tests.parallel import in_parallel


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rivals", ["complete", "abort", "expire"])
def test_of_those_who_come_at_once_one_is_first(school: Tenant, learner: User, rivals: str) -> None:
    with tenant_context(school):
        upload_id = reserved(learner).id

    def act(action: str) -> str | None:
        with tenant_context(school):
            upload = Upload.objects.get(id=upload_id)
            try:
                if action == "complete":
                    finished(upload, learner)
                elif action == "abort":
                    abort_upload(upload=upload, by=learner)
                else:
                    close_due(now=upload.expires_at + timedelta(seconds=1), limit=10)
            except DomainError as error:
                return error.code
        return None

    outcomes = in_parallel([*[partial(act, "complete")] * 4, *[partial(act, rivals)] * 4])

    assert all(isinstance(outcome, str | None) for outcome in outcomes)
    with tenant_context(school):
        is_done = Upload.objects.get().state == "completed"
        assert Upload.objects.get().state in {"completed", "aborted", "expired", "failed"}
        assert File.objects.count() == FileVersion.objects.count() == is_done
        assert recount() == []
        assert reserved_bytes() == 0


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
def test_equal_bytes_at_once_become_one_blob(school: Tenant, learner: User) -> None:
    with tenant_context(school):
        ids = [reserved(learner).id for _ in range(6)]

    def act(upload_id: Any) -> None:
        with tenant_context(school):
            finished(Upload.objects.get(id=upload_id), learner)

    outcomes = in_parallel([partial(act, upload_id) for upload_id in ids])

    assert outcomes == [None] * 6
    with tenant_context(school):
        blob = Blob.objects.get()
        assert File.objects.filter(blob=blob).count() == 6
        assert [found.key for found in object_store().objects("") if found.size_bytes] == [blob.key]
        assert recount() == []
