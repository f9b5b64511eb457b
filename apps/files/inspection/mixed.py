"""Files that are two things at once: a picture that unpacks as an archive, a document with a program behind it.

A page hidden in a picture (`<script>` in a comment) is no danger here and no reason to refuse: pictures are served as
the type that was found, never as a page, and their comments are taken out. What follows a picture's end goes as well.
"""

from typing import BinaryIO, Final

from apps.files.inspection.archives.directory import END, END_BYTES, LONGEST_COMMENT
from apps.files.inspection.errors import refuse
from apps.files.inspection.reading import read_at
from apps.files.inspection.signatures import OLE_TYPES, signature_of
from apps.files.inspection.types import ZIP_FAMILY

_PDF: Final = "application/pdf"
_PDF_END: Final = b"%%EOF"
_MOST_AFTER_PDF: Final = 1024
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"


def check_single(source: BinaryIO, size: int, media_type: str) -> None:
    """Accept a file that is of one type only.

    Raises:
        UnsafeFile: `mixed_content`; `file_broken`, a PDF without its end.
    """
    if media_type in ZIP_FAMILY or media_type in {"application/gzip", "application/x-tar"}:
        return
    tail_start = max(0, size - END_BYTES - LONGEST_COMMENT)
    tail = read_at(source, tail_start, size - tail_start)
    if _has_archive(source, tail, tail_start, is_strict=media_type == _PDF or media_type in OLE_TYPES):
        _refuse("a ZIP archive")
    if media_type == _PDF:
        _check_end_of_pdf(tail)


def _has_archive(source: BinaryIO, tail: bytes, tail_start: int, *, is_strict: bool) -> bool:
    """Whether programs would find a ZIP directory. Documents embed archives, so there it must be at the very end."""
    at = tail.rfind(END)
    while at >= 0:
        record = tail[at : at + END_BYTES]
        if len(record) == END_BYTES:
            length, start, comment = (int.from_bytes(record[a:b], "little") for a, b in ((12, 16), (16, 20), (20, 22)))
            ends = at + END_BYTES + comment == len(tail)
            places = (start, tail_start + at - length)
            found = any(place >= 0 and read_at(source, place, 4) == _DIRECTORY_ENTRY for place in places)
            if found and (ends or not is_strict):
                return True
        at = tail.rfind(END, 0, at)
    return False


def _check_end_of_pdf(tail: bytes) -> None:
    at = tail.rfind(_PDF_END)
    if at < 0:
        refuse("The PDF has no end: it was not copied wholly. Upload it again.", code="file_broken")
    after = tail[at + len(_PDF_END) :].strip(b"\r\n\t \x00")
    if len(after) > _MOST_AFTER_PDF or signature_of(after):
        _refuse("other data after its end")


def _refuse(what: str) -> None:
    refuse(f"The file has {what} hidden in it. Save it anew and upload that.", code="mixed_content")
