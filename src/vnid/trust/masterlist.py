"""Master lists: the issuers' certificates that a state vouches for, signed (ICAO 9303-12, 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from vnid import der
from vnid.errors import TrustError, VnidError
from vnid.trust.certificates import Certificate, parse_certificate
from vnid.trust.cms import Signed, holds, parse_signed
from vnid.trust.store import Store

MOST: Final = 16 << 20  # bytes
_MOST_CERTIFICATES: Final = 4096
_MASTER_LIST: Final = bytes.fromhex("678108010102")


@dataclass(frozen=True, slots=True)
class MasterList:
    """The certificates of a list, not read yet, and who says that he signed it.

    `intact`: the signature is that of the certificate in the list itself, which proves nothing about its
    owner; `vouched_for` asks a store about him.
    """

    certificates: tuple[bytes, ...]
    signer: Certificate
    intact: bool

    def vouched_for(self, store: Store, today: date) -> bool:
        """Whether the list is intact and its signer's certificate is of a trusted issuer and in time."""
        in_time = self.signer.holds_on(today)
        return self.intact and in_time and bool(store.issuers(self.signer))


def parse_master_list(data: bytes) -> MasterList:
    """Read a list. Raises TrustError: `too_large`, `master_list`, `cms`, `algorithm`; DerError."""
    if len(data) > MOST:
        raise TrustError("too_large", "master_list", limit=MOST)
    signed = parse_signed(data, where="master_list")
    if signed.content_type != _MASTER_LIST:
        raise TrustError("master_list", "master_list")
    content = signed.content
    node = der.whole(content, tag=der.SEQUENCE, where="master_list")
    _version, listed = der.inside(content, node, der.INTEGER, der.SET, where="master_list")
    inside = der.children(content, listed, where="master_list", limit=_MOST_CERTIFICATES)
    signer = _signer(signed)
    return MasterList(tuple(der.raw(content, each) for each in inside), signer, _intact(signed, signer))


def _signer(signed: Signed) -> Certificate:
    for data in signed.certificates:
        certificate = parse_certificate(data)
        if signed.signers[0].named(certificate):
            return certificate
    raise TrustError("master_list", "signer")


def _intact(signed: Signed, signer: Certificate) -> bool:
    try:
        return holds(signed, signed.signers[0], signer)
    except VnidError:
        return False
