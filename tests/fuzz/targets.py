"""What is fuzzed: every parser of `vnid` that reads what others wrote, with good examples to start from."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tests.vnid.trust.test_store import ROOT, SIGNER, master_list, revocations
from vnid import der
from vnid.chip import kdf
from vnid.chip.active import Proof, holds
from vnid.chip.apdu import response
from vnid.chip.face import parse_dg2
from vnid.chip.holder import parse_dg13
from vnid.chip.kdf import Suite
from vnid.chip.lds import COM, SOD, file_length, parse_com, parse_dg1
from vnid.chip.secure import SecureMessaging
from vnid.chip.security import CCCD_CARD_ACCESS, parse_dg14, parse_dg15, parse_security_infos
from vnid.dates import parse_date
from vnid.decide import parse_policy
from vnid.health_card import parse_health_card
from vnid.legacy import from_tcvn3, from_vni
from vnid.mrz import parse_mrz
from vnid.pin import parse_pin
from vnid.qr import parse_qr
from vnid.synthetic import SyntheticCard, make_card
from vnid.trust.algorithms import load_key, scheme_of
from vnid.trust.certificates import parse_certificate
from vnid.trust.cms import parse_signed
from vnid.trust.crl import parse_crl
from vnid.trust.masterlist import parse_master_list
from vnid.trust.sod import parse_sod
from vnid.vneid import from_claims

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Target:
    """A parser as a function of bytes, and examples that it reads."""

    parse: Callable[[bytes], object]
    examples: tuple[bytes, ...]


def of_text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    """A parser of text, fed bytes: what is no UTF-8 comes as it would from a keyboard."""
    return lambda data: parse(data.decode("utf-8", "surrogateescape"))


def claims(data: bytes) -> object:
    """An answer of VNeID; what is no JSON object never comes here."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return from_claims(told) if isinstance(told, dict) else None


def walk(data: bytes) -> int:
    """All objects side by side and inside each other; how many."""
    waiting, count = [der.whole(data, ber=True)], 0
    while waiting:
        node, count = waiting.pop(), count + 1
        if node.tag & 0x20 or node.tag >> 8 & 0x20:
            waiting += der.children(data, node, ber=True)
    return count


def secured(data: bytes) -> object:
    """An answer of a chip in a session."""
    keys = bytes(range(16)), bytes(range(16, 32))
    return SecureMessaging(Suite.AES128, *keys).unprotect(response(data))


def proof(card: SyntheticCard) -> Callable[[bytes], object]:
    """What a chip signs a challenge with, judged by the card's key."""
    key = parse_dg15(card.files["DG15"])
    return lambda data: holds(key, Proof(bytes(8), data))


def policy(data: bytes) -> object:
    """A policy of a province's own; what is no JSON object never comes here."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return parse_policy("own", told) if isinstance(told, dict) else None


def broken(data: bytes) -> None:
    """The control: a parser with a fault that is found only by following the branches."""
    if data[:1] == b"v" and data[1:2] == b"n" and data[2:3] == b"i":
        raise IndexError


@cache
def targets() -> dict[str, Target]:
    """Each by its name."""
    cards = [make_card(seed, b"\xff\xd8\xff\xd9", (8, 8)) for seed in (1, 2)]
    return {"broken": Target(broken, ())} | _texts(cards) | _files(cards) | _issuers(cards)


def _texts(cards: list[SyntheticCard]) -> dict[str, Target]:
    health = b"GD4010123456789|4e677579e1bb856e|01/01/1990|1|||01001 - 001|01/01/2024|-|01/01/2024|-"
    return {
        "qr": Target(of_text(parse_qr), tuple(card.qr.encode() for card in cards)),
        "mrz": Target(
            of_text(lambda text: parse_mrz(text, today=TODAY)),
            tuple("\n".join(card.mrz).encode() for card in cards),
        ),
        "pin": Target(of_text(parse_pin), tuple(card.holder.pin.encode() for card in cards)),
        "date": Target(of_text(parse_date), (b"01/02/1990", b"01021990", b"1990")),
        "health_card": Target(of_text(parse_health_card), (health,)),
        "legacy": Target(
            of_text(lambda text: from_tcvn3(text) + from_vni(text)),
            tuple(text.encode() for text in ("NguyÔn", "Nguyeãn")),
        ),
        "policy": Target(policy, (json.dumps(_policies()["one_stop_desk"]).encode(),)),
        "claims": Target(claims, tuple(_answer(card).encode() for card in cards)),
    }


def _answer(card: SyntheticCard) -> str:
    held = card.holder
    return json.dumps(
        {"SoDinhDanh": held.pin, "HoVaTen": held.name, "NgayThangNamSinh": "19900201", "GioiTinh": "2"}
    )


def _policies() -> dict[str, Any]:
    return tomllib.loads(files("vnid").joinpath("data", "policies.toml").read_text(encoding="utf-8"))


def _answered() -> bytes:
    """An answer that holds: the status 9000 and its MAC."""
    status = der.tlv(0x99, b"\x90\0")
    covered = kdf.pad((1).to_bytes(16) + status, 16)
    return status + der.tlv(0x8E, kdf.mac(Suite.AES128, bytes(range(16, 32)), covered)) + b"\x90\0"


def _files(cards: list[SyntheticCard]) -> dict[str, Target]:
    def of(name: str) -> tuple[bytes, ...]:
        return tuple(card.files[name] for card in cards)

    return {
        "der": Target(walk, (*of(SOD), *of("DG13"))),
        "file_length": Target(lambda data: file_length(data, where=COM), (of(SOD)[0][:6],)),
        "com": Target(parse_com, of(COM)),
        "dg1": Target(parse_dg1, of("DG1")),
        "dg2": Target(parse_dg2, of("DG2")),
        "dg13": Target(parse_dg13, of("DG13")),
        "dg14": Target(lambda data: parse_dg14(data).chip_keys(), of("DG14")),
        "dg15": Target(parse_dg15, of("DG15")),
        "card_access": Target(lambda data: parse_security_infos(data).pace(), (CCCD_CARD_ACCESS,)),
        "sod": Target(parse_sod, of(SOD)),
        "secured": Target(secured, (_answered(),)),
        "active_proof": Target(proof(cards[0]), (bytes(256), bytes(64))),
    }


def _issuers(cards: list[SyntheticCard]) -> dict[str, Target]:
    certificates = tuple(card.csca for card in cards)
    read = [parse_certificate(certificate) for certificate in certificates]
    return {
        "certificate": Target(parse_certificate, certificates),
        "key": Target(load_key, tuple(each.key_info for each in read)),
        "scheme": Target(scheme_of, tuple(each.algorithm for each in read)),
        "signed": Target(lambda data: parse_signed(data, where="signed"), (cards[0].files[SOD][4:],)),
        "crl": Target(parse_crl, (revocations(ROOT, 1, 2),)),
        "master_list": Target(parse_master_list, (master_list(ROOT.certificate, SIGNER.certificate),)),
    }
