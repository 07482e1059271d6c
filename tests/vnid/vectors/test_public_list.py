"""A public master list, whole: that of the Netherlands (npkd.nl) of 16 February 2026. It names no person."""

from __future__ import annotations

import lzma
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from vnid.trust.masterlist import MasterList, parse_master_list
from vnid.trust.store import Store

DAY = date(2026, 2, 16)


@cache
def listed() -> MasterList:
    packed = Path(__file__).with_name("NL_ML_2026-02-16.ml.xz").read_bytes()
    return parse_master_list(lzma.decompress(packed))


@cache
def store() -> Store:
    found = Store()
    found.add(listed().certificates)
    return found


def test_every_certificate_loads() -> None:
    assert (len(listed().certificates), len(store().anchors), store().refused) == (392, 392, [])


def test_every_key_and_every_signature_is_read() -> None:
    """All sign themselves: each key is loaded and each algorithm used, curves in numbers among them."""
    assert all(each.self_issued and each.signed_by(each) for each in store().anchors.values())
    kinds = Counter((each.scheme.kind, each.scheme.hashed) for each in store().anchors.values())
    assert kinds == {
        ("ecdsa", "sha1"): 9,
        ("ecdsa", "sha256"): 30,
        ("ecdsa", "sha384"): 39,
        ("ecdsa", "sha512"): 24,
        ("pss", "sha256"): 67,
        ("pss", "sha384"): 8,
        ("pss", "sha512"): 7,
        ("rsa", "sha1"): 20,
        ("rsa", "sha256"): 176,
        ("rsa", "sha384"): 3,
        ("rsa", "sha512"): 9,
    }
    on_curves = [each for each in store().anchors.values() if isinstance(each.key, ec.EllipticCurvePublicKey)]
    assert len(on_curves) == 102


def test_the_list_is_whole_and_its_own_issuer_vouches_for_it() -> None:
    assert listed().intact
    assert listed().vouched_for(store(), DAY)
    assert not listed().vouched_for(Store(), DAY)


def test_one_bit_is_told() -> None:
    data = bytearray(lzma.decompress(Path(__file__).with_name("NL_ML_2026-02-16.ml.xz").read_bytes()))
    data[len(data) // 2] ^= 1
    assert not parse_master_list(bytes(data)).intact
