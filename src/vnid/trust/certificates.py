"""Certificates of issuers and document signers (ICAO 9303-12, 7; RFC 5280), read by one walk.

`cryptography` refuses certificates that write their curve in numbers or bend an encoding rule, and most
issuers do; here only what passive authentication needs is taken out, and the signature is checked over the
very bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Final

from vnid import der
from vnid.der import Node
from vnid.errors import DerError, TrustError
from vnid.trust.algorithms import PublicKey, Scheme, load_key, scheme_of, verifier

MOST: Final = 65_536  # bytes
_SUBJECT_KEY: Final = bytes.fromhex("551d0e")
_AUTHORITY_KEY: Final = bytes.fromhex("551d23")
_BASIC: Final = bytes.fromhex("551d13")
_USAGE: Final = bytes.fromhex("551d0f")
_PRIVATE_PERIOD: Final = bytes.fromhex("551d10")
_KNOWN_CRITICAL: Final = frozenset({_BASIC, _USAGE})
_CERT_SIGN: Final = 0x04
_DIGITAL_SIGNATURE: Final = 0x80


@dataclass(frozen=True)
class Certificate:
    """What matters of a certificate. Both days of its validity are included; names are their raw DER."""

    raw: bytes
    signed: bytes
    signature: bytes
    algorithm: bytes
    serial: int
    issuer: bytes
    subject: bytes
    first_day: date
    last_day: date
    key_info: bytes
    subject_key: bytes = b""
    authority_key: bytes = b""
    is_authority: bool = False
    usage: int | None = None
    private_until: date | None = None
    unknown_critical: bool = False
    _verifiers: dict[tuple[Scheme, str], Callable[[bytes, bytes], bool]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def verifier(self, scheme: Scheme, hashed: str) -> Callable[[bytes, bytes], bool]:
        """(signature, data) → whether it is this key's. Raises as `key`, TrustError `algorithm`."""
        found = self._verifiers.get((scheme, hashed))
        if found is None:
            found = self._verifiers[scheme, hashed] = verifier(self.key, scheme, hashed)
        return found

    @property
    def self_issued(self) -> bool:
        """Whether it names itself as its issuer."""
        return self.issuer == self.subject

    @cached_property
    def key(self) -> PublicKey:
        """Its public key. Raises TrustError `key`, CurveError, DerError."""
        return load_key(self.key_info)

    @cached_property
    def scheme(self) -> Scheme:
        """How it was signed. Raises TrustError `algorithm`, DerError."""
        return scheme_of(self.algorithm)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the whole certificate."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def may_sign_certificates(self) -> bool:
        """Whether it is an authority by its extensions."""
        return self.is_authority and (self.usage is None or bool(self.usage & _CERT_SIGN))

    @property
    def may_sign_documents(self) -> bool:
        """Whether its key is for signatures; without the extension nothing is forbidden."""
        return self.usage is None or bool(self.usage & _DIGITAL_SIGNATURE)

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in its validity."""
        return self.first_day <= day <= self.last_day

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether its signature is that of the issuer's key. Raises as `key` and `scheme`."""
        return issuer.verifier(self.scheme, self.scheme.hashed)(self.signature, self.signed)


def parse_certificate(data: bytes, *, where: str = "certificate") -> Certificate:
    """Read a certificate in DER. Raises TrustError: `too_large`, `certificate`; DerError."""
    if len(data) > MOST:
        raise TrustError("too_large", where, limit=MOST)
    outer = der.whole(data, tag=der.SEQUENCE, where=where)
    body, algorithm, bits = der.inside(data, outer, der.SEQUENCE, der.SEQUENCE, der.BIT_STRING, where=where)
    parts = der.children(data, body, where=where, limit=12)
    first = 1 if parts and parts[0].tag == 0xA0 else 0
    wanted = [der.INTEGER, *[der.SEQUENCE] * 5]
    if [part.tag for part in parts[first : first + 6]] != wanted:
        raise TrustError("certificate", where)
    serial, _inner, issuer, validity, subject, key = parts[first : first + 6]
    begins, ends = _validity(data, validity, where)
    return Certificate(
        raw=data,
        signed=der.raw(data, body),
        signature=der.bits(data, bits, where=where),
        algorithm=der.raw(data, algorithm),
        serial=int.from_bytes(
            der.content(data, serial), signed=True
        ),  # some write more zeros than DER allows
        issuer=der.raw(data, issuer),
        subject=der.raw(data, subject),
        first_day=begins,
        last_day=ends,
        key_info=der.raw(data, key),
        **_extensions(data, parts[first + 6 :], where),  # type: ignore[arg-type]
    )


