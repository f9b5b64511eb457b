"""The table of hostile files: each is refused with its code or made harmless, and none costs much."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from apps.files.inspection import DEFAULT_ALLOWED, UnsafeFile, clean_image, inspect
from apps.files.inspection.reading import CHUNK_BYTES
from lms_backend.environment import BASE_DIR
from tests.files.building import HARMLESS, exif, moving_picture, picture
from tests.files.hostile import HOSTILE
from tests.files.hostile_images import CLEANED, DEFUSED, SECRET
from tests.files.hostile_images import drawn as pixels_of

BOMBS: Final = [
    what for what, hostile in HOSTILE.items() if hostile.code in {"archive_bomb", "image_too_large", "image_broken"}
]
MEGABYTES: Final = 48


def look_at(content: bytes, name: str) -> str:
    return inspect(io.BytesIO(content), name=name, size=len(content), allowed=DEFAULT_ALLOWED)


def cleaned(content: bytes, media_type: str) -> bytes | None:
    result = clean_image(io.BytesIO(content), media_type)
    if result is None:
        return None
    with result:
        return result.read()


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_its_code(what: str) -> None:
    hostile = HOSTILE[what]

    with pytest.raises(UnsafeFile) as refused:
        look_at(hostile.make(), hostile.name)

    assert refused.value.code == hostile.code
    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_file_is_taken_for_what_it_is(name: str) -> None:
    content, media_type = HARMLESS[name]

    assert look_at(content, name) == media_type


@pytest.mark.parametrize("what", CLEANED)
def test_what_a_picture_tells_about_people_is_taken_out_and_its_pixels_stay(what: str) -> None:
    name, make = CLEANED[what]
    content = make()
    media_type = look_at(content, name)

    result = cleaned(content, media_type)

    assert result is not None
    assert SECRET not in result
    assert b"<script" not in result
    assert b"PE\0\0" not in result
    assert look_at(result, name) == media_type
    assert pixels_of(result) == pixels_of(content)
    assert cleaned(result, media_type) is None


@pytest.mark.parametrize("what", DEFUSED)
def test_a_bomb_in_the_metadata_of_a_picture_goes_with_it(what: str) -> None:
    name, make = DEFUSED[what]
    content = make()

    result = cleaned(content, look_at(content, name))

    assert result is not None
    assert len(result) < 200 < len(content)
    assert pixels_of(result) == bytes(8 * 8 * 3)


@pytest.mark.parametrize("name", [name for name, (_, kind) in HARMLESS.items() if kind.startswith("image/")])
def test_a_picture_without_metadata_stays_as_it_is(name: str) -> None:
    content, media_type = HARMLESS[name]

    assert cleaned(content, media_type) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_which_way_up_a_picture_is_stays_known(kind: str, orientation: int) -> None:
    from PIL import Image

    content = picture(kind, exif=exif(orientation))

    result = cleaned(content, f"image/{kind.lower()}")

    assert result is not None
    with Image.open(io.BytesIO(result)) as image:
        assert dict(image.getexif()) == ({} if orientation == 1 else {0x0112: orientation})


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_colour_profile_stays(kind: str) -> None:
    from PIL import Image, ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = picture(kind, icc_profile=profile, exif=exif(3))

    result = cleaned(content, f"image/{kind.lower()}")

    assert result is not None
    with Image.open(io.BytesIO(result)) as image:
        assert image.info["icc_profile"] == profile


def test_a_moving_picture_still_moves() -> None:
    from PIL import Image

    content = moving_picture("GIF") + SECRET

    result = cleaned(content, "image/gif")

    assert result is not None
    with Image.open(io.BytesIO(result)) as image:
        assert (getattr(image, "n_frames", 1), image.info["loop"]) == (3, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_pictures_of_several_reads_are_whole(kind: str) -> None:
    from PIL import Image

    target = io.BytesIO()
    noise = Image.effect_noise((1200, 1000), 90)
    drawn = noise if kind == "GIF" else Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180)))
    drawn.save(target, kind, quality=95, speed=10)
    content = target.getvalue() + SECRET * (kind != "AVIF")
    media_type = look_at(content, f"a.{kind.lower()}")

    result = cleaned(content, media_type)

    assert len(content) > 2 * CHUNK_BYTES
    assert (result or content) == target.getvalue()


def test_what_is_no_picture_is_left_alone() -> None:
    assert cleaned(b"text", "text/plain") is None


@pytest.mark.timeout(60)
def test_bombs_are_refused_in_little_memory(tmp_path: Path) -> None:
    paths = {}
    for number, what in enumerate(BOMBS):
        path = tmp_path / f"{number}_{HOSTILE[what].name}"
        path.write_bytes(HOSTILE[what].make())
        paths[path.name] = what

    command = [sys.executable, "-m", "tests.files.bounded", str(MEGABYTES), *(str(tmp_path / name) for name in paths)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=BASE_DIR, timeout=50, check=False)

    assert answer.returncode == 0, answer.stderr[-2000:]
    found = json.loads(answer.stdout)
    assert {paths[name]: code for name, code in found["codes"].items()} == {what: HOSTILE[what].code for what in BOMBS}
    assert found["grown_bytes"] < MEGABYTES * 1024 * 1024
