"""Files that an attempt names stay; those it has let go can be deleted."""

from functools import partial
from typing import Any

import pytest

from apps.assessments.models import Attempt, AttemptFile
from apps.assessments.services import take_attempt
from apps.assessments.tests.handed_in_files.conftest import FIRST, download, named, save
from apps.core.errors import DomainError
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.factories import FileFactory
from apps.files.models import File
from apps.files.services.files import FileInUse, delete_file
from apps.users.models import User
from tests.fixtures import ClientOf
from tests.parallel import in_parallel


def test_taking_a_file_out_again_lets_it_go(
    school: Tenant, attempt: Attempt, file: File, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    with tenant_context(school):
        other = FileFactory.create(uploaded_by=learner)
    save(client, attempt, file, other)
    both = named(school)
    refused = client.delete(f"/api/files/{file.id}/")

    save(client, attempt, other)
    deleted = client.delete(f"/api/files/{file.id}/")
    save(client, attempt, status="submitted")

    assert sorted(both) == sorted([(file.id, 1), (other.id, 1)])
    assert (refused.status_code, refused.json()["code"]) == (409, "file_in_use")
    assert refused.json()["uses"] == [
        {"file": str(file.id), "kind": "attempt", "id": str(attempt.id), "title": "Report"}
    ]
    assert deleted.status_code == 204
    assert named(school) == []
    assert client.delete(f"/api/files/{other.id}/").status_code == 204


def test_what_is_handed_in_is_neither_deleted_nor_purged_by_way_of_its_folder(
    school: Tenant, attempt: Attempt, file: File, instructor: User, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    save(client, attempt, file, status="submitted")
    folder = client.post("/api/files/folders/", {"name": "Mine", "visibility": "private"}).json()["id"]
    moved = client.patch(f"/api/files/{file.id}/", {"folder": folder, "name": "other.txt"})

    refused = [client.delete(url).status_code for url in (f"/api/files/{file.id}/", f"/api/files/folders/{folder}/")]

    assert moved.status_code == 200
    assert refused == [409, 409]
    assert download(as_user(instructor), file, 1) == FIRST


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_a_file_is_named_or_deleted_and_not_both(school: Tenant, attempt: Attempt, learner: User) -> None:
    with tenant_context(school):
        file = FileFactory.create(uploaded_by=learner)
    answers = {attempt.paper[0]["question"]: {"file": str(file.id)}}

    def within(call: Any) -> Any:
        with tenant_context(school):
            return call()

    saved, deleted = in_parallel(
        [
            partial(within, partial(take_attempt, attempt_id=attempt.id, answers=answers)),
            partial(within, partial(delete_file, file=file, by=learner)),
        ]
    )

    assert [isinstance(each, DomainError) for each in (saved, deleted)] in ([True, False], [False, True])
    with tenant_context(school):
        is_there = File.objects.filter(id=file.id).exists()
        assert is_there is isinstance(deleted, FileInUse) is AttemptFile.objects.exists()
