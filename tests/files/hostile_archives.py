"""Archives that are more than they say, or would land elsewhere."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib

from tests.files.building import (
    PAGE,
    PROGRAM,
    compound_file,
    deflated,
    deflated_zeros,
    directory_entry,
    end_of_directory,
    local_header,
    office,
    raw_zip,
    tarred,
    zipped,
)

ZEROS_OF_100_MB = zlib.crc32(bytes(100 * 1024 * 1024))


def _one_entry(packed: bytes, size: int, crc: int, *, name: bytes = b"a.bin") -> bytes:
    first = local_header(name, packed, size, crc) + packed
    entry = directory_entry(name, len(packed), size, crc, 0)
    return first + entry + end_of_directory(1, len(entry), len(first))


def flat_bomb() -> bytes:
    """Unpacks to a thousand times what it weighs, and says so."""
    return _one_entry(deflated_zeros(100), 100 * 1024 * 1024, ZEROS_OF_100_MB)


def lying_bomb() -> bytes:
    """Unpacks to 100 MB, and says 10 bytes."""
    return _one_entry(deflated_zeros(100), 10, zlib.crc32(bytes(10)))


def lying_the_other_way() -> bytes:
    packed = deflated(b"short")
    return _one_entry(packed, 1000, zlib.crc32(b"short"))


def wrong_checksum() -> bytes:
    return _one_entry(deflated(b"text"), 4, 1)


def no_stream() -> bytes:
    return _one_entry(b"\xff\xff\xff", 4, 1)


def overlapping() -> bytes:
    """Fifield's better bomb: each entry quotes the header of the next in a stored block, and all share the last."""
    content = bytes(1_000_000)
    outer, data, unpacked = b"", deflated(content), content
    entries: list[tuple[bytes, int, int, int]] = []  # from the last to the first
    for number in reversed(range(8)):
        name, checksum = b"%d.bin" % number, zlib.crc32(unpacked)
        header = local_header(name, data, len(unpacked), checksum)
        entries.append((name, len(data), len(unpacked), checksum))
        outer = header + data
        data = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF) + outer
        unpacked = header + unpacked
    directory, place = b"", 0
    for name, packed, size, checksum in reversed(entries):
        directory += directory_entry(name, packed, size, checksum, place)
        place += 30 + len(name) + 5
    return outer + directory + end_of_directory(len(entries), len(directory), len(outer))


def matryoshka(levels: int = 40) -> bytes:
    """An archive in an archive in an archive: to who looks inside it seems to have no end."""
    data = b"text"
    for _ in range(levels):
        data = zipped({"inner.zip": data})
    return data


def wide_and_deep() -> bytes:
    """42.zip's plan: sixteen archives in each of sixteen, ever deeper."""
    data = zipped({"0.bin": bytes(1_000_000)})
    for _ in range(4):
        data = zipped({f"{number}.zip": data for number in range(16)})
    return data


def many_entries() -> bytes:
    first = local_header(b"a", b"", 0, 0, method=0)
    entries = b"".join(directory_entry(b"%d" % number, 0, 0, 0, 0, method=0) for number in range(20_001))
    return first + entries + end_of_directory(20_001, len(entries), len(first))


def endless_directory() -> bytes:
    """64-bit records that speak of four thousand million entries."""
    first = local_header(b"a", b"", 0, 0, method=0)
    numbers = (44, 45, 45, 0, 0, 1 << 32, 1 << 32, 1 << 40, len(first))
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", *numbers) + struct.pack("<4sIQI", b"PK\6\7", 0, len(first), 1)
    return first + wide + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def two_directories() -> bytes:
    """The 64-bit records say one thing, the old ones another: programs unpack different files."""
    whole = raw_zip()
    first, end = whole[:-22], whole[-22:]
    start, length = len(first) - 51, 51
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 0, 0, 0, start + length)
    return first + wide + struct.pack("<4sIQI", b"PK\6\7", 0, len(first), 1) + end


def same_name_twice() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "harmless")
        archive.filelist.append(archive.filelist[0])
    return target.getvalue()


