"""Certificate revocation lists of issuers (ICAO 9303-12, 7.1.4; RFC 5280, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vnid import der
from vnid.errors import TrustError, VnidError
from vnid.trust.algorithms import scheme_of
from vnid.trust.certificates import Certificate, moment

MOST: Final = 4 << 20  # bytes
_MOST_ENTRIES: Final = 100_000
_AUTHORITY_KEY: Final = bytes.fromhex("551d23")
_DELTA: Final = bytes.fromhex("551d1b")


@dataclass(frozen=True, slots=True)
class RevocationList:
    """Serial numbers that an issuer took back, as of `updated`."""

    issuer: bytes
    authority_key: bytes
    updated: datetime
    serials: frozenset[int]
    signed: bytes
    algorithm: bytes
    signature: bytes

    def check(self, issuers: Iterable[Certificate]) -> None:
        """Raise TrustError `crl` unless one of these signed the list."""
        scheme = scheme_of(self.algorithm)
        for issuer in issuers:
            try:
                if issuer.verifier(scheme, scheme.hashed)(self.signature, self.signed):
                    return
            except VnidError:
                continue
        raise TrustError("crl", "issuer")


def parse_crl(data: bytes) -> RevocationList:
    """Read a list in DER; one that only adds to another is refused. Raises TrustError, DerError."""
    if len(data) > MOST:
        raise TrustError("too_large", "crl", limit=MOST)
    outer = der.whole(data, tag=der.SEQUENCE, where="crl")
    body, algorithm, bits = der.inside(data, outer, der.SEQUENCE, der.SEQUENCE, der.BIT_STRING, where="crl")
    parts = der.children(data, body, where="crl", limit=8)
    first = 1 if parts and parts[0].tag == der.INTEGER else 0
    if [part.tag for part in parts[first : first + 2]] != [der.SEQUENCE, der.SEQUENCE] or len(
        parts
    ) < first + 3:
        raise TrustError("crl", "crl")
    rest = parts[first + 3 :]
    listed = next((part for part in rest if part.tag == der.SEQUENCE), None)
    entries = der.children(data, listed, where="crl", limit=_MOST_ENTRIES) if listed else []
    return RevocationList(
        issuer=der.raw(data, parts[first + 1]),
        authority_key=_authority_key(data, rest),
        updated=moment(data, parts[first + 2], where="crl"),
        serials=frozenset(_serial(data, entry) for entry in entries),
        signed=der.raw(data, body),
        algorithm=der.raw(data, algorithm),
        signature=der.bits(data, bits, where="crl"),
    )


def _serial(data: bytes, entry: der.Node) -> int:
    (number,) = der.inside(data, entry, der.INTEGER, where="crl")
    return int.from_bytes(der.content(data, number), signed=True)


def _authority_key(data: bytes, rest: list[der.Node]) -> bytes:
    found = b""
    for part in rest:
        if part.tag != 0xA0:
            continue
        listed = der.read(data, part.begin, part.end, tag=der.SEQUENCE, where="crl")
        for extension in der.children(data, listed, where="crl", limit=16):
            inner = der.children(data, extension, where="crl", limit=3)
            name = der.content(data, inner[0]) if inner else b""
            if name == _DELTA:
                raise TrustError("crl", "delta")
            if name == _AUTHORITY_KEY:
                value = der.read(data, inner[-1].begin, inner[-1].end, tag=der.SEQUENCE, where="crl")
                for child in der.children(data, value, where="crl", limit=4):
                    found = der.content(data, child) if child.tag == 0x80 else found
    return found
