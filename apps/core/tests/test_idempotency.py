"""What makes two requests the same for an `Idempotency-Key`."""

from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.http.idempotency import _described


def test_files_are_told_apart_by_their_bytes_and_other_things_by_their_text() -> None:
    one, other = SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("a.txt", b"other")

    assert _described(one) != _described(other)
    assert _described(one) == _described(SimpleUploadedFile("a.txt", b"one"))
    assert one.read() == b"one"
    assert _described(UUID(int=1)) == str(UUID(int=1))
