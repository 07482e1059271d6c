"""The files of a chip: which there are, and what EF.COM and DG1 hold (ICAO 9303-10)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from vnid import der
from vnid.errors import DerError, LdsError

APPLICATION: Final = bytes.fromhex("A0000002471001")
"""The application of travel documents, on Vietnamese cards too."""

COM: Final = "EF_COM"
SOD: Final = "SOD"
CARD_ACCESS: Final = "EF_CARDACCESS"
TAGS: Final = {
    0x61: 1,
    0x75: 2,
    0x63: 3,
    0x76: 4,
    0x65: 5,
    0x66: 6,
    0x67: 7,
    0x68: 8,
    0x69: 9,
    0x6A: 10,
    0x6B: 11,
    0x6C: 12,
    0x6D: 13,
    0x6E: 14,
    0x6F: 15,
    0x70: 16,
}
"""Number of a data group by its tag (9303-10, table 38)."""
FILE_TAGS: Final = {COM: 0x60, SOD: 0x77} | {f"DG{number}": tag for tag, number in TAGS.items()}
FILE_IDS: Final = {COM: 0x011E, SOD: 0x011D, CARD_ACCESS: 0x011C} | {
    f"DG{number}": 0x0100 + number for number in TAGS.values()
}
GROUPS: Final = {f"DG{number}": number for number in range(1, 17)}
NAMES: Final = {number: name for name, number in GROUPS.items()}
MOST: Final = 1 << 20  # bytes of one file
_MRZ: Final = 0x5F1F


@dataclass(frozen=True, slots=True)
class Com:
    """EF.COM: versions, and the data groups that the chip says it has. Nothing of it is signed."""

    lds: str
    unicode: str
    groups: tuple[int, ...]
    unknown_tags: tuple[int, ...] = ()


def file_length(start: bytes, *, where: str) -> int:
    """Bytes of a file, told by its first six. Raises DerError, LdsError `too_large`."""
    node = der.read(start, 0, 1 << 33, where=where, ber=True)
    if node.end > MOST:
        raise LdsError("too_large", where, limit=MOST)
    return node.end


@lru_cache(maxsize=64)
def parse_com(data: bytes) -> Com:
    """Read EF.COM. Raises LdsError `too_large`, DerError."""
    _bounded(data, COM)
    node = der.whole(data, tag=FILE_TAGS[COM], where=COM, ber=True)
    parts = {
        part.tag: der.content(data, part) for part in der.children(data, node, where=COM, limit=16, ber=True)
    }
    missing = {0x5F01, 0x5F36, 0x5C} - set(parts)
    if missing:
        raise DerError("der_tag", COM, offset=node.begin)
    tags = parts[0x5C]
    return Com(
        lds=_version(parts[0x5F01]),
        unicode=_version(parts[0x5F36]),
        groups=tuple(TAGS[tag] for tag in tags if tag in TAGS),
        unknown_tags=tuple(tag for tag in tags if tag not in TAGS),
    )


def make_com(groups: tuple[int, ...]) -> bytes:
    """EF.COM of LDS 1.7 with Unicode 4.0, as chips write it."""
    by_number = {number: tag for tag, number in TAGS.items()}
    tags = bytes(by_number[number] for number in groups)
    return der.tlv(0x60, der.tlv(0x5F01, b"0107"), der.tlv(0x5F36, b"040000"), der.tlv(0x5C, tags))


def parse_dg1(data: bytes) -> str:
    """The text of the MRZ, without line ends. Raises LdsError `too_large`, `not_text`, DerError."""
    _bounded(data, "DG1")
    node = der.whole(data, tag=FILE_TAGS["DG1"], where="DG1", ber=True)
    inner = der.read(data, node.begin, node.end, tag=_MRZ, where="DG1", ber=True)
    if inner.end != node.end:
        raise DerError("der_trailing", "DG1", offset=inner.end)
    try:
        return der.content(data, inner).decode("ascii")
    except UnicodeDecodeError as error:
        raise LdsError("not_text", "DG1") from error


def make_dg1(mrz: str) -> bytes:
    """DG1 with the lines of an MRZ, one after another."""
    return der.tlv(FILE_TAGS["DG1"], der.tlv(_MRZ, mrz.replace("\n", "").encode("ascii")))


def _version(data: bytes) -> str:
    """ "0107" is 1.7; other content stays as it is written."""
    text = data.decode("ascii", "replace")
    pairs = [text[at : at + 2] for at in range(0, len(text), 2)]
    return ".".join(str(int(pair)) for pair in pairs) if text.isascii() and text.isdigit() else text


def _bounded(data: bytes, where: str) -> None:
    if len(data) > MOST:
        raise LdsError("too_large", where, limit=MOST)
