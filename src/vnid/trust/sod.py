"""The document security object: hashes of the data groups, signed (ICAO 9303-10, 4.6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vnid import der
from vnid.chip.lds import FILE_TAGS, MOST, SOD
from vnid.errors import TrustError
from vnid.hashing import digest
from vnid.trust.algorithms import hash_of
from vnid.trust.cms import Signed, parse_signed

_SECURITY_OBJECT: Final = bytes.fromhex("678108010101")
_MOST_GROUPS: Final = 16


@dataclass(frozen=True, slots=True)
class Sod:
    """What was signed: the hash of each data group by its number."""

    hashed: str
    hashes: Mapping[int, bytes]
    signed: Signed

    def fits(self, number: int, file: bytes) -> bool:
        """Whether a data group's file, as read, is the one that was signed."""
        return self.hashes.get(number) == digest(self.hashed, file)


def parse_sod(data: bytes) -> Sod:
    """Read EF.SOD. Raises TrustError: `too_large`, `sod`, `cms`, `algorithm`; DerError."""
    if len(data) > MOST:
        raise TrustError("too_large", SOD, limit=MOST)
    outer = der.whole(data, tag=FILE_TAGS[SOD], where=SOD, ber=True)
    signed = parse_signed(data[outer.begin :], where=SOD)
    if signed.content_type != _SECURITY_OBJECT:
        raise TrustError("sod", SOD)
    content = signed.content
    node = der.whole(content, tag=der.SEQUENCE, where=SOD)
    _version, algorithm, listed = der.inside(
        content, node, der.INTEGER, der.SEQUENCE, der.SEQUENCE, where=SOD
    )
    hashes: dict[int, bytes] = {}
    for each in der.children(content, listed, where=SOD, limit=_MOST_GROUPS):
        number, value = der.inside(content, each, der.INTEGER, der.OCTET_STRING, where=SOD)
        group = der.integer(content, number, where=SOD)
        if not 1 <= group <= _MOST_GROUPS or group in hashes:
            raise TrustError("sod", SOD)
        hashes[group] = der.content(content, value)
    return Sod(hash_of(content, algorithm), hashes, signed)
