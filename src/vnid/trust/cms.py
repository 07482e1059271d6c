"""Signed data of the Cryptographic Message Syntax (RFC 5652), as travel documents use it."""

from __future__ import annotations

from typing import Final, NamedTuple

from vnid import der
from vnid.der import Node
from vnid.errors import TrustError
from vnid.hashing import digest
from vnid.trust.algorithms import Scheme, hash_of, scheme_of
from vnid.trust.certificates import Certificate

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_CONTENT_TYPE: Final = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
_MOST_SIGNERS: Final = 4
_MOST_CERTIFICATES: Final = 16


Span = tuple[int, int]
"""Where bytes stood in what was read: from, and up to but not with."""


class Places(NamedTuple):
    """Where a signer's own bytes stood; `unread`: values of attributes that nothing here looks into."""

    serial: Span
    attributes: Span
    message_digest: Span
    signature: Span
    unread: tuple[Span, ...]


class Signer(NamedTuple):
    """Who signed, and how. The certificate is named by `issuer` and `serial`, or by `subject_key`."""

    issuer: bytes
    serial: bytes
    subject_key: bytes
    hashed: str
    attributes: bytes
    content_type: bytes
    message_digest: bytes
    algorithm: bytes
    signature: bytes
    places: Places

    def named(self, certificate: Certificate) -> bool:
        """Whether the certificate is the one named."""
        if self.subject_key:
            return self.subject_key == certificate.subject_key
        serial = int.from_bytes(self.serial, signed=True)
        return serial == certificate.serial and self.issuer == certificate.issuer

    @property
    def scheme(self) -> Scheme:
        """How it was signed. Raises TrustError `algorithm`, DerError."""
        return scheme_of(self.algorithm)


class Signed(NamedTuple):
    """Content with its signers; certificates are as they came, not looked at yet."""

    content_type: bytes
    content: bytes
    certificates: tuple[bytes, ...]
    signers: tuple[Signer, ...]
    place: Span
    """Where the content stood."""
    certificate_places: tuple[Node, ...]


def parse_signed(data: bytes, *, where: str, most: int = _MOST_CERTIFICATES) -> Signed:
    """Read a ContentInfo of signed data. Raises TrustError `cms`, `algorithm`; DerError."""
    outer = der.whole(data, tag=der.SEQUENCE, where=where)
    kind, wrapped = der.inside(data, outer, der.OID, 0xA0, where=where)
    if der.content(data, kind) != _SIGNED_DATA:
        raise TrustError("cms", where)
    body = der.read(data, wrapped.begin, wrapped.end, tag=der.SEQUENCE, where=where)
    parts = der.children(data, body, where=where, limit=6)
    if len(parts) < 4 or [part.tag for part in parts[:3]] != [der.INTEGER, der.SET, der.SEQUENCE]:
        raise TrustError("cms", where)
    kind, octets = _content(data, parts[2], where)
    places = der.children(data, parts[3], where=where, limit=most) if parts[3].tag == 0xA0 else []
    certificates = tuple(der.raw(data, each) for each in places)
    if parts[-1].tag != der.SET:
        raise TrustError("cms", where)
    signers = tuple(
        _signer(data, each, where) for each in der.children(data, parts[-1], where=where, limit=_MOST_SIGNERS)
    )
    if not signers:
        raise TrustError("cms", where)
    content = der.content(data, octets)
    place = octets.begin, octets.end
    return Signed(der.content(data, kind), content, certificates, signers, place, tuple(places))


def _content(data: bytes, node: Node, where: str) -> tuple[Node, Node]:
    """The type of the content and the content."""
    kind, wrapped = der.inside(data, node, der.OID, 0xA0, where=where)
    return kind, der.read(data, wrapped.begin, wrapped.end, tag=der.OCTET_STRING, where=where)


def _signer(data: bytes, node: Node, where: str) -> Signer:
    """SignerInfo (5.3)."""
    parts = der.children(data, node, where=where, limit=7)
    if node.tag != der.SEQUENCE or len(parts) < 5 or parts[0].tag != der.INTEGER:
        raise TrustError("cms", where)
    issuer = subject_key = b""
    serial = 0, 0
    if parts[1].tag == der.SEQUENCE:
        name, number = der.inside(data, parts[1], der.SEQUENCE, der.INTEGER, where=where)
        issuer, serial = der.raw(data, name), (number.begin, number.end)
    elif parts[1].tag == 0x80:
        subject_key = der.content(data, parts[1])
    else:
        raise TrustError("cms", where)
    signed_attributes = parts[3].tag == 0xA0
    rest = parts[4:] if signed_attributes else parts[3:]
    if len(rest) < 2 or rest[0].tag != der.SEQUENCE or rest[1].tag != der.OCTET_STRING:
        raise TrustError("cms", where)
    attributes, content_type, digested = b"", b"", (0, 0)
    unread: tuple[Span, ...] = ()
    if signed_attributes:
        # What is signed is a SET OF, not the [0] that stands here (5.4); the bytes are the same otherwise.
        attributes = b"\x31" + data[parts[3].start + 1 : parts[3].end]
        content_type, digested, unread = _attributes(data, parts[3], where)
    signature = rest[1].begin, rest[1].end
    return Signer(
        issuer,
        data[slice(*serial)],
        subject_key,
        hash_of(data, parts[2]),
        attributes,
        content_type,
        data[slice(*digested)],
        der.raw(data, rest[0]),
        data[slice(*signature)],
        Places(serial, (parts[3].start + 1, parts[3].end), digested, signature, unread),
    )


def _attributes(data: bytes, node: Node, where: str) -> tuple[bytes, Span, tuple[Span, ...]]:
    """The content type, and where the message digest stands, each exactly once (11.1, 11.2); the unread."""
    found: dict[bytes, Node] = {}
    unread: list[Span] = []
    for attribute in der.children(data, node, where=where, limit=16):
        kind, values = der.inside(data, attribute, der.OID, der.SET, where=where)
        name = der.content(data, kind)
        if name not in (_CONTENT_TYPE, _MESSAGE_DIGEST):
            unread.append((values.begin, values.end))
            continue
        value = der.read(data, values.begin, values.end, where=where)
        if name in found or value.end != values.end:
            raise TrustError("cms", where)
        found[name] = value
    if len(found) != 2:
        raise TrustError("cms", where)
    digested = found[_MESSAGE_DIGEST]
    return der.content(data, found[_CONTENT_TYPE]), (digested.begin, digested.end), tuple(unread)


def holds(signed: Signed, signer: Signer, certificate: Certificate) -> bool:
    """Whether the signature is the certificate's over this content. Raises as `Certificate.key`, `scheme`."""
    data = signed.content
    if signer.attributes:
        same = signer.content_type == signed.content_type
        if not same or signer.message_digest != digest(signer.hashed, signed.content):
            return False
        data = signer.attributes
    scheme = signer.scheme
    return certificate.verifier(scheme, scheme.hashed or signer.hashed)(signer.signature, data)
