"""Races with real connections: what hangs on a file never hangs on one in the trash."""

from threading import Event
from time import sleep
from uuid import UUID

import pytest
from django.db import transaction

from apps.core.models import Tenant, TrashEntry
from apps.core.tenancy.context import tenant_context
from apps.courses.factories import ContentItemFactory, ModuleFactory
from apps.courses.models import ContentItem, Module
from apps.courses.services import change_item, create_item
from apps.files.factories import FileFactory
from apps.files.models import File
from apps.files.services.files import delete_file
from apps.users.models import User
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


def codes(results: list[object]) -> list[object]:
    return [getattr(result, "code", None) for result in results]


def attach(school: Tenant, module: Module, file_id: UUID, by: User) -> None:
    with tenant_context(school):
        create_item(module=module, by=by, title="Handout", content_type="document", file_id=file_id)


def delete(school: Tenant, file: File, by: User) -> None:
    with tenant_context(school):
        delete_file(file=file, by=by)


@pytest.mark.parametrize("turn", range(4))
def test_a_file_is_used_or_deleted_but_not_both(turn: int, school: Tenant, instructor: User) -> None:
    with tenant_context(school):
        file = FileFactory.create(media_type="application/pdf", uploaded_by=instructor)
        module = ModuleFactory.create()
    calls = [lambda: attach(school, module, file.id, instructor), lambda: delete(school, file, instructor)]

    results = in_parallel(calls if turn % 2 else calls[::-1])

    with tenant_context(school):
        used, deleted = ContentItem.objects.count(), TrashEntry.objects.count()
        assert (used, deleted) in {(1, 0), (0, 1)}, results
        assert sorted(map(str, codes(results))) == ["None", "file_in_use" if used else "unknown_file"]


def test_who_deletes_waits_for_who_attaches(school: Tenant, instructor: User) -> None:
    with tenant_context(school):
        file = FileFactory.create(media_type="application/pdf", uploaded_by=instructor)
        item = ContentItemFactory.create(content_type="document", payload={"url": "https://a.example.org/x.pdf"})
    attached = Event()

    def attach_slowly() -> None:
        with tenant_context(school), transaction.atomic():
            change_item(item=item, by=instructor, file_id=file.id)
            attached.set()
            sleep(0.3)  # long enough for the other one to come to the lock

    def delete_meanwhile() -> None:
        attached.wait(5)
        delete(school, file, instructor)

    results = in_parallel([attach_slowly, delete_meanwhile])

    assert codes(results) == [None, "file_in_use"]
    with tenant_context(school):
        assert File.objects.filter(id=file.id).exists()
