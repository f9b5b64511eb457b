"""The tokens of the local store: all that they say is signed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from pytest_django import Settings

from apps.core.storage.tokens import _SALT, Permit, SignatureExpired, SignatureInvalid, permit_of, token_of

PERMIT = Permit("PUT", "school/file", 2_000_000_000, media_type="text/plain", size=5)
BEFORE = datetime.fromtimestamp(1_999_999_999, tz=UTC)


def test_a_token_holds_what_was_signed_until_it_expires() -> None:
    token = token_of(PERMIT)

    assert permit_of(token, now=BEFORE) == PERMIT
    with pytest.raises(SignatureExpired):
        permit_of(token, now=BEFORE + timedelta(seconds=1))


def test_no_letter_of_a_token_can_be_changed() -> None:
    token = token_of(PERMIT)

    for position, letter in enumerate(token):
        other = token[:position] + ("A" if letter != "A" else "B") + token[position + 1 :]
        with pytest.raises(SignatureInvalid):
            permit_of(other, now=BEFORE)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "GET"},
        {"key": "school/other"},
        {"expires": 2_000_000_001},
        {"media_type": "text/html"},
        {"size": 6},
        {"disposition": "inline"},
        {"multipart_id": "0" * 32},
        {"number": 1},
    ],
)
def test_the_signature_covers_every_field(change: dict[str, str | int]) -> None:
    signature = token_of(PERMIT).rpartition(":")[2]
    payload = token_of(replace(PERMIT, **change)).rpartition(":")[0]  # type: ignore[arg-type]

    with pytest.raises(SignatureInvalid):
        permit_of(f"{payload}:{signature}", now=BEFORE)


@pytest.mark.parametrize("text", ["", ":", "a", "a:b", "é", "." + "A" * 50, "W10:x"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(SignatureInvalid):
        permit_of(text, now=BEFORE)


def test_a_token_signed_for_another_purpose_or_by_another_release_is_refused() -> None:
    for token in (
        Signer(salt="elsewhere").sign_object(["PUT", "school/file", 2_000_000_000, "", 0, "", "", 0]),
        Signer(salt=_SALT).sign_object(["PUT", "school/file"]),
        Signer(salt=_SALT).sign("no JSON"),
    ):
        with pytest.raises(SignatureInvalid):
            permit_of(token, now=BEFORE)


def test_the_key_of_the_signature_is_the_secret_of_the_installation(settings: Settings) -> None:
    token = token_of(PERMIT)
    settings.SECRET_KEY = "another-secret-0123456789-0123456789"

    with pytest.raises(SignatureInvalid):
        permit_of(token, now=BEFORE)
