"""Quotas: exact at the edge, whoever comes at once and whatever is given back."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from apps.core.errors import DomainError
from apps.core.ids import new_id
from apps.core.models import SettingOverride, Tenant
from apps.core.services import change_settings
from apps.core.tenancy.context import tenant_context
from apps.files.factories import FileFactory
from apps.files.models import FileVersion, StorageUsage
from apps.files.services.forgetting import forget_files
from apps.files.services.quota import (
    MEGABYTE,
    QuotaExceeded,
    charge,
    give_back,
    recount,
    release,
    require_room,
    reserve,
    settle,
    usage_of,
)
from apps.users.models import User
from tests.parallel import in_parallel

CALLERS = 50


def limit(school_mb: int = 1, user_mb: int = 1) -> None:
    change_settings(changes={"files.quota_mb": school_mb, "files.user_quota_mb": user_mb}, locks={}, by=None)
    cache.clear()  # the test's transaction never commits, so nobody else does


def taken(user_id: Any = None) -> tuple[int, int]:
    usage = usage_of(user_id)
    return usage.used_bytes, usage.reserved_bytes


def test_room_is_set_aside_settled_and_given_back(in_school: Tenant, learner: User) -> None:
    limit()

    reserve(size=MEGABYTE, user_id=learner.id)
    assert (taken(), taken(learner.id)) == ((0, MEGABYTE), (0, MEGABYTE))
    settle(reserved=MEGABYTE, used=1000, user_id=learner.id)
    assert (taken(), taken(learner.id)) == ((1000, 0), (1000, 0))
    charge(size=500, user_id=learner.id)
    reserve(size=100, user_id=learner.id)
    release(size=100, user_id=learner.id)
    give_back({learner.id: 1500})
    assert (taken(), taken(learner.id)) == ((0, 0), (0, 0))
    give_back({})


@pytest.mark.parametrize(("school_mb", "user_mb", "whose"), [(1, 2, "school"), (2, 1, "user")])
def test_the_last_byte_fits_and_the_next_does_not(
    in_school: Tenant, learner: User, school_mb: int, user_mb: int, whose: str
) -> None:
    limit(school_mb, user_mb)
    reserve(size=MEGABYTE, user_id=learner.id)

    with pytest.raises(QuotaExceeded) as refusal:
        reserve(size=1, user_id=learner.id)
    with pytest.raises(QuotaExceeded):
        require_room(size=1, user_id=learner.id)

    assert refusal.value.extra == {
        "quota": whose,
        "used_bytes": MEGABYTE,
        "limit_bytes": MEGABYTE,
        "needed_bytes": 1,
    }
    assert (taken(), taken(learner.id)) == ((0, MEGABYTE), (0, MEGABYTE))


def test_what_was_set_aside_is_honoured_when_the_limit_falls(in_school: Tenant, learner: User) -> None:
    limit()
    reserve(size=1000, user_id=learner.id)
    limit(0, 0)

    with pytest.raises(QuotaExceeded):
        settle(reserved=1000, used=1001, user_id=learner.id)
    settle(reserved=1000, used=1000, user_id=learner.id)

    assert (taken(), taken(learner.id)) == ((1000, 0), (1000, 0))


def test_a_refusal_in_the_middle_of_a_transaction_leaves_it_usable(in_school: Tenant, learner: User) -> None:
    limit(2, 1)

    with transaction.atomic():
        charge(size=1000, user_id=learner.id)
        with pytest.raises(QuotaExceeded):
            reserve(size=MEGABYTE, user_id=learner.id)
        release(size=0, user_id=learner.id)

    assert (taken(), taken(learner.id)) == ((1000, 0), (1000, 0))


def test_room_is_set_aside_by_one_statement_and_a_refusal_costs_two(
    in_school: Tenant, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    limit()
    require_room(size=1, user_id=learner.id)  # the settings are remembered

    with transaction.atomic():
        with django_assert_num_queries(1):
            reserve(size=MEGABYTE, user_id=learner.id)
        with django_assert_num_queries(2), pytest.raises(QuotaExceeded):
            reserve(size=1, user_id=learner.id)


@pytest.mark.timeout(60)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", [reserve, charge])
def test_of_fifty_at_once_as_many_get_room_as_there_is(
    school: Tenant, learner: User, instructor: User, action: Callable[..., None]
) -> None:
    with tenant_context(school):
        limit(1, 100)
    size = MEGABYTE // 7  # seven fit

    def call(user_id: Any) -> str | None:
        with tenant_context(school):
            try:
                action(size=size, user_id=user_id)
            except DomainError as error:
                return error.code
        return None

    people = [learner.id, instructor.id]
    outcomes = in_parallel([partial(call, people[number % 2]) for number in range(CALLERS)])

    assert sorted(outcomes, key=str) == sorted([None] * 7 + ["quota_exceeded"] * (CALLERS - 7), key=str)
    with tenant_context(school):
        assert sum(taken()) == 7 * size
        assert sum(taken(learner.id)) + sum(taken(instructor.id)) == 7 * size


def test_counters_are_compared_with_what_there_is(in_school: Tenant, learner: User, capsys: Any) -> None:
    file = FileFactory.create(uploaded_by=learner)
    FileVersion.objects.update(uploaded_by_id=learner.id)

    wrong = {entry.user_id: entry.found for entry in recount()}
    with pytest.raises(CommandError, match="2 counters are wrong"):
        call_command("recount_storage")
    call_command("recount_storage", repair=True)
    call_command("recount_storage", tenant="maple")

    assert wrong == {None: (file.size_bytes, 0), learner.id: (file.size_bytes, 0)}
    assert taken(learner.id) == (file.size_bytes, 0)
    printed = capsys.readouterr().out
    assert f"maple: person {learner.id} is counted with 0 bytes used and 0 reserved" in printed
    assert "1 schools looked at, 0 counters wrong." in printed
    with pytest.raises(CommandError, match="no school oak"):
        call_command("recount_storage", tenant="oak")


def test_forgotten_files_give_their_room_back(in_school: Tenant, learner: User) -> None:
    file, kept = FileFactory.create(uploaded_by=learner), FileFactory.create(uploaded_by=learner)
    FileVersion.objects.update(uploaded_by_id=learner.id)
    recount(repair=True)

    forget_files(file_ids=[file.id])

    assert taken() == taken(learner.id) == (kept.size_bytes, 0)
    assert list(FileVersion.objects.values_list("file_id", flat=True)) == [kept.id]
    assert recount() == []


def test_nobody_s_counters_reach_another_school(in_school: Tenant, other_school: Tenant) -> None:
    someone = new_id()
    reserve(size=10, user_id=someone)

    with tenant_context(other_school):
        assert (taken(), taken(someone)) == ((0, 0), (0, 0))
        assert not StorageUsage.objects.exists()


@pytest.mark.parametrize("size", [2**28, 2**31 - 1, 2**31, 3 * 2**30, 2**32, 5 * 2**30])
def test_gigabytes_are_counted_to_the_byte(school: Tenant, learner: User, size: int) -> None:
    with tenant_context(school):
        SettingOverride.objects.create(key="files.user_quota_mb", value=100_000)

        reserve(size=size, user_id=learner.id)
        settle(reserved=size, used=size, user_id=learner.id)

        assert [(usage_of(owner).used_bytes, usage_of(owner).reserved_bytes) for owner in (None, learner.id)] == [
            (size, 0),
            (size, 0),
        ]
