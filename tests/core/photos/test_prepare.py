"""What becomes of a photo as sent, and what is refused."""

from __future__ import annotations

import contextlib
import hashlib
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dean06.core.errors import Invalid
from dean06.core.photos.prepare import MAX_BYTES, MAX_SIDE, prepare, thumbnail
from tests.core.photos.pictures import encoded, opened, picture, png_header

JPEG = encoded(picture())
SECRET = b"20.9735N 106.0164E"


def message(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        prepare(data)
    [reason] = caught.value.reasons
    assert reason.field == "Ảnh"
    return reason.message


def near(image: Image.Image, x: float, y: float) -> str:
    """The colour at a place given as shares of width and height."""
    got = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))
    colours = {"red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 128, 0), "white": (255, 255, 255)}
    assert isinstance(got, tuple)
    return min(colours, key=lambda name: sum(abs(a - b) for a, b in zip(colours[name], got, strict=True)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_accepted_kinds_become_a_jpeg_with_its_hashes(kind: str) -> None:
    data = encoded(picture(), kind)
    photo = prepare(data)
    kept = opened(photo.jpeg)
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (photo.width, photo.height))
    assert (photo.width, photo.height) == (120, 80)
    assert photo.sha256 == hashlib.sha256(photo.jpeg).hexdigest()
    assert photo.original_sha256 == hashlib.sha256(data).hexdigest()
    assert [near(kept, 0.1, 0.1), near(kept, 0.25, 0.8), near(kept, 0.8, 0.5)] == ["green", "red", "blue"]


def test_the_same_bytes_give_the_same_photo() -> None:
    assert prepare(JPEG) == prepare(JPEG)


@pytest.mark.parametrize(
    ("size", "kept"), [((4000, 1000), (1600, 400)), ((900, 3200), (450, 1600)), ((50, 60), (50, 60))]
)
def test_large_photos_shrink_and_small_ones_stay(size: tuple[int, int], kept: tuple[int, int]) -> None:
    photo = prepare(encoded(picture(*size)))
    assert (photo.width, photo.height) == kept
    assert max(opened(thumbnail(photo.jpeg)).size) == min(320, max(size))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_photo_is_turned_upright(orientation: int) -> None:
    """Each way a camera can hold the picture gives the same upright one."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = picture().transpose(undo[orientation]) if orientation > 1 else picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    kept = opened(prepare(encoded(held, exif=exif)).jpeg)
    assert kept.size == (120, 80)
    assert [near(kept, 0.1, 0.1), near(kept, 0.25, 0.8), near(kept, 0.8, 0.5)] == ["green", "red", "blue"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_pixels_is_kept(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (20.0, 58.0, 24.6)}
    options: dict[str, object] = {"exif": exif, "icc_profile": SECRET * 20}
    if kind != "PNG":
        options["xmp"] = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    if kind == "JPEG":
        options["comment"] = SECRET
    data = encoded(picture(), kind, **options) + b"<?php " + SECRET + b" ?>"
    assert SECRET in data
    photo = prepare(data)
    kept = opened(photo.jpeg)
    assert SECRET not in photo.jpeg
    assert not kept.getexif()
    assert set(kept.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert photo.jpeg.endswith(b"\xff\xd9")


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK"])
def test_every_colour_mode_becomes_rgb(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(prepare(encoded(picture(mode=mode), kind)).jpeg).mode == "RGB"


def test_transparency_becomes_white_paper() -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert near(opened(prepare(encoded(clear, "PNG")).jpeg), 0.5, 0.5) == "white"


def test_sixteen_bit_grey_is_scaled_not_cut() -> None:
    grey = Image.new("I;16", (20, 20), 128 * 256)
    pixel = opened(prepare(encoded(grey, "PNG")).jpeg).getpixel((10, 10))
    assert isinstance(pixel, tuple)
    assert abs(pixel[0] - 128) <= 2


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "tệp rỗng"),
        (SVG, "tệp là SVG"),
        (b"\n\n<svg onload='x()'/>", "tệp là SVG"),
        (encoded(picture(), "GIF"), "tệp là GIF"),
        (encoded(picture(), "BMP"), "tệp là BMP"),
        (encoded(picture(), "TIFF"), "tệp là TIFF"),
        (b"%PDF-1.7", "tệp là PDF"),
        (b"\0\0\0\x18ftypheic", "tệp là HEIC"),
        (b"PK\3\4", "tệp là ZIP"),
        (b"<!DOCTYPE html>", "tệp là trang web"),
        (b"hello", "tệp không phải là ảnh"),
        (b"%!PS-Adobe", "tệp không phải là ảnh"),
        (JPEG[: len(JPEG) // 2], "bị hỏng hoặc bị cắt cụt"),
        (encoded(picture(), "PNG")[:-40], "bị hỏng hoặc bị cắt cụt"),
        (encoded(picture(), "WEBP")[:60], "bị hỏng hoặc bị cắt cụt"),
        (b"\xff\xd8\xff" + b"\0" * 100, "bị hỏng hoặc bị cắt cụt"),
        (b"\x89PNG\r\n\x1a\n" + JPEG, "bị hỏng hoặc bị cắt cụt"),
    ],
)
def test_everything_else_is_refused_by_name(data: bytes, part: str) -> None:
    assert part in message(data)


def test_a_file_above_10_mb_is_refused_unread() -> None:
    assert message(JPEG + b"\0" * MAX_BYTES) == "tệp nặng 10,0 MB, nhiều hơn mức cho phép 10 MB"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        ((8000, 5001), "ảnh 8000 × 5001 lớn hơn mức cho phép 40 triệu điểm ảnh"),
        ((12000, 10000), "ảnh 12000 × 10000 lớn hơn mức cho phép 40 triệu điểm ảnh"),
        ((100_000, 100_000), "ảnh lớn hơn mức cho phép 40 triệu điểm ảnh"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb_is_refused_before_decoding(size: tuple[int, int], text: str) -> None:
    data = png_header(*size)
    tracemalloc.start()
    try:
        assert message(data) == text
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_bomb_of_compressed_text_is_refused() -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("a", "x" * 3_000_000, zip=True)
    assert "bị hỏng" in message(encoded(picture(), "PNG", pnginfo=notes))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind: str) -> None:
    frames = [picture(mode="RGB"), Image.new("RGB", (120, 80))]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert message(data) == "ảnh động; hãy gửi ảnh tĩnh"


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_damaged_pictures_give_a_clean_photo_or_a_refusal(seed: int, kind: str) -> None:
    chance = random.Random(seed)
    exif = Image.Exif()
    exif[0x0112] = 6
    data = bytearray(encoded(picture(), kind, exif=exif))
    for _ in range(chance.randint(1, 10)):
        data[chance.randrange(12, len(data))] = chance.randrange(256)
    with contextlib.suppress(Invalid):
        photo = prepare(bytes(data))
        assert max(photo.width, photo.height) <= MAX_SIDE
        assert opened(photo.jpeg).size == (photo.width, photo.height)
