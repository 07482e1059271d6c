"""What the files of a card prove: four facts, kept apart (ICAO 9303-11, 5.1).

Data that hash right under a signature that holds say nothing about who signed; a trusted issuer says nothing
about copies; and none of it tells whether the card was lost or replaced: that is known to the ministry alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from vnid.chip import active
from vnid.chip.active import Proof
from vnid.chip.chip_auth import point_of
from vnid.chip.lds import COM, GROUPS, NAMES, SOD, parse_com
from vnid.chip.pace import ChipMapping
from vnid.chip.security import parse_dg14, parse_dg15
from vnid.errors import TrustError, VnidError
from vnid.hashing import hasher
from vnid.trust.certificates import Certificate, parse_certificate
from vnid.trust.cms import holds
from vnid.trust.sod import Sod, parse_sod
from vnid.trust.store import Issuer, Store

_CACHED: Final = 1024


class Check(StrEnum):
    """Of one fact."""

    OK = "ok"
    BAD = "bad"
    NOT_DONE = "not_done"


class Reason(StrEnum):
    """Why a fact is as it is."""

    GROUP_CHANGED = "group_changed"
    GROUP_NOT_SIGNED = "group_not_signed"
    GROUP_NOT_LISTED = "group_not_listed"
    NOTHING_TO_HASH = "nothing_to_hash"
    NO_SIGNER = "no_signer"
    SIGNATURE_WRONG = "signature_wrong"
    ALGORITHM = "algorithm"
    WEAK_HASH = "weak_hash"
    CHIP_KEY_NOT_SIGNED = "chip_key_not_signed"
    CHIP_SIGNATURE_WRONG = "chip_signature_wrong"
    CHIP_KEY_WRONG = "chip_key_wrong"


TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.GROUP_CHANGED: ("Nội dung {group} khác với nội dung đã ký.", "{group} is not what was signed."),
    Reason.GROUP_NOT_SIGNED: ("{group} không có trong chữ ký.", "{group} is not in the signed list."),
    Reason.GROUP_NOT_LISTED: (
        "{group} đã ký nhưng chip không liệt kê.",
        "{group} was signed, and the chip does not list it.",
    ),
    Reason.NOTHING_TO_HASH: ("Không có dữ liệu nào để đối chiếu.", "There are no data to compare."),
    Reason.NO_SIGNER: (
        "Không thấy chứng thư của người ký trong thẻ.",
        "The signer's certificate is not in the card.",
    ),
    Reason.SIGNATURE_WRONG: ("Chữ ký không đúng.", "The signature does not hold."),
    Reason.ALGORITHM: ("Thuật toán ký không được nhận.", "The algorithm is not accepted."),
    Reason.WEAK_HASH: (
        "Chữ ký dùng hàm băm yếu (SHA-1).",
        "The signature uses a weak hash (SHA-1).",
    ),
    Reason.CHIP_KEY_NOT_SIGNED: (
        "Khóa của chip không nằm trong dữ liệu đã ký.",
        "The chip's key is not among the signed data.",
    ),
    Reason.CHIP_SIGNATURE_WRONG: (
        "Chip ký thử thách sai: có thể là bản sao.",
        "The chip signed the challenge wrongly: it may be a copy.",
    ),
    Reason.CHIP_KEY_WRONG: (
        "Chip không có khóa bí mật của mình: có thể là bản sao.",
        "The chip does not hold its secret key: it may be a copy.",
    ),
}
"""Each reason in Vietnamese and English; `{group}` is a data group's name or nothing."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, and the data group that it speaks of."""

    reason: Reason
    group: str = ""

    def text(self, language: str = "vi") -> str:
        """The sentence."""
        return TEXTS[self.reason][language == "en"].format(group=self.group)


class Verdict(NamedTuple):
    """Four facts that are never folded into one; `signer` is the certificate found in the card."""

    data_hashes: Check
    sod_signature: Check
    issuer: Issuer
    clone_check: Check
    why: tuple[Why, ...] = ()
    signer: Certificate | None = None
    proven: tuple[str, ...] = ()

    @property
    def authentic(self) -> bool:
        """Whether data, signature and issuer all hold; copies and lost cards are other questions."""
        whole = self.data_hashes is Check.OK and self.sod_signature is Check.OK
        return whole and self.issuer is Issuer.TRUSTED


@dataclass(frozen=True, slots=True)
class Chip:
    """What the chip did to show that it is no copy."""

    proof: Proof | None = None
    authenticated: bool | None = None
    mapping: ChipMapping | None = None


def verify(files: Mapping[str, bytes], store: Store, today: date, chip: Chip | None = None) -> Verdict:
    """Judge the files of a card as they were read ("SOD", "EF_COM", "DG1" …).

    Raises VnidError only when there is no SOD that can be read; everything else is a finding.
    """
    if SOD not in files:
        raise TrustError("missing", SOD)
    sod = parse_sod(files[SOD])
    why: list[Why] = []
    hashes = _hashes(files, sod, why)
    signer = _signer(sod)
    signature = _signature(sod, signer, why)
    issuer = store.judge(signer, today) if signer else Issuer.BAD
    proven = tuple(name for number in sod.hashes if (name := NAMES[number]) in files)
    clone = _clone(files, sod, chip or Chip(), why)
    return Verdict(hashes, signature, issuer, clone, tuple(why), signer, proven)


