"""The Distinguished Encoding Rules (ITU-T X.690), read strictly and written: chips and certificates use them.

A node is a place in the bytes that were read, never a copy: what is hashed or verified are the very bytes of
the card. Nothing recurses, so depth costs nothing; lengths are checked against the end of the surrounding
object, so no length can ask for more than is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from vnid.errors import DerError

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
UTF8_STRING: Final = 0x0C
NUMERIC_STRING: Final = 0x12
PRINTABLE_STRING: Final = 0x13
IA5_STRING: Final = 0x16
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
BMP_STRING: Final = 0x1E
SEQUENCE: Final = 0x30
SET: Final = 0x31
MOST_CHILDREN: Final = 4096
_LONGEST_TAG: Final = 4  # bytes; ICAO 9303-10 uses two
_LONGEST_OID: Final = 64  # bytes


class Node(NamedTuple):
    """An object: its tag (all tag bytes as one number), its start, where its content begins and ends."""

    tag: int
    start: int
    begin: int
    end: int


_new = tuple.__new__


def read(
    data: bytes,
    at: int = 0,
    end: int | None = None,
    *,
    tag: int | None = None,
    where: str = "",
    ber: bool = False,
) -> Node:
    """The object that starts at `at`, all of it before `end`. `tag`: the one it must have.

    `ber` accepts lengths that are longer than needed, as ICAO 9303-10 allows on chips; never indefinite ones.
    Raises DerError: `der_truncated`, `der_tag`, `der_length`.
    """
    stop = len(data) if end is None else end
    try:
        found = data[at]
        begin = at + 1
        if found & 0x1F == 0x1F:
            found, begin = _long_tag(data, at, where)
        length = data[begin]
    except IndexError:
        raise DerError("der_truncated", where, offset=len(data)) from None
    begin += 1
    if length >= 0x80:
        length, begin = _long_length(data, begin, length & 0x7F, where, ber=ber)
    last = begin + length
    if last > stop:
        raise DerError("der_truncated", where, offset=stop)
    if tag is not None and found != tag:
        raise DerError("der_tag", where, offset=at)
    return _new(Node, (found, at, begin, last))


def _long_tag(data: bytes, at: int, where: str) -> tuple[int, int]:
    found, place = data[at], at + 1
    while True:
        found = found << 8 | data[place]
        place += 1
        if not data[place - 1] & 0x80:
            return found, place
        if place - at >= _LONGEST_TAG:
            raise DerError("der_tag", where, offset=at)


def _long_length(data: bytes, at: int, count: int, where: str, *, ber: bool) -> tuple[int, int]:
    """A length of more than one byte, and where the content begins."""
    if not 1 <= count <= 4:
        raise DerError("der_length", where, offset=at - 1)
    written = data[at : at + count]
    if len(written) < count:
        raise DerError("der_truncated", where, offset=len(data))
    length = int.from_bytes(written)
    if not ber and (length < 0x80 or written[0] == 0):
        raise DerError("der_length", where, offset=at - 1)
    return length, at + count


def whole(data: bytes, *, tag: int | None = None, where: str = "", ber: bool = False) -> Node:
    """The one object that the bytes are. Raises DerError as `read`, and `der_trailing`."""
    node = read(data, tag=tag, where=where, ber=ber)
    if node.end != len(data):
        raise DerError("der_trailing", where, offset=node.end)
    return node


def children(
    data: bytes, node: Node, *, where: str = "", limit: int = MOST_CHILDREN, ber: bool = False
) -> list[Node]:
    """The objects inside, side by side. Raises DerError as `read`, and `der_many`."""
    found: list[Node] = []
    at, end = node.begin, node.end
    while at < end:
        if len(found) >= limit:
            raise DerError("der_many", where, limit=limit)
        begin = at + 2
        # One tag byte and one length byte: nearly all are; here, because a call takes longer than the look.
        if (
            begin <= end
            and data[at] & 0x1F != 0x1F
            and (last := begin + data[at + 1]) <= end
            and last - begin < 0x80
        ):
            found.append(_new(Node, (data[at], at, begin, last)))
            at = last
        else:
            child = read(data, at, end, where=where, ber=ber)
            found.append(child)
            at = child[3]
    return found


def inside(data: bytes, node: Node, *tags: int, where: str = "") -> tuple[Node, ...]:
    """The first objects inside, which must have these tags; more may follow. Raises DerError as `read`."""
    _tag, _start, at, end = node
    found: list[Node] = []
    for tag in tags:
        begin = at + 2
        if begin <= end and data[at] == tag and (last := begin + data[at + 1]) <= end and last - begin < 0x80:
            found.append(_new(Node, (tag, at, begin, last)))
            at = last
        else:
            child = read(data, at, end, tag=tag, where=where)
            found.append(child)
            at = child[3]
    return tuple(found)


def content(data: bytes, node: Node) -> bytes:
    """What is inside."""
    return data[node.begin : node.end]


def raw(data: bytes, node: Node) -> bytes:
    """The whole object, tag and length with it."""
    return data[node.start : node.end]


def integer(data: bytes, node: Node, *, where: str = "") -> int:
    """The number of an INTEGER, written in its fewest bytes. Raises DerError `der_value`, `der_tag`."""
    _must_be(node, INTEGER, where)
    written = data[node.begin : node.end]
    if not written or (len(written) > 1 and written[0] in (0, 0xFF) and (written[1] ^ written[0]) < 0x80):
        raise DerError("der_value", where, offset=node.start)
    return int.from_bytes(written, signed=True)


def bits(data: bytes, node: Node, *, where: str = "") -> bytes:
    """The bytes of a BIT STRING that has a whole number of them. Raises DerError `der_value`, `der_tag`."""
    _must_be(node, BIT_STRING, where)
    if node.end == node.begin or data[node.begin] != 0:
        raise DerError("der_value", where, offset=node.start)
    return data[node.begin + 1 : node.end]


def oid(data: bytes, node: Node, *, where: str = "") -> str:
    """An OBJECT IDENTIFIER in dots. Raises DerError `der_value`, `der_tag`."""
    _must_be(node, OID, where)
    written = data[node.begin : node.end]
    if not written or written[-1] & 0x80 or len(written) > _LONGEST_OID:
        raise DerError("der_value", where, offset=node.start)
    first, *arcs = _arcs(written, node, where)
    top = min(first // 40, 2)
    return ".".join(str(arc) for arc in (top, first - 40 * top, *arcs))


def _arcs(written: bytes, node: Node, where: str) -> Iterator[int]:
    arc, begins = 0, True
    for sign in written:
        if begins and sign == 0x80:
            raise DerError("der_value", where, offset=node.start)
        arc, begins = arc << 7 | sign & 0x7F, not sign & 0x80
        if begins:
            yield arc
            arc = 0


def _must_be(node: Node, tag: int, where: str) -> None:
    if node.tag != tag:
        raise DerError("der_tag", where, offset=node.start)


def tlv(tag: int, *parts: bytes) -> bytes:
    """An object of these parts."""
    inner = b"".join(parts)
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1) + encode_length(len(inner)) + inner


def encode_length(length: int) -> bytes:
    """A length in as few bytes as possible."""
    if length < 0x80:
        return bytes((length,))
    written = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((0x80 | len(written),)) + written


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of these objects."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """A SET OF these objects, in the order that DER wants (X.690, 11.6)."""
    return tlv(SET, *sorted(parts))


def octets(value: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(OCTET_STRING, value)


def encode_integer(number: int) -> bytes:
    """An INTEGER."""
    return tlv(
        INTEGER, number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, signed=True)
    )


def encode_bits(value: bytes) -> bytes:
    """A BIT STRING of whole bytes."""
    return tlv(BIT_STRING, b"\0", value)


@lru_cache(maxsize=256)
def encode_oid(text: str) -> bytes:
    """An OBJECT IDENTIFIER from its dots. Raises DerError `der_value`."""
    try:
        first, second, *rest = (int(arc) for arc in text.split("."))
    except ValueError:
        raise DerError("der_value", "oid", offset=0) from None
    if min(first, second, *rest, 0) < 0 or first > 2 or (first < 2 and second > 39):
        raise DerError("der_value", "oid", offset=0)
    return tlv(OID, b"".join(_base128(arc) for arc in (40 * first + second, *rest)))


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(arc & 0x7F | 0x80)
    return bytes(reversed(digits))
