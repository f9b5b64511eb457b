"""The journal proves what it says: whatever is done to it is found, and the database lets nobody do it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.factories import AssessmentFactory
from apps.assessments.models import Attempt, JournalEntry
from apps.assessments.services import check_journal, start_attempt, take_attempt
from apps.assessments.services.journal_chain import Link, first_break
from apps.core.models import Tenant
from apps.core.services.deletion import delete_tenant_rows
from apps.core.tenancy.context import NO_SCOPE, current_scope, tenant_context
from apps.courses.factories import CourseFactory
from apps.enrollments.factories import EnrollmentFactory
from apps.users.models import User
from tests.fixtures import ClientOf

ATTEMPT = UUID("01a1fec6-91fa-779b-8889-32027a4d889f")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Chain = list[tuple[Link, str]]


def chain_of(contents: list[str]) -> Chain:
    chain: Chain = []
    head = ""
    for index, content in enumerate(contents):
        link = Link(
            attempt_id=ATTEMPT, index=index, kind="saved", content=content, occurred_at=START + timedelta(index),
            previous_hash=head,
        )  # fmt: skip
        head = link.digest()
        chain.append((link, head))
    return chain


def rehashed(link: Link, **changes: Any) -> tuple[Link, str]:
    """Return the changed entry with a hash that fits it: a forger can compute one."""
    forged = replace(link, **changes)
    return forged, forged.digest()


chains = st.lists(st.text(max_size=20), min_size=2, max_size=8).map(chain_of)


def is_found(forged: Chain, honest: Chain) -> bool:
    return first_break(forged, length=len(honest), head=honest[-1][1]) is not None


@given(chains)
def test_an_untouched_chain_holds(chain: Chain) -> None:
    assert not is_found(chain, chain)


@given(chains, st.data())
def test_a_changed_entry_is_found_even_with_a_hash_that_fits(chain: Chain, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    link, digest = chain[at]
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"content": link.content + "x"},
                {"content": f"{link.content}\x00"},
                {"kind": "submitted"},
                {"occurred_at": link.occurred_at + timedelta(microseconds=1)},
                {"attempt_id": UUID(int=7)},
                {"previous_hash": "0" * 64},
            ]
        )
    )

    for entry in ((replace(link, **change), digest), rehashed(link, **change)):
        assert is_found([*chain[:at], entry, *chain[at + 1 :]], chain)


@given(chains, st.data())
def test_a_dropped_entry_and_a_cut_end_are_found(chain: Chain, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    renumbered = [rehashed(link, index=number) for number, (link, _) in enumerate(chain[:at] + chain[at + 1 :])]

    assert is_found(chain[:at] + chain[at + 1 :], chain)
    assert is_found(renumbered, chain)
    assert is_found(chain[:at], chain)


@given(chains, st.data())
def test_swapped_entries_are_found(chain: Chain, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(chain) - 2))
    second = data.draw(st.integers(first + 1, len(chain) - 1))
    swapped = list(chain)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    renumbered = [(replace(link, index=number), digest) for number, (link, digest) in enumerate(swapped)]

    assert is_found(swapped, chain)
    assert is_found(renumbered, chain)


@given(chains, st.data(), st.text(max_size=20))
def test_an_added_entry_is_found(chain: Chain, data: st.DataObject, content: str) -> None:
    at = data.draw(st.integers(0, len(chain)))
    head = chain[at - 1][1] if at else ""
    added = Link(attempt_id=ATTEMPT, index=at, kind="saved", content=content, occurred_at=START, previous_hash=head)
    later = [rehashed(link, index=link.index + 1) for link, _ in chain[at:]]

    assert is_found([*chain[:at], (added, added.digest()), *later], chain)
    assert is_found([*chain[:at], (added, added.digest()), *chain[at:]], chain)


@given(chains, st.data())
def test_a_chain_forged_anew_from_some_entry_on_is_found_by_its_head(chain: Chain, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    contents = [link.content for link, _ in chain]
    contents[at] += "!"

    assert is_found(chain_of(contents), chain)


@pytest.fixture
def attempt(school: Tenant, learner: User) -> Attempt:
    """Return an attempt that was started, saved 60 times, and handed in."""
    with tenant_context(school):
        course = CourseFactory.create()
        EnrollmentFactory.create(course=course, user=learner)
        attempt = start_attempt(assessment=AssessmentFactory.create(course=course, questions=1), by=learner).attempt
        for number in range(60):
            answers = {attempt.paper[0]["question"]: {"selected_option_id": "abc"[number % 3]}}
            take_attempt(attempt_id=attempt.id, answers=answers)
        return take_attempt(attempt_id=attempt.id, submit=True).attempt


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def under_another_scope(statement: str) -> None:
    """Change the scope behind the back of the platform before the transaction ends."""
    sql(statement)
    sql("SELECT set_config('app.tenant_id', '', false)")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "forge",
    [
        partial(sql, "UPDATE assessments_journalentry SET content = '{}'"),
        partial(sql, "UPDATE assessments_journalentry SET content = content WHERE index = 0"),
        partial(sql, "DELETE FROM assessments_journalentry WHERE index = 60"),
        partial(sql, "DELETE FROM assessments_journalentry"),
        partial(under_another_scope, "DELETE FROM assessments_journalentry"),
        partial(sql, "TRUNCATE assessments_journalentry"),
        partial(sql, "ALTER TABLE assessments_journalentry DISABLE TRIGGER USER"),
        lambda: JournalEntry.objects.filter(index=3).delete(),
        lambda: JournalEntry.objects.update(kind="graded"),
    ],
)
def test_the_role_of_the_web_can_neither_change_nor_delete_entries(
    school: Tenant, attempt: Attempt, forge: Callable[[], Any]
) -> None:
    with tenant_context(school):
        with pytest.raises(DatabaseError), transaction.atomic():
            forge()

        assert JournalEntry.objects.count() == attempt.journal_length == 63
        assert check_journal(Attempt.objects.get()) is None


@pytest.mark.django_db(transaction=True)
def test_the_journal_goes_with_its_attempt_and_with_its_school(school: Tenant, attempt: Attempt) -> None:
    with tenant_context(school):
        attempt.delete()
        assert JournalEntry.objects.count() == 0

    delete_tenant_rows(tenant=school)

    assert current_scope() == NO_SCOPE


@pytest.mark.django_db(transaction=True)
def test_a_school_leaves_with_its_journals(school: Tenant, attempt: Attempt) -> None:
    delete_tenant_rows(tenant=school)

    with tenant_context(school):
        assert not JournalEntry.objects.exists()
        assert not Attempt.objects.filter(id=attempt.id).exists()


def test_the_journal_is_paged_and_verified(
    school: Tenant, attempt: Attempt, learner: User, admin: User, stranger: User, as_user: ClientOf
) -> None:
    url = f"/api/attempts/{attempt.id}/"

    pages = [as_user(learner).get(f"{url}journal/?page_size=25&page={page}").json() for page in (1, 2, 3)]
    verified = as_user(admin).get(f"{url}verify/").json()

    indexes = [entry["index"] for page in pages for entry in page["results"]]
    hashes = [entry["hash"] for page in pages for entry in page["results"]]
    previous = [entry["previous_hash"] for page in pages for entry in page["results"]]
    assert indexes == list(range(63))
    assert previous == ["", *hashes[:-1]]
    assert verified == {
        "is_intact": True, "length": 63, "head": hashes[-1], "broken_at": None, "problem": None,
    }  # fmt: skip
    assert as_user(stranger).get(f"{url}journal/").status_code == 404
    assert as_user(stranger).get(f"{url}verify/").status_code == 404


def test_verifying_reads_the_entries_in_pieces(
    school: Tenant, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int | None] = []
    real = type(JournalEntry.objects.all()).iterator

    def iterator(queryset: Any, chunk_size: int | None = None) -> Any:
        sizes.append(chunk_size)
        return real(queryset, chunk_size=chunk_size)

    monkeypatch.setattr(type(JournalEntry.objects.all()), "iterator", iterator)
    with tenant_context(school):
        found = check_journal(Attempt.objects.get())

    assert found is None
    assert sizes == [500]


def test_a_journal_that_was_cut_behind_the_databases_back_is_found(
    school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        Attempt.objects.filter(id=attempt.id).update(journal_length=64)

    verified = as_user(learner).get(f"/api/attempts/{attempt.id}/verify/").json()

    assert (verified["is_intact"], verified["broken_at"], verified["problem"]) == (False, 63, "cut_off")