def linked() -> bytes:
    return raw_zip(name=b"a", content=b"/etc/passwd", listed={"mode": stat.S_IFLNK | 0o777})


def device() -> bytes:
    return raw_zip(listed={"mode": stat.S_IFBLK | 0o600})


def with_unicode_path() -> bytes:
    """The name is harmless; the field that newer programs prefer is not."""
    extra = struct.pack("<HHBI", 0x7075, 5 + len(b"../../x"), 1, zlib.crc32(b"a.txt")) + b"../../x"
    first = local_header(b"a.txt", b"", 0, 0, method=0)
    entry = bytearray(directory_entry(b"a.txt", 0, 0, 0, 0, method=0) + extra)
    struct.pack_into("<H", entry, 30, len(extra))
    return first + bytes(entry) + end_of_directory(1, len(entry), len(first))


def hidden_between() -> bytes:
    """A program that no entry owns lies between the entry and the directory."""
    first = local_header(b"a.txt", b"", 0, 0, method=0) + PROGRAM * 50
    entry = directory_entry(b"a.txt", 0, 0, 0, 0, method=0)
    return first + entry + end_of_directory(1, len(entry), len(first))


def closed_inside() -> bytes:
    return zipped({"a.7z": b"7z\xbc\xaf\x27\x1c" + bytes(40)})


def packed_tar_bomb() -> bytes:
    return deflated_zeros(100, 16 + zlib.MAX_WBITS)


def packed_without_end() -> bytes:
    """A gzip in a gzip in a gzip."""
    data = b"text"
    for _ in range(10):
        data = gzip.compress(data)
    return data


def tar_with_holes() -> bytes:
    return tarred([("a", b"x")], pax_headers={"GNU.sparse.realsize": str(1 << 40)})


def tar_of_many() -> bytes:
    return tarred([("a", b"")], type=tarfile.DIRTYPE)[:512] * 20_001


def tar_link(kind: bytes) -> bytes:
    return tarred([("a", b"")], type=kind, linkname="/etc/passwd")


def damaged_tar() -> bytes:
    data = bytearray(tarred([("a", b"x")]))
    data[0] ^= 1
    return bytes(data)


def locked_inside() -> bytes:
    whole = bytearray(raw_zip())
    whole[6] |= 1
    return bytes(whole)


