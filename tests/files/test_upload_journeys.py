"""Direct uploads from the reservation to the file, and every way in which they end badly; nothing is left behind."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.files.models import Blob, File, FileVersion, StorageUsage, Upload
from apps.files.services.quota import recount
from apps.files.tasks import collect_all_orphans, expire_uploads
from apps.users.models import User
from tests.files.protocol import TEXT, UPLOADS, complete, reserve, send, send_all
from tests.fixtures import ClientOf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


def stored_keys() -> set[str]:
    return {found.key for found in object_store().objects("") if found.size_bytes}


def usage(tenant: Tenant) -> dict[str, tuple[int, int]]:
    with tenant_context(tenant):
        rows = StorageUsage.objects.values_list("user_id", "used_bytes", "reserved_bytes")
        return {"person" if user_id else "school": (used, reserved) for user_id, used, reserved in rows}


def assert_nothing_is_left(tenant: Tenant) -> None:
    """After the collection of the next days nothing of it is in the store, and the counters say so."""
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        expire_uploads()
        collect_all_orphans()
    assert list(object_store().objects("")) == []
    assert list(object_store().open_multiparts(f"{tenant.id}/")) == []
    assert set(usage(tenant).values()) <= {(0, 0)}
    with tenant_context(tenant):
        assert (File.objects.count(), Blob.objects.count()) == (0, 0)
        assert recount() == []


def test_a_file_goes_straight_to_the_store(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)

    reserved = reserve(client)
    statuses = send_all(reserved.json(), TEXT)
    completed = complete(client, reserved.json())

    assert (reserved.status_code, statuses, completed.status_code) == (201, [200], 200)
    assert [part["number"] for part in reserved.json()["parts"]] == [1]
    assert (completed.json()["state"], completed.json()["parts"]) == ("completed", [])
    file = client.get(f"/api/files/{completed.json()['file']}/").json()
    assert (file["name"], file["size_bytes"], file["media_type"]) == ("fox.txt", len(TEXT), "text/plain")
    assert usage(school) == {"school": (len(TEXT), 0), "person": (len(TEXT), 0)}
    with tenant_context(school):
        blob = Blob.objects.get()
        assert b"".join(object_store().read(blob.key)) == TEXT
        assert recount() == []
    assert stored_keys() == {blob.key}


def test_parts_arrive_one_by_one_and_a_worker_checks_them(
    school: Tenant, learner: User, as_user: ClientOf, small_parts: None
) -> None:
    client = as_user(learner)
    body = TEXT * 2500

    upload = reserve(client, body).json()
    first, *others = upload["parts"]
    send(first, body[: first["size_bytes"]])
    too_early = complete(client, upload)
    resumed = client.get(f"{UPLOADS}{upload['id']}/").json()
    send_all(resumed, body)
    completed = complete(client, upload)

    assert (len(others), upload["part_size_bytes"]) == (2, 1024 * 1024)
    assert (too_early.status_code, too_early.json()["code"]) == (409, "upload_incomplete")
    assert too_early.json()["missing_parts"] == [2, 3]
    assert [part["has_arrived"] for part in resumed["parts"]] == [True, False, False]
    assert resumed["parts"][0]["url"] is None
    assert (completed.status_code, completed.json()["state"]) == (200, "completed")
    with tenant_context(school):
        blob = Blob.objects.get()
        assert b"".join(object_store().read(blob.key)) == body
    assert stored_keys() == {blob.key}
    assert send(resumed["parts"][1], body[1024 * 1024 : 2 * 1024 * 1024]) == 404


def test_what_needs_a_worker_is_answered_before_it_is_checked(
    school: Tenant, learner: User, as_user: ClientOf, small_parts: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.core.events.outbox._dispatch", lambda _references: None)
    client = as_user(learner)
    body = TEXT * 2500
    upload = reserve(client, body).json()
    send_all(upload, body)

    accepted = complete(client, upload)
    again = complete(client, upload)

    assert (accepted.status_code, accepted.json()["state"]) == (202, "processing")
    assert (again.status_code, again.json()["code"]) == (409, "upload_processing")
    assert usage(school) == {"school": (0, len(body)), "person": (0, len(body))}
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        call_command("deliver_events")
    assert client.get(f"{UPLOADS}{upload['id']}/").json()["state"] == "completed"


def test_other_bytes_than_announced_are_refused(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    upload = reserve(client).json()
    send_all(upload, TEXT[::-1])

    refused = complete(client, upload)
    again = complete(client, upload)

    assert (refused.status_code, refused.json()["code"]) == (409, "checksum_mismatch")
    assert (again.json()["code"], again.json()["failure_code"]) == ("upload_failed", "checksum_mismatch")
    assert again.json()["detail"].count("new one") == 1
    shown = client.get(f"{UPLOADS}{upload['id']}/").json()
    assert (shown["state"], shown["failure_code"], shown["parts"]) == ("failed", "checksum_mismatch", [])
    assert_nothing_is_left(school)


def test_more_bytes_than_reserved_are_refused(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    upload = reserve(client).json()

    at_the_store = send(upload["parts"][0], TEXT + b"more")
    with tenant_context(school):
        key = Upload.objects.get().key
    object_store().write(key, [TEXT, b"more"], media_type="text/plain")  # a store that does not look
    refused = complete(client, upload)

    assert at_the_store == 400
    assert (refused.status_code, refused.json()["code"]) == (409, "size_mismatch")
    assert refused.json()["found_bytes"] == len(TEXT) + 4
    assert_nothing_is_left(school)


def test_a_part_of_another_size_is_refused(school: Tenant, learner: User, as_user: ClientOf, small_parts: None) -> None:
    client = as_user(learner)
    body = TEXT * 2500
    upload = reserve(client, body).json()
    send_all(upload, body)
    with tenant_context(school):
        row = Upload.objects.get()
    store: Any = object_store()
    store.receive_part(row.key, row.multipart_id, 3, [b"too short"])

    refused = complete(client, upload)

    assert (refused.status_code, refused.json()["code"]) == (409, "size_mismatch")
    assert_nothing_is_left(school)


def test_what_was_never_sent_is_incomplete_and_stays_open(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    upload = reserve(client).json()

    refused = complete(client, upload)

    assert (refused.status_code, refused.json()["code"]) == (409, "upload_incomplete")
    assert refused.json()["missing_parts"] == [1]
    send_all(upload, TEXT)
    assert complete(client, upload).status_code == 200


def test_a_reservation_expires(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    upload = reserve(client).json()
    send_all(upload, TEXT)

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        late = as_user(learner)
        refused = complete(late, upload)
        again = complete(late, upload)
        shown = late.get(f"{UPLOADS}{upload['id']}/").json()

    assert [(each.status_code, each.json()["code"]) for each in (refused, again)] == [(409, "upload_expired")] * 2
    assert (shown["state"], shown["parts"]) == ("expired", [])
    assert usage(school) == {"school": (0, 0), "person": (0, 0)}
    assert_nothing_is_left(school)


def test_the_clock_expires_what_nobody_comes_back_for(
    school: Tenant, learner: User, as_user: ClientOf, small_parts: None
) -> None:
    client = as_user(learner)
    body = TEXT * 2500
    upload = reserve(client, body).json()
    send(upload["parts"][0], body[: 1024 * 1024])

    early = expire_uploads()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        due = expire_uploads()
        again = expire_uploads()

    assert (early, due, again) == (0, 1, 0)
    with tenant_context(school):
        assert Upload.objects.get().state == "expired"
    assert list(object_store().open_multiparts(f"{school.id}/")) == []
    assert_nothing_is_left(school)


def test_completing_twice_names_the_one_file(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    upload = reserve(client).json()
    send_all(upload, TEXT)

    first = complete(client, upload)
    second = complete(client, upload)

    assert (second.status_code, second.json()["code"]) == (409, "upload_completed")
    assert second.json()["file"] == first.json()["file"]
    with tenant_context(school):
        assert (File.objects.count(), FileVersion.objects.count()) == (1, 1)
        kept = Blob.objects.get().key
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        collect_all_orphans()
    assert stored_keys() == {kept}


def test_an_aborted_upload_leaves_nothing(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    upload = reserve(client).json()
    send_all(upload, TEXT)

    aborted = client.delete(f"{UPLOADS}{upload['id']}/")
    again = client.delete(f"{UPLOADS}{upload['id']}/")
    refused = complete(client, upload)

    assert (aborted.status_code, again.status_code) == (204, 204)
    assert (refused.status_code, refused.json()["code"]) == (409, "upload_aborted")
    assert stored_keys() == set()
    assert usage(school) == {"school": (0, 0), "person": (0, 0)}
    assert send_all(upload, TEXT) == [412]  # the address is good for an hour, and its place is taken
    assert stored_keys() == set()
    assert_nothing_is_left(school)


def test_a_type_that_is_not_kept_is_refused_by_its_content(school: Tenant, learner: User, as_user: ClientOf) -> None:
    client = as_user(learner)
    program = b"\x7fELF" + bytes(500)
    upload = reserve(client, program).json()
    send_all(upload, program)

    refused = complete(client, upload)

    assert (refused.status_code, refused.json()["code"]) == (400, "type_not_allowed")
    assert_nothing_is_left(school)


def test_equal_bytes_are_stored_once_and_counted_twice(
    school: Tenant, learner: User, instructor: User, as_user: ClientOf
) -> None:
    for person in (learner, instructor):
        client = as_user(person)
        upload = reserve(client).json()
        send_all(upload, TEXT)
        assert complete(client, upload).status_code == 200

    with tenant_context(school):
        blob = Blob.objects.get()
        assert File.objects.filter(blob=blob).count() == 2
        assert recount() == []
    assert stored_keys() == {blob.key}
    assert usage(school)["school"] == (2 * len(TEXT), 0)


def test_no_bytes_of_one_school_are_known_in_another(
    school: Tenant, other_school: Tenant, learner: User, stranger: User, as_user: ClientOf
) -> None:
    for person in (learner, stranger):
        client = as_user(person)
        upload = reserve(client).json()
        send_all(upload, TEXT)
        assert complete(client, upload).status_code == 200

    keys = set()
    for tenant in (school, other_school):
        with tenant_context(tenant):
            keys.add(Blob.objects.get().key)
    assert stored_keys() == keys
    assert len(keys) == 2
