"""A photo as sent to a photo as kept. Pure: bytes in, bytes out.

Whatever came in (camera data, place, comments, colour profile, bytes after the end of the picture) does not
come out: only pixels are taken over into a new JPEG.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image

from dean06.core.errors import Invalid, Reason

MAX_BYTES: Final = 10 * 1024 * 1024
"""The largest file taken in, in bytes."""
MAX_PIXELS: Final = 40_000_000
"""The largest picture decoded, in pixels; read from the header, before any memory is spent."""
MAX_SIDE: Final = 1600
"""The longer side of a kept photo, in pixels."""
THUMBNAIL_SIDE: Final = 320
"""The longer side of a thumbnail, in pixels."""
_QUALITY: Final = 82
_WHITE: Final = (255, 255, 255)
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Pillow has no error of its own for a broken file: these are what its readers raise on one.
_BROKEN: Final = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo ready to be kept; `sha256` is of `jpeg`, `original_sha256` of the bytes as sent."""

    jpeg: bytes
    width: int
    height: int
    sha256: str
    original_sha256: str


def prepare(data: bytes) -> PreparedPhoto:
    """Decode within limits, turn upright, shrink to 1600 px, drop everything but the pixels.

    Accepts JPEG, PNG and WebP, told by content. The same bytes always give the same result.
    Raises Invalid with one reason for anything else.
    """
    if not data:
        raise _refused(_("tệp rỗng"))
    if len(data) > MAX_BYTES:
        raise _refused(
            _("tệp nặng %(size)s MB, nhiều hơn mức cho phép %(limit)s MB")
            % {"size": f"{len(data) / 1024 / 1024:.1f}".replace(".", ","), "limit": MAX_BYTES // 1024 // 1024}
        )
    upright = _decode(data, kind_of(data))
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    jpeg = _encode(upright)
    return PreparedPhoto(
        jpeg=jpeg,
        width=upright.width,
        height=upright.height,
        sha256=hashlib.sha256(jpeg).hexdigest(),
        original_sha256=hashlib.sha256(data).hexdigest(),
    )


def thumbnail(jpeg: bytes) -> bytes:
    """The 320 px JPEG of a prepared photo."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
        image.draft("RGB", (THUMBNAIL_SIDE * 2, THUMBNAIL_SIDE * 2))
        small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return _encode(small)


def _refused(reason: str) -> Invalid:
    return Invalid([Reason(reason, field=_("Ảnh"))])


def kind_of(data: bytes) -> str:
    """JPEG, PNG or WEBP by the first bytes. Raises Invalid with the name of what the file is otherwise."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    kind = _other_kind(data)
    if kind:
        raise _refused(_("tệp là %(kind)s; chỉ nhận ảnh JPEG, PNG hoặc WebP") % {"kind": kind})
    raise _refused(_("tệp không phải là ảnh; chỉ nhận ảnh JPEG, PNG hoặc WebP"))


def _other_kind(data: bytes) -> str | None:
    """The name of a kind of file that people often send by mistake."""
    starts = {
        b"GIF8": "GIF",
        b"BM": "BMP",
        b"II*\0": "TIFF",
        b"MM\0*": "TIFF",
        b"%PDF": "PDF",
        b"PK\3\4": "ZIP",
    }
    for start, name in starts.items():
        if data.startswith(start):
            return name
    if data[4:8] == b"ftyp":
        return _("HEIC hoặc video của điện thoại")
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "SVG"
    return _("trang web hoặc XML") if head.startswith((b"<!doctype", b"<html", b"<?xml")) else None


def _decode(data: bytes, kind: str) -> Image.Image:
    """The upright RGB pixels of one still picture of at most MAX_PIXELS."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels(image.width, image.height)
            if kind != "JPEG" and getattr(image, "is_animated", False):
                raise _refused(_("ảnh động; hãy gửi ảnh tĩnh"))
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image.load()
            return _upright(_rgb(image), image.getexif().get(_ORIENTATION))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except _BROKEN as error:
        raise _refused(_("ảnh bị hỏng hoặc bị cắt cụt, không đọc được")) from error


def _too_many_pixels(width: int = 0, height: int = 0) -> Invalid:
    limit = MAX_PIXELS // 1_000_000
    if not width:
        return _refused(_("ảnh lớn hơn mức cho phép %(limit)s triệu điểm ảnh") % {"limit": limit})
    return _refused(
        _("ảnh %(width)s × %(height)s lớn hơn mức cho phép %(limit)s triệu điểm ảnh")
        % {"width": width, "height": height, "limit": limit}
    )


def _rgb(image: Image.Image) -> Image.Image:
    """The pixels as RGB, on white where they are transparent."""
    if image.mode.startswith("I"):  # 16 bits a grey: Pillow would cut, not scale
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = Image.new("RGB", image.size, _WHITE)
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return image.convert("RGB")


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    """The picture as the camera's holder saw it; an orientation that is no such number changes nothing."""
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _encode(image: Image.Image) -> bytes:
    """A baseline JPEG of the pixels alone."""
    image.info = {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True, subsampling="4:2:0", exif=b"", icc_profile=None)
    return out.getvalue()
