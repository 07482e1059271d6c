"""Pictures to upload, good and hostile."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image
from playwright.sync_api import FilePayload


def poster() -> FilePayload:
    """An honest photo with a camera's data inside."""
    picture = Image.new("RGB", (800, 600), (40, 90, 160))
    picture.paste((250, 210, 90), (200, 150, 600, 450))
    exif = Image.Exif()
    exif[0x010F] = "Camera of an officer"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return {"name": "ap-phich.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def svg_with_script() -> FilePayload:
    """An SVG that runs a script, sent under the name and the type of a JPEG."""
    text = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    return {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": text}


def bomb() -> FilePayload:
    """A PNG of 30,000 × 30,000 pixels in a few kilobytes."""
    side = 30_000
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 1) * 2000, 9)
    parts = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return {"name": "bom.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"".join(chunks)}
