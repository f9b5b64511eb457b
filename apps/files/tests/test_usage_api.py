"""How much room is taken: one's own for everybody, the school's and everybody's for who reads all files."""

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.core.models import Tenant
from apps.core.services import change_settings
from apps.files.models import StorageUsage
from apps.files.services.quota import MEGABYTE
from apps.users.models import User
from tests.fixtures import ClientOf

USAGE = "/api/files/usage/"
PEOPLE = "/api/files/usage/people/"


def take(user_id: Any, used: int, reserved: int = 0) -> None:
    StorageUsage.objects.create(user_id=user_id, used_bytes=used, reserved_bytes=reserved)


def test_everybody_sees_their_own(in_school: Tenant, learner: User, as_user: ClientOf) -> None:
    change_settings(changes={"files.user_quota_mb": 1}, locks={}, by=None)
    take(learner.id, 1000, 200)
    take(None, 5000)

    response = as_user(learner).get(USAGE)

    own = {"used_bytes": 1000, "reserved_bytes": 200, "limit_bytes": MEGABYTE, "free_bytes": MEGABYTE - 1200}
    assert response.status_code == 200
    assert response.json() == {"own": own, "school": None, "largest_file_bytes": 5000 * MEGABYTE}


def test_who_reads_all_files_sees_the_school(
    in_school: Tenant, principal: User, admin: User, stranger: User, as_user: ClientOf
) -> None:
    change_settings(changes={"files.quota_mb": 1}, locks={}, by=None)
    take(None, 2 * MEGABYTE)

    seen = [as_user(person).get(USAGE).json()["school"] for person in (principal, admin, stranger)]

    full = {"used_bytes": 2 * MEGABYTE, "reserved_bytes": 0, "limit_bytes": MEGABYTE, "free_bytes": 0}
    assert seen[:2] == [full, full]
    assert seen[2]["used_bytes"] == 0


def test_people_come_by_what_they_take(
    in_school: Tenant, learner: User, principal: User, stranger: User, as_user: ClientOf
) -> None:
    gone = new_id()
    take(learner.id, 10, 5)
    take(gone, 20)
    take(None, 30)

    body = as_user(principal).get(PEOPLE).json()

    assert body["count"] == 2
    assert body["results"] == [
        {
            "user": str(gone),
            "email": None,
            "first_name": None,
            "last_name": None,
            "used_bytes": 20,
            "reserved_bytes": 0,
        },
        {
            "user": str(learner.id),
            "email": learner.email,
            "first_name": learner.first_name,
            "last_name": learner.last_name,
            "used_bytes": 10,
            "reserved_bytes": 5,
        },
    ]
    assert as_user(learner).get(PEOPLE).status_code == 403
    assert as_user(None).get(USAGE).status_code == 401
    assert as_user(stranger).get(PEOPLE).json()["count"] == 0


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_of_people_costs_the_same_however_long(
    in_school: Tenant, admin: User, as_user: ClientOf, django_assert_num_queries: Any, count: int
) -> None:
    for size in range(count):
        take(new_id(), size)
    client = as_user(admin)
    client.get(PEOPLE)

    with django_assert_num_queries(3):
        response = client.get(PEOPLE, {"page_size": 200})

    assert len(response.json()["results"]) == count


def test_the_report_costs_three_questions(
    in_school: Tenant, admin: User, as_user: ClientOf, django_assert_num_queries: Any
) -> None:
    client = as_user(admin)
    client.get(USAGE)

    with django_assert_num_queries(3):
        client.get(USAGE)


def test_only_the_platform_grants_a_school_more_room(
    in_school: Tenant, admin: User, platform_staff: User, as_user: ClientOf
) -> None:
    refused = as_user(admin).patch("/api/core/settings/", {"files": {"quota_mb": 999_999}})
    own = as_user(admin).patch("/api/core/settings/", {"files": {"user_quota_mb": 10}})
    change_settings(changes={"files.quota_mb": 7}, locks={}, by=platform_staff)

    assert (refused.status_code, refused.json()["code"]) == (403, "setting_locked")
    assert own.status_code == 200