ARCHIVES = {
    "a zip that unpacks a thousandfold": ("a.zip", flat_bomb, "archive_bomb"),
    "a zip that says it is small": ("a.zip", lying_bomb, "archive_bomb"),
    "a zip that says it is large": ("a.zip", lying_the_other_way, "archive_unsafe"),
    "a zip with a wrong checksum": ("a.zip", wrong_checksum, "archive_unsafe"),
    "a zip whose data is none": ("a.zip", no_stream, "file_broken"),
    "a zip whose entries overlap": ("a.zip", overlapping, "archive_bomb"),
    "a zip in a zip, forty deep": ("a.zip", matryoshka, "archive_bomb"),
    "sixteen zips in sixteen zips in …": ("a.zip", wide_and_deep, "archive_bomb"),
    "a zip of 20,001 entries": ("a.zip", many_entries, "archive_bomb"),
    "a zip64 with a directory of a terabyte": ("a.zip", endless_directory, "archive_unsafe"),
    "a zip with two directories": ("a.zip", two_directories, "archive_unsafe"),
    "a zip with one name twice": ("a.zip", same_name_twice, "archive_unsafe"),
    "a zip that leaves its folder": ("a.zip", lambda: zipped({"a/../../x": b""}), "archive_unsafe"),
    "a zip that leaves its folder by backslash": ("a.zip", lambda: zipped({"..\\x": b""}), "archive_unsafe"),
    "a zip with an absolute path": ("a.zip", lambda: zipped({"/etc/x": b""}), "archive_unsafe"),
    "a zip with a drive": ("a.zip", lambda: zipped({"C:x": b""}), "archive_unsafe"),
    "a zip with a NUL in a name": ("a.zip", lambda: raw_zip(name=b"a\0b", listed={"name": b"a\0b"}), "archive_unsafe"),
    "a zip with a turned name": ("a.zip", lambda: zipped({"gnp.\u202eexe": b""}), "archive_unsafe"),
    "a zip with another name inside": ("a.zip", lambda: raw_zip(listed={"name": b"b.txt"}), "archive_unsafe"),
    "a zip with a second name": ("a.zip", with_unicode_path, "archive_unsafe"),
    "a zip with a symbolic link": ("a.zip", linked, "archive_unsafe"),
    "a zip with a device": ("a.zip", device, "archive_unsafe"),
    "a zip with a password": ("a.zip", lambda: raw_zip(listed={"flags": 1}), "archive_unsafe"),
    "a zip with a password inside only": ("a.zip", locked_inside, "archive_unsafe"),
    "a zip of an unknown method": ("a.zip", lambda: raw_zip(listed={"method": 99}), "archive_unsafe"),
    "a zip that stores less than it says": ("a.zip", lambda: raw_zip(listed={"size": 9999}), "archive_unsafe"),
    "a zip with a program between its entries": ("a.zip", hidden_between, "archive_unsafe"),
    "a zip with a program behind it": ("a.zip", lambda: zipped({"a": b""}) + PROGRAM, "archive_unsafe"),
    "a zip behind a program": ("a.zip", lambda: PROGRAM + zipped({"a": b""}), "type_not_allowed"),
    "a zip without its end": ("a.zip", lambda: zipped({"a": b"text"})[:-30], "archive_unsafe"),
    "a 7z in a zip": ("a.zip", closed_inside, "archive_unsafe"),
    "a program for Java as zip": ("a.zip", lambda: zipped({"META-INF/MANIFEST.MF": b""}), "type_not_allowed"),
    "a zip as document": ("a.docx", lambda: zipped({"a.txt": b""}), "type_mismatch"),
    "a document with macros": ("a.docx", lambda: office("word", **{"word/vbaProject.bin": b""}), "type_not_allowed"),
    "a bomb as document": ("a.docx", lambda: office("word", **{"word/media.bin": bytes(90_000_000)}), "archive_bomb"),
    "a document with a password": ("a.doc", lambda: compound_file("EncryptedPackage"), "archive_unsafe"),
    "an installer as document": ("a.doc", lambda: compound_file("Installer"), "type_not_allowed"),
    "a gzip that unpacks a thousandfold": ("a.tar.gz", packed_tar_bomb, "archive_bomb"),
    "a gzip in a gzip, ten deep": ("a.gz", packed_without_end, "archive_bomb"),
    "a gzip with a page behind it": ("a.gz", lambda: gzip.compress(b"a") + PAGE, "archive_unsafe"),
    "a gzip without its end": ("a.gz", lambda: gzip.compress(b"text")[:-9], "archive_unsafe"),
    "a tar that leaves its folder": ("a.tar", lambda: tarred([("../x", b"")]), "archive_unsafe"),
    "a tar with a symbolic link": ("a.tar", lambda: tar_link(tarfile.SYMTYPE), "archive_unsafe"),
    "a tar with a hard link": ("a.tar", lambda: tar_link(tarfile.LNKTYPE), "archive_unsafe"),
    "a tar with a device": ("a.tar", lambda: tar_link(tarfile.CHRTYPE), "archive_unsafe"),
    "a tar with one name twice": ("a.tar", lambda: tarred([("a", b"1"), ("a", b"2")]), "archive_unsafe"),
    "a tar of 20,001 entries": ("a.tar", tar_of_many, "archive_bomb"),
    "a tar with holes": ("a.tar", tar_with_holes, "archive_unsafe"),
    "a tar that is damaged": ("a.tar", damaged_tar, "archive_unsafe"),
    "a tar that ends early": ("a.tar", lambda: tarred([("a", bytes(9000))])[:2000], "archive_unsafe"),
    "a bomb in a tar in a gzip": ("a.tgz", lambda: gzip.compress(tarred([("a.zip", flat_bomb())])), "archive_bomb"),
}
