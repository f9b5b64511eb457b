"""Pictures drawn anew: every kind that people upload, nothing attached, bounded memory and time."""

import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PIL import Image, ImageCms, features

from apps.core.images import AVIF, DRAWABLE_TYPES, WEBP, ImageTooLarge, InvalidImage, draw_image, draws_avif
from apps.core.images.drawing import _scans
from apps.core.tests.pictures import exif, opened, picture

SCAN = b"\xff\xda"


def draw(content: bytes, *sides: int, **options: Any) -> list[Any]:
    return draw_image(BytesIO(content), sides or (160,), **options)


def drawn(content: bytes, side: int = 160) -> Image.Image:
    """Return the picture as it is drawn in WebP."""
    (image,) = draw(content, side, media_types=[WEBP])
    return opened(image.content)


def colours(image: Image.Image) -> tuple[Any, Any]:
    """Return the colours in the middle of the left and of the right half."""
    left, right = (image.convert("RGB").getpixel((image.width * part // 4, image.height // 2)) for part in (1, 3))
    return left, right


def is_near(colour: Any, wanted: tuple[int, int, int], by: int = 24) -> bool:
    return all(abs(found - value) <= by for found, value in zip(colour, wanted, strict=True))


def test_it_is_drawn_in_each_size_and_format() -> None:
    found = draw(picture((3000, 1500)), 160, 640, 1920)

    assert [(image.side, image.media_type, image.width, image.height) for image in found] == [
        (side, media_type, side, side // 2) for side in (1920, 640, 160) for media_type in (WEBP, AVIF)
    ]
    for image in found:
        decoded = opened(image.content)
        assert (Image.MIME[decoded.format or ""], decoded.size) == (image.media_type, (image.width, image.height))


def test_without_avif_there_is_webp_alone() -> None:
    draws_avif.cache_clear()
    with patch.object(features, "check", return_value=False):
        found = draw(picture(), 160)
    draws_avif.cache_clear()

    assert [image.media_type for image in found] == [WEBP]


def test_nothing_is_enlarged() -> None:
    assert [(image.width, image.height) for image in draw(picture((100, 50)), 160, 640, media_types=[WEBP])] == [
        (100, 50), (100, 50),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
def test_the_oddest_shapes_are_drawn(size: tuple[int, int]) -> None:
    image = drawn(picture(size, "PNG"))

    assert max(image.size) == min(160, max(size))
    assert min(image.size) >= 1


@pytest.mark.parametrize(
    ("kind", "mode", "left"),
    [
        ("JPEG", "RGB", (255, 0, 0)), ("JPEG", "CMYK", (255, 0, 0)), ("JPEG", "L", (255, 255, 255)),
        ("PNG", "RGB", (255, 0, 0)), ("PNG", "RGBA", (255, 0, 0)), ("PNG", "P", (255, 0, 0)),
        ("PNG", "1", (255, 255, 255)), ("PNG", "L", (255, 255, 255)), ("PNG", "LA", (255, 255, 255)),
        ("PNG", "I;16", (128, 128, 128)), ("GIF", "P", (255, 0, 0)), ("GIF", "L", (255, 255, 255)),
        ("WEBP", "RGB", (255, 0, 0)), ("WEBP", "RGBA", (255, 0, 0)), ("MPO", "RGB", (255, 0, 0)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [(400, 200), (60, 40)])
def test_its_colours_stay(kind: str, mode: str, left: tuple[int, int, int], size: tuple[int, int]) -> None:
    image = drawn(picture(size, kind, mode))

    assert image.mode in {"RGB", "RGBA"}
    assert is_near(colours(image)[0], left)
    assert is_near(colours(image)[1], (0, 0, 0))


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "RGBA", {}), ("WEBP", "RGBA", {"lossless": True}), ("PNG", "P", {"transparency": 0}),
        ("GIF", "P", {"transparency": 0}), ("PNG", "L", {"transparency": 0}), ("PNG", "LA", {}),
    ],
)  # fmt: skip
def test_what_shows_through_goes_on_doing_so(kind: str, mode: str, options: dict[str, Any]) -> None:
    image = drawn(picture((400, 200), kind, mode, **options))

    assert image.mode == "RGBA"
    assert image.getpixel((40, 40))[3] == 255  # type: ignore[index]
    assert image.getpixel((120, 40))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_what_moves_the_first_frame_is_drawn(kind: str) -> None:
    frames = [Image.new("RGB", (200, 100), colour) for colour in ("red", "blue", "green")]
    target = BytesIO()
    frames[0].save(target, format=kind, save_all=True, append_images=frames[1:], duration=100)

    image = drawn(target.getvalue())

    assert getattr(image, "n_frames", 1) == 1
    assert is_near(colours(image)[0], (255, 0, 0))


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (160, 80)), (2, (160, 80)), (3, (160, 80)), (6, (80, 160)), (8, (80, 160))]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_stands_upright(kind: str, orientation: int, size: tuple[int, int]) -> None:
    image = drawn(picture((400, 200), kind, exif=exif(orientation)))

    bright = {1: (0.25, 0.5), 2: (0.75, 0.5), 3: (0.75, 0.5), 6: (0.5, 0.25), 8: (0.5, 0.75)}[orientation]
    assert image.size == size
    assert is_near(image.convert("RGB").getpixel((int(size[0] * bright[0]), int(size[1] * bright[1]))), (255, 0, 0))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_is_attached_to_it(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"exif": exif(6), "icc_profile": profile}
    if kind != "PNG":
        options["xmp"] = b"<x:xmpmeta>SecretCamera</x:xmpmeta>"
    content = picture(kind=kind, **options)

    for image in draw(content, 640):
        decoded = opened(image.content)
        assert b"SecretCamera" in content
        assert b"SecretCamera" not in image.content
        assert b"ICC" not in image.content
        assert dict(decoded.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile"} & decoded.info.keys()


def test_colours_of_a_wider_space_are_brought_into_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    swapped = ImageCms.ImageCmsProfile(BytesIO(_red_and_green_swapped()))

    image = drawn(picture((400, 200), "PNG", icc_profile=swapped.tobytes()))

    assert is_near(colours(image)[0], (0, 255, 0), by=60)
    assert is_near(colours(drawn(picture((400, 200), "PNG", icc_profile=lab.tobytes())))[0], (255, 0, 0))


def _red_and_green_swapped() -> bytes:
    """Return sRGB's profile in which red and green have changed places: nobody's space, but easily seen."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


@pytest.mark.parametrize("profile", [b"no profile", b"x" * (1024 * 1024 + 1)])
def test_a_profile_that_is_none_changes_nothing(profile: bytes) -> None:
    assert is_near(colours(drawn(picture((400, 200), icc_profile=profile)))[0], (255, 0, 0))


def test_broken_metadata_is_no_reason_to_refuse() -> None:
    broken = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01\x03\x00\xff\xff\xff\xff\xff\xff\xff\xff"

    assert drawn(picture((400, 200), exif=broken)).size == (160, 80)


def test_metadata_that_cannot_be_read_at_all_leaves_it_as_it_lies() -> None:
    with patch("PIL.ImageOps.exif_transpose", side_effect=KeyError):
        assert drawn(picture((400, 200), exif=exif(6))).size == (160, 80)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture(kind="TIFF"),
        picture(kind="BMP"), picture(kind="AVIF"), picture(kind="ICO", size=(64, 64)), picture()[:700],
        picture(kind="PNG")[:200], picture(kind="WEBP")[:40], b"%PDF-1.4\n" + picture(), picture(kind="PNG")[8:],
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidImage):
        draw(content)


def test_what_is_drawn_is_what_is_promised() -> None:
    kinds = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}

    assert kinds.keys() == DRAWABLE_TYPES
    assert all(drawn(picture((200, 100), kind)).size == (160, 80) for kind in kinds.values())


def test_many_bytes_of_noise_raise_nothing_else() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        content = bytearray(picture((64, 48), kind))
        for at in range(len(content)):
            altered = bytes(content[:at]) + bytes([content[at] ^ 0xFF]) + bytes(content[at + 1 :])
            try:
                draw(altered, 32, media_types=[WEBP])
            except InvalidImage:
                continue


@pytest.mark.parametrize(
    ("kind", "options", "most"),
    [("JPEG", {}, 5000), ("JPEG", {"progressive": True}, 1000), ("PNG", {}, 833), ("GIF", {}, 833), ("WEBP", {}, 555)],
)
def test_the_memory_decides_how_many_pixels_are_too_many(kind: str, options: dict[str, Any], most: int) -> None:
    fitting, larger = picture((most, 100), kind, **options), picture((most + 10, 100), kind, **options)

    draw(fitting, 32, memory=1_000_000)

    with pytest.raises(ImageTooLarge):
        draw(larger, 32, memory=1_000_000)


def test_pixels_beyond_all_measure_are_refused() -> None:
    with patch("PIL.Image.MAX_IMAGE_PIXELS", 100), pytest.raises(ImageTooLarge):
        draw(picture())


def test_a_few_bytes_per_scan_do_not_buy_hours() -> None:
    content = picture((64, 64), progressive=True)
    start = content.rindex(SCAN)

    def with_more(scans: int) -> bytes:
        return content[:start] + content[start:-2] * scans + content[-2:]

    assert drawn(with_more(20)).size == (64, 64)
    with pytest.raises(InvalidImage):
        draw(with_more(50))


@pytest.mark.parametrize("at", [0, 65_535, 65_536, 70_000])
def test_scans_are_counted_across_the_pieces_in_which_the_file_is_read(at: int) -> None:
    content = BytesIO(b"x" * at + SCAN + b"x" * 70_000 + SCAN)

    assert _scans(content) == 2


MEMORY_PROBE = """
import resource, sys
from apps.core.images import draw_image
draw_image(open(sys.argv[1], "rb"), [160])  # loads the codecs
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
draw_image(open(sys.argv[2], "rb"), [160, 640, 1920])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "size", "options"),
    [
        ("JPEG", "RGB", (12_000, 9_000), {}),
        ("JPEG", "RGB", (5_600, 4_500), {"progressive": True, "subsampling": 0}),
        ("PNG", "RGBA", (4_800, 4_500), {"compress_level": 1}),
        ("PNG", "P", (4_800, 4_500), {"compress_level": 1}),
        ("GIF", "P", (4_800, 4_500), {}),
        ("WEBP", "RGBA", (4_000, 3_600), {"method": 0, "quality": 10}),
    ],
)
@pytest.mark.timeout(30)
def test_memory_is_bounded_whatever_comes(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], options: dict[str, Any]
) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(picture(kind=kind))
    large.write_bytes(picture(size, kind, mode, **options))

    done = subprocess.run(
        [sys.executable, "-c", MEMORY_PROBE, str(small), str(large)], check=True, capture_output=True, text=True
    )

    assert int(done.stdout) < 320


def test_pillow_is_loaded_by_who_draws_and_not_before() -> None:
    code = "import sys, apps.core.images; sys.exit('PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
