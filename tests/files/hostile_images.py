"""Pictures that stand for more than they weigh, or carry what nobody should see."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

from tests.files.building import PAGE, PROGRAM, box, chunk, deflated_zeros, exif, moving_picture, picture, png, zipped

SECRET = b"Secret"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SecretPlace</x:xmpmeta>"


def jpeg_of(width: int, height: int) -> bytes:
    """Return a small JPEG whose header says another size."""
    data = bytearray(picture())
    at = data.index(b"\xff\xc0") + 5
    struct.pack_into(">HH", data, at, height, width)
    return bytes(data)


def jpeg_of_many_scans() -> bytes:
    """Each scan makes a decoder go over the whole picture again."""
    data = picture(progressive=True, size=(64, 64))
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * 200 + b"\xff\xd9"


def photo(**options: Any) -> bytes:
    """Return a photograph with a place, a camera, a comment, a thumbnail of something else, and what follows it."""
    return picture(exif=exif(6), comment=b"Secret " + PAGE, xmp=XMP, **options)


def png_with_texts() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "SecretPerson")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return picture("PNG", pnginfo=texts, exif=exif(6))


def png_with_bomb(kind: bytes) -> bytes:
    """A colour profile or a comment that unpacks to 100 MB."""
    return png(8, 8, chunk(kind, b"Secret\0\0" + deflated_zeros(100, zlib.MAX_WBITS)))


def damaged_png() -> bytes:
    data = bytearray(picture("PNG"))
    data[-20] ^= 0xFF
    return bytes(data)


def gif_of_many_frames(count: int = 100_000) -> bytes:
    frame = b",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * count + b";"


def gif_with_comment() -> bytes:
    comment = b"Secret*/" + PAGE
    data = moving_picture("GIF")
    return data[:-1] + b"!\xfe" + bytes([len(comment)]) + comment + b"\0;"


def gif_of(width: int, height: int) -> bytes:
    data = bytearray(moving_picture("GIF"))
    struct.pack_into("<HH", data, 6, width, height)
    return bytes(data)


def webp_of(width: int, height: int) -> bytes:
    header = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + header + picture("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def avif_of(width: int, height: int) -> bytes:
    """Return an AVIF that declares another size."""
    data = bytearray(picture("AVIF"))
    struct.pack_into(">II", data, data.index(b"ispe") + 8, width, height)
    return bytes(data)


def avif_that_lies() -> bytes:
    """Small by its boxes; the stream in it makes a decoder draw 65,536 by 65,536 pixels."""
    data = picture("AVIF", size=(64, 64))
    item = data.index(b"mdat") + 4
    at = data.index(b"\x0a", item)  # the sequence header: type 1, with a size
    length = data[at + 1]
    bits = f"{int.from_bytes(data[at + 2 : at + 2 + length], 'big'):0{8 * length}b}"
    # With a reduced header the level follows; without, no timing, no delays and one operating point.
    head = bits[:10] if bits[4] == "1" else bits[:4] + "0" * 25
    forged = (head + "1111" + "1111" + "1" * 16 + "1" * 16).ljust(8 * length, "0")[: 8 * length]
    return data[: at + 2] + int(forged, 2).to_bytes(length, "big") + data[at + 2 + length :]


def moving_avif() -> bytes:
    data = picture("AVIF")
    return data + box(b"moov", bytes(20))


def tiff() -> bytes:
    return picture("TIFF")


PICTURES = {
    "a PNG of 20,000 by 20,000 pixels": ("a.png", lambda: png(20_000, 20_000, data=b""), "image_too_large"),
    "a PNG that is 20,000 pixels long": ("a.png", lambda: png(20_000, 1), "image_too_large"),
    "a JPEG of 20,000 by 20,000 pixels": ("a.jpg", lambda: jpeg_of(20_000, 20_000), "image_too_large"),
    "a GIF of 20,000 by 20,000 pixels": ("a.gif", lambda: gif_of(20_000, 20_000), "image_too_large"),
    "a WebP of 16,000,000 pixels a side": ("a.webp", lambda: webp_of(16_000_000, 16_000_000), "image_too_large"),
    "an AVIF of 20,000 by 20,000 pixels": ("a.avif", lambda: avif_of(20_000, 20_000), "image_too_large"),
    "an AVIF with a huge stream": ("a.avif", avif_that_lies, "image_too_large"),
    "an AVIF that moves": ("a.avif", moving_avif, "image_broken"),
    "a GIF of 100,000 frames": ("a.gif", gif_of_many_frames, "image_too_large"),
    "a JPEG of 200 scans": ("a.jpg", jpeg_of_many_scans, "image_broken"),
    "a PNG with more pixels than it says": (
        "a.png", lambda: png(1, 1, data=deflated_zeros(100, zlib.MAX_WBITS)), "image_broken",
    ),
    "a PNG with fewer pixels than it says": ("a.png", lambda: png(100, 100, data=zlib.compress(b"")), "image_broken"),
    "a PNG that is damaged": ("a.png", damaged_png, "image_broken"),
    "a PNG that ends early": ("a.png", lambda: picture("PNG")[:-20], "image_broken"),
    "a PNG without pixels": ("a.png", lambda: png(0, 5), "image_broken"),
    "a JPEG that ends early": ("a.jpg", lambda: picture()[:-20], "image_broken"),
    "a JPEG of nothing": ("a.jpg", lambda: b"\xff\xd8\xff\xd9", "image_broken"),
    "a WebP that ends early": ("a.webp", lambda: picture("WEBP")[:-20], "image_broken"),
    "a WebP of two sizes": ("a.webp", lambda: webp_of(4000, 4000), "image_broken"),
    "a GIF that ends early": ("a.gif", lambda: moving_picture("GIF")[:-9], "image_broken"),
    "a GIF without a picture": ("a.gif", lambda: b"GIF89a\1\0\1\0\0\0\0;", "image_broken"),
    "a picture that is an archive": ("a.gif", lambda: moving_picture("GIF") + zipped({"a": b""}), "mixed_content"),
    "a photograph that is an archive": ("a.jpg", lambda: picture() + zipped({"a": b""}) + b"more", "mixed_content"),
    "a TIFF": ("a.tiff", tiff, "type_not_allowed"),
    "a TIFF as JPEG": ("a.jpg", tiff, "type_not_allowed"),
    "a Photoshop file": ("a.psd", lambda: b"8BPS\0\1" + bytes(60), "type_not_allowed"),
    "a HEIC": ("a.heic", lambda: box(b"ftyp", b"heic\0\0\0\0mif1") + bytes(40), "type_not_allowed"),
    "a bitmap": ("a.bmp", lambda: picture("BMP"), "type_not_allowed"),
}  # fmt: skip

# These are kept, without what is hostile in them.
CLEANED = {
    "a photograph with a place and a comment": ("a.jpg", photo),
    "a photograph with a program behind it": ("a.jpg", lambda: picture() + PROGRAM + SECRET),
    "a photograph with a page behind it": ("a.jpg", lambda: picture() + PAGE + SECRET),
    "a progressive photograph": ("a.jpg", lambda: photo(progressive=True)),
    "a PNG with texts": ("a.png", png_with_texts),
    "a PNG with a page behind it": ("a.png", lambda: picture("PNG") + PAGE + SECRET),
    "a PNG with a profile that is none": ("a.png", lambda: png(8, 8, chunk(b"iCCP", b"Secret\0\0garbage"))),
    "a GIF with a page in a comment": ("a.gif", gif_with_comment),
    "a GIF with a program behind it": ("a.gif", lambda: moving_picture("GIF") + PROGRAM + SECRET),
    "a WebP with a place": ("a.webp", lambda: picture("WEBP", exif=exif(6), xmp=XMP)),
    "a WebP with a page behind it": ("a.webp", lambda: picture("WEBP") + PAGE + SECRET),
    "an AVIF with a place": ("a.avif", lambda: picture("AVIF", exif=exif(), xmp=XMP)),
    "an AVIF with a box of its own": ("a.avif", lambda: picture("AVIF") + box(b"uuid", SECRET + PAGE)),
}

# These cannot even be drawn before.
DEFUSED = {
    "a PNG with a bomb for a profile": ("a.png", lambda: png_with_bomb(b"iCCP")),
    "a PNG with a bomb for a comment": ("a.png", lambda: png_with_bomb(b"zTXt")),
}


def drawn(content: bytes) -> bytes:
    """Return the pixels."""
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").tobytes()