def _validity(data: bytes, node: Node, where: str) -> tuple[date, date]:
    times = der.children(data, node, where=where, limit=2)
    if len(times) != 2:
        raise TrustError("certificate", where)
    return moment(data, times[0], where=where).date(), moment(data, times[1], where=where).date()


def moment(data: bytes, node: Node, *, where: str) -> datetime:
    """A UTCTime or GeneralizedTime. Raises DerError `der_value`, `der_tag`."""
    text = der.content(data, node).decode("ascii", "replace")
    if node.tag not in (der.UTC_TIME, der.GENERALIZED_TIME):
        raise DerError("der_tag", where, offset=node.start)
    if node.tag == der.UTC_TIME:  # RFC 5280, 4.1.2.5.1: years of two digits up to 49 are of this century
        text = ("20" if text[:2] < "50" else "19") + text
    if len(text) not in (13, 15) or text[-1] != "Z" or not text[:-1].isdecimal():
        raise DerError("der_value", where, offset=node.start)
    day, hour, minute, second = text[:8], text[8:10], text[10:12], text[12:-1] or "0"
    try:
        return datetime(
            int(day[:4]), int(day[4:6]), int(day[6:]), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError as error:
        raise DerError("der_value", where, offset=node.start) from error


def _extensions(data: bytes, parts: list[Node], where: str) -> dict[str, object]:
    """Those extensions that matter, by the names of Certificate's fields."""
    found: dict[str, object] = {}
    for part in parts:
        if part.tag != 0xA3:
            continue
        listed = der.read(data, part.begin, part.end, tag=der.SEQUENCE, where=where)
        for extension in der.children(data, listed, where=where, limit=64):
            _extension(data, extension, found, where)
    return found


def _extension(data: bytes, node: Node, found: dict[str, object], where: str) -> None:
    inner = der.children(data, node, where=where, limit=3)
    if len(inner) < 2 or inner[0].tag != der.OID or inner[-1].tag != der.OCTET_STRING:
        raise TrustError("certificate", where)
    name, value = der.content(data, inner[0]), inner[-1]
    critical = len(inner) == 3 and der.content(data, inner[1]) != b"\0"
    if name == _SUBJECT_KEY:
        found["subject_key"] = der.content(data, der.read(data, value.begin, value.end, where=where))
    elif name == _AUTHORITY_KEY:
        found["authority_key"] = _tagged(data, value, 0x80, where)
    elif name == _BASIC:
        listed = der.read(data, value.begin, value.end, tag=der.SEQUENCE, where=where)
        found["is_authority"] = any(
            child.tag == der.BOOLEAN and der.content(data, child) != b"\0"
            for child in der.children(data, listed, where=where, limit=2)
        )
    elif name == _USAGE:
        bits = der.content(data, der.read(data, value.begin, value.end, tag=der.BIT_STRING, where=where))
        found["usage"] = bits[1] if len(bits) > 1 else 0
    elif name == _PRIVATE_PERIOD:
        found["private_until"] = _private_end(data, value, where)
    elif critical and name not in _KNOWN_CRITICAL:
        found["unknown_critical"] = True


def _tagged(data: bytes, value: Node, tag: int, where: str) -> bytes:
    listed = der.read(data, value.begin, value.end, tag=der.SEQUENCE, where=where)
    for child in der.children(data, listed, where=where, limit=4):
        if child.tag == tag:
            return der.content(data, child)
    return b""


def _private_end(data: bytes, value: Node, where: str) -> date | None:
    text = _tagged(data, value, 0x81, where).decode("ascii", "replace")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).date() if text else None
    except ValueError as error:
        raise DerError("der_value", where, offset=value.start) from error
