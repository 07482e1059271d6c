"""A whole card: what is printed, what the codes say, every file of the chip, and the keys behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vnid import der
from vnid.chip.face import make_dg2
from vnid.chip.holder import Holder, make_dg13
from vnid.chip.lds import CARD_ACCESS, COM, SOD, make_com, make_dg1
from vnid.chip.security import ACTIVE_AUTHENTICATION, CA_ECDH, CCCD_CARD_ACCESS, PUBLIC_KEY_ECDH
from vnid.curves import curves
from vnid.dates import PartialDate
from vnid.mrz_make import card_lines
from vnid.pin import parse_pin
from vnid.qr import Extra, ExtraKind, Qr, encode_qr
from vnid.synthetic.issuer import Authority, DocumentSigner, authority, document_signer, key_from, make_sod
from vnid.synthetic.person import person

ISSUER_NAME: Final = "CSCA thử nghiệm dean06"
_FIRST_2024: Final = date(2024, 7, 1)
_ECDSA_SHA256: Final = "0.4.0.127.0.7.1.1.4.1.3"
_CA_AES128: Final = f"{CA_ECDH}.2"


@dataclass(frozen=True, slots=True)
class Flaws:
    """What is wrong with a card, for tests and teaching."""

    changed_group: str = ""
    stranger: bool = False
    expired_signer: bool = False
    cloned: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class SyntheticCard:
    """`files` by name as they lie in the chip; the keys protect nothing: the seed makes them again."""

    holder: Holder
    files: dict[str, bytes]
    csca: bytes
    signer: DocumentSigner
    active_key: ec.EllipticCurvePrivateKey
    chip_key: ec.EllipticCurvePrivateKey
    qr: str
    mrz: tuple[str, str, str]

    @property
    def can(self) -> str:
        """The card access number."""
        return self.holder.pin[6:]

    @property
    def truth(self) -> dict[str, Any]:
        """What a reader should find, for programs."""
        held = self.holder
        return {
            "pin": held.pin,
            "old_number": held.old_number,
            "name": held.name,
            "birth_date": str(held.birth_date),
            "sex": held.sex.value,
            "address": held.residence,
            "issue_date": held.issue_date.isoformat() if held.issue_date else None,
            "expiry_date": held.expiry_date.isoformat() if held.expiry_date else None,
            "no_expiry": held.no_expiry,
            "can": self.can,
            "files": sorted(self.files),
        }


def make_card(
    seed: int,
    portrait: bytes,
    size: tuple[int, int],
    *,
    issued: date = date(2024, 8, 1),
    flaws: Flaws = Flaws(),
) -> SyntheticCard:
    """A card of somebody who does not exist. `portrait`: JPEG or JPEG 2000 of `size` pixels.

    The same arguments give the same card but for its signatures, into which chance enters. Raises LdsError
    `face_image`.
    """
    held = person(seed, issued)
    p256, brainpool = curves()["P-256"].n, curves()["brainpoolP256r1"].n
    active = key_from(ec.SECP256R1(), p256, seed, "active")
    chip = key_from(ec.BrainpoolP256R1(), brainpool, seed, "chip")
    pin = parse_pin(held.pin)
    birth = held.birth_date or PartialDate(pin.birth_year)
    mrz = card_lines(pin, held.name, birth, held.sex, held.expiry_date)
    groups = {
        1: make_dg1("".join(mrz)),
        2: make_dg2(portrait, *size),
        13: make_dg13(held),
        14: make_dg14(chip.public_key()),
        15: der.tlv(0x6F, _info(active.public_key())),
    }
    root, signer = _issuer(seed, flaws)
    files = {
        CARD_ACCESS: CCCD_CARD_ACCESS,
        COM: make_com(tuple(sorted(groups))),
        SOD: make_sod(groups, signer),
    }
    files |= {f"DG{number}": file for number, file in groups.items()}
    if flaws.changed_group:
        files[flaws.changed_group] = files[flaws.changed_group][:-1] + b"\x00"
    if flaws.cloned:  # the copy has the files, and keys of its own
        active = key_from(ec.SECP256R1(), p256, seed, "a copy")
        chip = key_from(ec.BrainpoolP256R1(), brainpool, seed, "a copy")
    return SyntheticCard(held, files, root.certificate, signer, active, chip, qr_of(held), mrz)


def _issuer(seed: int, flaws: Flaws) -> tuple[Authority, DocumentSigner]:
    order = curves()["brainpoolP384r1"].n
    root = authority(key_from(ec.BrainpoolP384R1(), order, "root"), ISSUER_NAME)
    signing = root
    if flaws.stranger:
        signing = authority(key_from(ec.BrainpoolP384R1(), order, seed, "stranger"), "CSCA lạ")
    last_day = date(2024, 1, 1) if flaws.expired_signer else date(2040, 1, 1)
    key = key_from(ec.SECP256R1(), curves()["P-256"].n, seed, "signer")
    return root, document_signer(signing, key, last_day=last_day)


def qr_of(held: Holder) -> str:
    """The code of the card: seven fields until 7/2024, eleven since."""
    new = held.issue_date is not None and held.issue_date >= _FIRST_2024
    pin = parse_pin(held.pin)
    return encode_qr(
        Qr(
            pin=pin,
            old_number=held.old_number,
            name=held.name,
            birth_date=held.birth_date or PartialDate(pin.birth_year),
            sex=held.sex,
            address=held.residence,
            issue_date=held.issue_date,
            extra=(Extra("", ExtraKind.EMPTY),) * 4 if new else (),
        )
    )


def make_dg14(chip: ec.EllipticCurvePublicKey) -> bytes:
    """DG14: chip authentication with this key, active authentication by ECDSA with SHA-256."""
    infos = [
        der.sequence(der.encode_oid(_CA_AES128), der.encode_integer(1)),
        der.sequence(der.encode_oid(PUBLIC_KEY_ECDH), _info(chip)),
        der.sequence(
            der.encode_oid(ACTIVE_AUTHENTICATION), der.encode_integer(1), der.encode_oid(_ECDSA_SHA256)
        ),
    ]
    return der.tlv(0x6E, der.tlv(der.SET, *infos))


def _info(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
