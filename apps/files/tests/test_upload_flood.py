"""Reservations by the thousand: one person has a hundred uploads under way at most, also when they come at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.models import Tenant
from apps.core.storage import object_store
from apps.core.tenancy.context import tenant_context
from apps.files.models import Upload
from apps.files.services import uploads
from apps.files.services.quota import recount
from apps.files.services.upload_errors import TooManyUploads
from apps.files.services.uploads import abort_upload
from apps.files.tests.sending import TEXT, WANTED, finished, reserved
from apps.users.models import User
from tests.fixtures import ClientOf
from tests.parallel import in_parallel

UPLOADS = "/api/files/uploads/"


def test_a_person_has_a_hundred_uploads_under_way_at_most(
    in_school: Tenant, learner: User, instructor: User, as_user: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 3)
    mine = [reserved(learner) for _ in range(3)]

    refused = as_user(learner).post(UPLOADS, WANTED)
    others = as_user(instructor).post(UPLOADS, WANTED)

    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (409, "too_many_uploads", 3)
    assert others.status_code == 201
    assert Upload.objects.filter(uploaded_by_id=learner.id).count() == 3
    assert recount() == []
    finished(mine[0], learner)
    abort_upload(upload=mine[1], by=learner)
    again = [as_user(learner).post(UPLOADS, WANTED).status_code for _ in range(3)]
    assert again == [201, 201, 409]


def test_what_is_over_does_not_count(in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 1)
    reserved(learner, now=timezone.now() - timedelta(days=2))

    assert reserved(learner).state == "reserved"


def test_what_is_refused_leaves_nothing_in_the_store(
    in_school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "ONE_PUT_BELOW", len(TEXT))
    monkeypatch.setattr(uploads, "MOST_OPEN", 0)

    with pytest.raises(TooManyUploads):
        reserved(learner, sent=None)

    assert list(object_store().open_multiparts("")) == []


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
def test_those_who_come_at_once_are_counted_one_by_one(
    school: Tenant, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 3)

    def reserve() -> None:
        with tenant_context(school):
            reserved(learner, sent=None)

    outcomes = in_parallel([reserve] * 8)

    assert sum(outcome is None for outcome in outcomes) == 3
    assert sum(isinstance(outcome, TooManyUploads) for outcome in outcomes) == 5
    with tenant_context(school):
        assert Upload.objects.count() == 3
        assert recount() == []


def test_the_school_itself_is_not_counted(in_school: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 1)

    made = [uploads.reserve_upload(by=None, now=timezone.now(), **WANTED) for _ in range(2)]

    assert [upload.uploaded_by_id for upload in made] == [None, None]