def _hashes(files: Mapping[str, bytes], sod: Sod, why: list[Why]) -> Check:
    """Every data group that was read must be signed and unchanged; EF.COM alone is not signed."""
    hashed, hashes = hasher(sod.hashed), sod.hashes
    groups = [name for name in files if name[:2] == "DG"]
    bad = False
    for name in groups:
        signed = hashes.get(GROUPS.get(name, 0))
        if signed is None or signed != hashed(files[name]).digest():
            why.append(Why(Reason.GROUP_CHANGED if signed else Reason.GROUP_NOT_SIGNED, name))
            bad = True
    if COM in files and not hashes.keys() <= (listed := _listed(files[COM])):
        missing = [number for number in hashes if number not in listed]
        why.extend(Why(Reason.GROUP_NOT_LISTED, f"DG{number}") for number in missing)
    if not groups:
        why.append(Why(Reason.NOTHING_TO_HASH))
    return Check.BAD if bad or not groups else Check.OK


@lru_cache(maxsize=_CACHED)
def _listed(data: bytes) -> frozenset[int]:
    """The groups that EF.COM lists: all cards of one make list the same."""
    return frozenset(parse_com(data).groups)


@lru_cache(maxsize=_CACHED)
def _certificate(data: bytes) -> Certificate | None:
    """Signers come again and again: one has signed thousands of cards."""
    try:
        return parse_certificate(data, where="signer")
    except VnidError:
        return None


def _signer(sod: Sod) -> Certificate | None:
    for data in sod.signed.certificates:
        certificate = _certificate(data)
        if certificate is not None and sod.signed.signers[0].named(certificate):
            return certificate
    return None


def _signature(sod: Sod, signer: Certificate | None, why: list[Why]) -> Check:
    if signer is None:
        why.append(Why(Reason.NO_SIGNER))
        return Check.BAD
    try:
        good = holds(sod.signed, sod.signed.signers[0], signer)
        weak = sod.signed.signers[0].scheme.weak or sod.hashed == "sha1"
    except VnidError:
        why.append(Why(Reason.ALGORITHM))
        return Check.BAD
    if weak:
        why.append(Why(Reason.WEAK_HASH))
    if not good:
        why.append(Why(Reason.SIGNATURE_WRONG))
    return Check.OK if good else Check.BAD


def _clone(files: Mapping[str, bytes], sod: Sod, chip: Chip, why: list[Why]) -> Check:
    """Proofs count only for keys that were signed: a copy brings keys of its own (9303-11, 6.1 and 6.2)."""
    found: list[Check] = []
    if chip.proof is not None:
        found.append(_active(files, sod, chip.proof, why))
    if chip.authenticated is not None:
        found.append(_chip_key(files, sod, why, good=chip.authenticated))
    if chip.mapping is not None and _is_signed(files, sod, 14, why):
        found += _mapping(files["DG14"], chip.mapping, why)
    if Check.BAD in found:
        return Check.BAD
    return Check.OK if found else Check.NOT_DONE


def _active(files: Mapping[str, bytes], sod: Sod, proof: Proof, why: list[Why]) -> Check:
    if not _is_signed(files, sod, 15, why):
        return Check.BAD
    try:
        signed = sod.fits(14, files.get("DG14", b""))
        algorithm = parse_dg14(files["DG14"]).signature_algorithm() if signed else None
        good = active.holds(parse_dg15(files["DG15"]), proof, algorithm)
    except VnidError:
        good = False
    if not good:
        why.append(Why(Reason.CHIP_SIGNATURE_WRONG))
    return Check.OK if good else Check.BAD


def _mapping(dg14: bytes, mapping: ChipMapping, why: list[Why]) -> list[Check]:
    """Whether the chip mapped with a key that was signed; a chip may keep another for it: then nothing."""
    try:
        keys = [point_of(key.public) for key in parse_dg14(dg14).chip_keys()]
    except VnidError:
        return []
    points = [point for curve, point in keys if curve == mapping.curve]
    if points and not any(mapping.made_with(point) for point in points):
        why.append(Why(Reason.CHIP_KEY_WRONG))
        return [Check.BAD]
    return [Check.OK] if points else []


def _chip_key(files: Mapping[str, bytes], sod: Sod, why: list[Why], *, good: bool) -> Check:
    if not _is_signed(files, sod, 14, why):
        return Check.BAD
    if not good:
        why.append(Why(Reason.CHIP_KEY_WRONG))
    return Check.OK if good else Check.BAD


def _is_signed(files: Mapping[str, bytes], sod: Sod, number: int, why: list[Why]) -> bool:
    name = f"DG{number}"
    signed = name in files and sod.fits(number, files[name])
    if not signed:
        why.append(Why(Reason.CHIP_KEY_NOT_SIGNED, name))
    return signed
