"""What a ZIP archive is: an Office document, a book, a package, a program, or just an archive."""

from typing import BinaryIO, Final

from apps.files.inspection.archives.directory import ZipDirectory, read_directory
from apps.files.inspection.reading import read_at
from apps.files.inspection.types import BY_MEDIA_TYPE, H5P, SCORM

JAVA_ARCHIVE: Final = "application/java-archive"
MACROS: Final = "application/vnd.ms-office.macro-enabled"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_OFFICE_FOLDERS: Final = {
    "word/": f"{_OOXML}wordprocessingml.document",
    "xl/": f"{_OOXML}spreadsheetml.sheet",
    "ppt/": f"{_OOXML}presentationml.presentation",
}
_LONGEST_MEDIA_TYPE: Final = 100
_LOCAL_HEADER_BYTES: Final = 30


def zip_type_of(source: BinaryIO, size: int) -> str:
    """Return the media type of the archive, by the parts that it must have.

    Raises:
        UnsafeFile: the archive has no directory that can be trusted.
    """
    directory = read_directory(source, size)
    names = {entry.name for entry in directory.entries}
    if "[Content_Types].xml" in names and (office := _office_type(names)):
        return office
    if names & {"META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex"}:
        return JAVA_ARCHIVE
    if declared := _declared_type(source, directory):
        return declared
    if "h5p.json" in names:
        return H5P
    return SCORM if "imsmanifest.xml" in names else "application/zip"


def _office_type(names: set[str]) -> str | None:
    if any(name.endswith("/vbaProject.bin") for name in names):
        return MACROS
    return next((kind for folder, kind in _OFFICE_FOLDERS.items() if any(n.startswith(folder) for n in names)), None)


def _declared_type(source: BinaryIO, directory: ZipDirectory) -> str | None:
    """Return what the first entry, `mimetype`, says (OpenDocument part 2, EPUB OCF): stored, not packed."""
    first = min(directory.entries, key=lambda entry: entry.offset, default=None)
    if first is None or first.name != "mimetype" or first.method or first.size_bytes > _LONGEST_MEDIA_TYPE:
        return None
    header = read_at(source, first.offset, _LOCAL_HEADER_BYTES)
    skipped = sum(int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
    declared = read_at(source, first.offset + _LOCAL_HEADER_BYTES + skipped, first.size_bytes)
    media_type = declared.strip().decode("ascii", errors="replace")
    return media_type if BY_MEDIA_TYPE.get(media_type, BY_MEDIA_TYPE["text/html"]).group == "document" else None
