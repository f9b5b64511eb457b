"""Addresses that are their own permission."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import override_settings

from apps.core.capabilities import DAY, Capability, read_capability, sign_capability
from apps.core.ids import new_id
from apps.core.storage.tokens import SignatureExpired, SignatureInvalid

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
TENANT, SUBJECT = new_id(), new_id()


@time_machine.travel(NOON, tick=False)
def signed(purpose: str = "avatar") -> str:
    return sign_capability(purpose, tenant_id=TENANT, subject_id=SUBJECT, kind=3)


def test_it_holds_what_was_signed_until_the_end_of_the_next_day() -> None:
    end = datetime(2026, 3, 7, tzinfo=UTC)

    assert read_capability("avatar", signed(), now=NOON) == Capability(TENANT, SUBJECT, 3, int(end.timestamp()))


def test_its_text_is_the_same_all_day() -> None:
    texts = set()
    for hour in (0, 12, 23):
        with time_machine.travel(NOON.replace(hour=hour), tick=False):
            texts.add(sign_capability("avatar", tenant_id=TENANT, subject_id=SUBJECT, kind=3))

    assert texts == {signed()}


@pytest.mark.parametrize(("seconds", "holds"), [(-1, True), (0, False), (DAY, False)])
def test_it_expires(seconds: int, holds: bool) -> None:
    now = datetime.fromtimestamp(datetime(2026, 3, 7, tzinfo=UTC).timestamp() + seconds, tz=UTC)

    if holds:
        assert read_capability("avatar", signed(), now=now).subject_id == SUBJECT
    else:
        with pytest.raises(SignatureExpired):
            read_capability("avatar", signed(), now=now)


def test_no_letter_of_it_can_be_changed() -> None:
    token = signed()

    for at, letter in enumerate(token):
        for other in ("A" if letter != "A" else "B", "é", "=", "\n"):
            with pytest.raises(SignatureInvalid):
                read_capability("avatar", token[:at] + other + token[at + 1 :], now=NOON)


@pytest.mark.parametrize("token", ["", "x", "A" * 68, "A" * 67, "\u00e9" * 68, "=" * 68])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(SignatureInvalid):
        read_capability("avatar", token, now=NOON)


def test_for_another_purpose_it_is_worth_nothing() -> None:
    with pytest.raises(SignatureInvalid):
        read_capability("image", signed(), now=NOON)


def test_what_the_platform_owns_has_no_tenant() -> None:
    token = sign_capability("avatar", tenant_id=None, subject_id=SUBJECT, kind=1)

    assert read_capability("avatar", token, now=NOON).tenant_id is None


def test_a_secret_that_was_replaced_still_counts_while_it_is_listed() -> None:
    with override_settings(SECRET_KEY="the one before"):
        token = signed()

    with override_settings(SECRET_KEY_FALLBACKS=["the one before"]):
        assert read_capability("avatar", token, now=NOON).subject_id == SUBJECT
    with pytest.raises(SignatureInvalid):
        read_capability("avatar", token, now=NOON)
