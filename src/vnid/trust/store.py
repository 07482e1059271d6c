"""The issuers that are trusted: CSCA and link certificates, revocation lists (ICAO 9303-12, 5 and 7).

A store is given, never found: no list of the issuer of Vietnamese identity cards is public. Loading reads
each certificate once; keys are loaded when they are first needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from vnid.errors import VnidError
from vnid.trust.certificates import Certificate, parse_certificate
from vnid.trust.crl import RevocationList, parse_crl

_MOST_JUDGED: Final = 4096


class Issuer(StrEnum):
    """What is known about who signed."""

    TRUSTED = "trusted"
    UNKNOWN_ISSUER = "unknown_issuer"
    EXPIRED = "expired"
    REVOKED = "revoked"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Refused:
    """A certificate of a list that could not be taken, and why."""

    position: int
    code: str
    field: str


@dataclass
class Store:
    """Anchors, found by key identifier and by name in constant time."""

    anchors: dict[str, Certificate] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    _by_key: dict[bytes, list[Certificate]] = field(default_factory=dict)
    _by_name: dict[bytes, list[Certificate]] = field(default_factory=dict)
    _revoked: dict[bytes, RevocationList] = field(default_factory=dict)
    _found: dict[bytes, tuple[Certificate, ...]] = field(default_factory=dict)
    _judged: dict[tuple[bytes, date], Issuer] = field(default_factory=dict)

    def add(self, certificates: Iterable[bytes]) -> int:
        """Trust these (DER); those that cannot be read are noted in `refused`. How many are new."""
        before = len(self.anchors)
        for position, data in enumerate(certificates):
            try:
                self._take(parse_certificate(data))
            except VnidError as error:
                self.refused.append(Refused(position, error.code, error.field))
        return len(self.anchors) - before

    def add_links(self, certificates: Iterable[bytes]) -> int:
        """Trust those that a trusted one signed: an issuer's new key by its old one (9303-12, 7.1). How many.

        In whatever order they come, and round in circles, each is looked at once for every new one.
        """
        waiting = [parse_certificate(data) for data in certificates]
        taken = 0
        while True:
            linked = [each for each in waiting if each.may_sign_certificates and self.issuers(each)]
            if not linked:
                return taken
            for each in linked:
                taken += self._take(each)
            waiting = [each for each in waiting if each.fingerprint not in self.anchors]

    def add_revocations(self, data: bytes) -> None:
        """Take a CRL that a trusted issuer signed. Raises TrustError `crl` for another, DerError."""
        found = parse_crl(data)
        found.check(self._named(found.issuer, found.authority_key))
        known = self._revoked.get(found.issuer)
        if known is None or known.updated <= found.updated:
            self._revoked[found.issuer] = found
            self._judged.clear()

    def issuers(self, certificate: Certificate) -> tuple[Certificate, ...]:
        """The anchors whose key signed it. Raises nothing: a key that cannot be used signed nothing."""
        if certificate.raw not in self._found or not self._found[certificate.raw]:
            named = self._named(certificate.issuer, certificate.authority_key)
            self._found[certificate.raw] = tuple(each for each in named if _signed(certificate, each))
        return self._found[certificate.raw]

    def knows(self, certificate: Certificate) -> bool:
        """Whether an anchor bears the name or key identifier of its issuer."""
        return bool(self._named(certificate.issuer, certificate.authority_key))

    def judge(self, signer: Certificate, today: date) -> Issuer:
        """What is known about a document signer's certificate on a day (9303-12, 5.1).

        `bad`: an anchor of that name did not sign it, it may not sign documents, or it was made when the
        issuer's key was no longer to be used. `expired` speaks of the signer or of all its issuers.
        """
        known = self._judged.get((signer.raw, today))
        if known is None:
            if len(self._judged) >= _MOST_JUDGED:
                self._judged.clear()
            known = self._judged[signer.raw, today] = self._judge(signer, today)
        return known

    def _judge(self, signer: Certificate, today: date) -> Issuer:
        signed_by = self.issuers(signer)
        if not signed_by:
            return Issuer.BAD if self.knows(signer) else Issuer.UNKNOWN_ISSUER
        able = [each for each in signed_by if each.may_sign_certificates and _in_use(each, signer)]
        if not able or not signer.may_sign_documents or signer.is_authority or signer.unknown_critical:
            return Issuer.BAD
        if (listed := self._revoked.get(signer.issuer)) and signer.serial in listed.serials:
            return Issuer.REVOKED
        if not signer.holds_on(today) or not any(each.holds_on(today) for each in able):
            return Issuer.EXPIRED
        return Issuer.TRUSTED

    def _take(self, certificate: Certificate) -> bool:
        if certificate.fingerprint in self.anchors:
            return False
        self._judged.clear()
        self.anchors[certificate.fingerprint] = certificate
        self._by_name.setdefault(certificate.subject, []).append(certificate)
        if certificate.subject_key:
            self._by_key.setdefault(certificate.subject_key, []).append(certificate)
        return True

    def _named(self, name: bytes, key: bytes) -> list[Certificate]:
        """By key identifier where it is told, and by name: issuers change names and keep keys, and not."""
        by_key = self._by_key.get(key, []) if key else []
        return by_key + [each for each in self._by_name.get(name, []) if each not in by_key]


def _in_use(issuer: Certificate, signer: Certificate) -> bool:
    """Whether the issuer's key was still to be used when the signer's certificate began."""
    return issuer.private_until is None or signer.first_day <= issuer.private_until


def _signed(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        return certificate.signed_by(issuer)
    except VnidError:
        return False
