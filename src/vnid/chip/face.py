"""DG2: the face as JPEG or JPEG 2000 (ICAO 9303-10, 4.7.2; ISO/IEC 19794-5, 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vnid import der
from vnid.chip.lds import FILE_TAGS, MOST
from vnid.der import Node
from vnid.errors import LdsError

_GROUP: Final = 0x7F61
_TEMPLATE: Final = 0x7F60
_BLOCKS: Final = (0x5F2E, 0x7F2E)
_RECORD: Final = b"FAC\x00"
_HEADER: Final = 14  # format, version, length, number of faces
_FACE: Final = 20  # facial information block
_POINT: Final = 8
_IMAGE: Final = 12
_MOST_FACES: Final = 9


class ImageKind(StrEnum):
    """How an image is written, by its first bytes."""

    JPEG = "image/jpeg"
    JP2 = "image/jp2"
    JPEG_2000 = "image/j2c"


_MAGIC: Final = {
    b"\xff\xd8\xff": ImageKind.JPEG,
    b"\x00\x00\x00\x0cjP  ": ImageKind.JP2,
    b"\xff\x4f\xff\x51": ImageKind.JPEG_2000,
}


@dataclass(frozen=True, slots=True, repr=False)
class Face:
    """One image with the size that its header states, in pixels (0: not stated)."""

    kind: ImageKind
    width: int
    height: int
    image: bytes

    def __repr__(self) -> str:
        return f"Face({self.kind.value}, {self.width}×{self.height}, {len(self.image)} bytes)"


def parse_dg2(data: bytes) -> tuple[Face, ...]:
    """The faces of DG2. Raises LdsError: `too_large`, `face_record`, `face_image`; DerError."""
    if len(data) > MOST:
        raise LdsError("too_large", "DG2", limit=MOST)
    outer = der.whole(data, tag=FILE_TAGS["DG2"], where="DG2", ber=True)
    group = der.read(data, outer.begin, outer.end, tag=_GROUP, where="DG2", ber=True)
    found: list[Face] = []
    for child in der.children(data, group, where="DG2", limit=1 + _MOST_FACES, ber=True):
        if child.tag == _TEMPLATE:
            found.extend(_template(data, child))
    if not found:
        raise LdsError("face_record", "DG2")
    return tuple(found)


def _template(data: bytes, node: Node) -> list[Face]:
    for child in der.children(data, node, where="DG2", limit=8, ber=True):
        if child.tag in _BLOCKS:
            return _record(der.content(data, child))
    raise LdsError("face_record", "DG2")


def _record(block: bytes) -> list[Face]:
    """The faces of one facial record."""
    if len(block) < _HEADER or not block.startswith(_RECORD) or int.from_bytes(block[8:12]) != len(block):
        raise LdsError("face_record", "DG2")
    count, at, found = int.from_bytes(block[12:14]), _HEADER, []
    if not 1 <= count <= _MOST_FACES:
        raise LdsError("face_record", "DG2")
    for _ in range(count):
        length = int.from_bytes(block[at : at + 4])
        if length < _FACE + _IMAGE or at + length > len(block):
            raise LdsError("face_record", "DG2")
        found.append(_face(block[at : at + length]))
        at += length
    return found


def _face(part: bytes) -> Face:
    start = _FACE + _POINT * int.from_bytes(part[4:6])
    image = part[start + _IMAGE :]
    for magic, kind in _MAGIC.items():
        if image.startswith(magic):
            width, height = (
                int.from_bytes(part[start + 2 : start + 4]),
                int.from_bytes(part[start + 4 : start + 6]),
            )
            return Face(kind, width, height, image)
    raise LdsError("face_image", "DG2")


def make_dg2(image: bytes, width: int, height: int) -> bytes:
    """DG2 with one face. Raises LdsError `face_image` for another kind of image."""
    kind = next((kind for magic, kind in _MAGIC.items() if image.startswith(magic)), None)
    if kind is None:
        raise LdsError("face_image", "DG2")
    info = (
        bytes((1, 0 if kind is ImageKind.JPEG else 1))
        + width.to_bytes(2)
        + height.to_bytes(2)
        + bytes((1, 0, 0, 0, 0, 0))
    )
    length = _FACE + len(info) + len(image)
    part = length.to_bytes(4) + bytes(_FACE - 4) + info + image
    block = _RECORD + b"010\0" + (_HEADER + len(part)).to_bytes(4) + (1).to_bytes(2) + part
    header = der.tlv(0xA1, der.tlv(0x81, b"\x02"), der.tlv(0x87, b"\x01\x01"), der.tlv(0x88, b"\x00\x08"))
    template = der.tlv(_TEMPLATE, header, der.tlv(_BLOCKS[0], block))
    return der.tlv(FILE_TAGS["DG2"], der.tlv(_GROUP, der.tlv(0x02, b"\x01"), template))
