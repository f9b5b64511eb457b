"""Archives and the archives in them, on one budget."""

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from apps.files.inspection.archives.budget import MOST_NESTED_BYTES, Budget, refuse_archive, refuse_bomb
from apps.files.inspection.archives.gzips import gunzipped
from apps.files.inspection.archives.tars import check_tar
from apps.files.inspection.archives.window import Window
from apps.files.inspection.archives.zips import checked_entries, unpacked
from apps.files.inspection.reading import read_at
from apps.files.inspection.signatures import signature_of
from apps.files.inspection.types import ZIP_FAMILY

SPOOL_BYTES: Final = 1024 * 1024
_TAR_HEAD_BYTES: Final = 512
_CLOSED: Final = frozenset(
    {"application/x-7z-compressed", "application/vnd.rar", "application/x-bzip2", "application/x-xz",
     "application/zstd", "application/x-split-zip"}
)  # fmt: skip
_Check = Callable[[BinaryIO, int, Budget], None]


def check_archive(source: BinaryIO, size: int, media_type: str) -> None:
    """Accept an archive that unpacks to what it declares, in bounds, below the folder it is unpacked to.

    Types that are no archive pass.

    Raises:
        UnsafeFile: `archive_bomb`, `archive_unsafe` or `file_broken`.
    """
    check = _CHECKS.get("application/zip" if media_type in ZIP_FAMILY else media_type)
    if check:
        check(source, size, Budget.for_size(size))


def _check_zip(source: BinaryIO, size: int, budget: Budget) -> None:
    budget.enter()
    for entry, start in checked_entries(source, size, budget):
        if entry.method:
            _check_contents(unpacked(source, entry, start), budget)
        else:
            nested = Window(source, start, entry.size_bytes)
            _check_nested(cast("BinaryIO", nested), entry.size_bytes, budget)
    budget.leave()


def _check_gzip(source: BinaryIO, _size: int, budget: Budget) -> None:
    budget.enter()

    def counted() -> Iterator[bytes]:
        for piece in gunzipped(source):
            budget.spend_bytes(len(piece))
            yield piece

    _check_contents(counted(), budget)
    budget.leave()


def _check_contents(pieces: Iterator[bytes], budget: Budget) -> None:
    """Read a packed entry to its end; where it is an archive itself, look into that one too."""
    first = next(pieces, b"")
    kind = signature_of(first[:_TAR_HEAD_BYTES])
    if kind not in _CHECKS and kind not in _CLOSED:
        for _ in pieces:
            pass
        return
    with SpooledTemporaryFile(max_size=SPOOL_BYTES) as nested:
        nested.write(first)
        size = len(first)
        for piece in pieces:
            size += len(piece)
            if size > MOST_NESTED_BYTES:
                refuse_bomb("has an archive in it that is too large to be checked")
            nested.write(piece)
        _check_nested(cast("BinaryIO", nested), size, budget)


def _check_nested(source: BinaryIO, size: int, budget: Budget) -> None:
    kind = signature_of(read_at(source, 0, _TAR_HEAD_BYTES))
    if kind in _CLOSED:
        refuse_archive("has an archive in it that cannot be looked into")
    if kind in _CHECKS:
        _CHECKS[kind](source, size, budget)


def _check_tar(source: BinaryIO, size: int, budget: Budget) -> None:
    budget.enter()
    for start, length in check_tar(source, size, budget):
        _check_nested(cast("BinaryIO", Window(source, start, length)), length, budget)
    budget.leave()


_CHECKS: Final[dict[str, _Check]] = {
    "application/zip": _check_zip,
    "application/gzip": _check_gzip,
    "application/x-tar": _check_tar,
}
