"""The reference data set of BSI TR-03105-5: a chip's files as an authority published them."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from vnid.chip import chip_auth
from vnid.chip.kdf import Suite
from vnid.chip.lds import parse_dg1
from vnid.chip.security import parse_dg14, parse_dg15
from vnid.mrz import parse_mrz
from vnid.trust.algorithms import load_key
from vnid.trust.certificates import parse_certificate
from vnid.trust.sod import parse_sod
from vnid.trust.store import Issuer, Store
from vnid.trust.verdict import Check, Reason, verify

DAY = date(2014, 1, 1)


@cache
def files() -> dict[str, bytes]:
    text = Path(__file__).with_name("tr_03105_5.toml").read_text(encoding="ascii")
    return {name: bytes.fromhex(told) for name, told in tomllib.loads(text).items()}


def test_what_was_signed() -> None:
    sod = parse_sod(files()["SOD"])
    assert (sod.hashed, sorted(sod.hashes)) == ("sha256", [1, 2, 3, 4, 14])
    assert sod.hashes[2].hex() == "a9a1b09dfd598087ab3fce4ae2ec65b1a1525bd258bfc27df4419f8a65e54745"
    assert sod.fits(1, files()["DG1"])
    assert sod.fits(14, files()["DG14"])


def test_whole_and_signed_by_nobody_we_know() -> None:
    read = {name: files()[name] for name in ("SOD", "DG1", "DG14")}
    verdict = verify(read, Store(), DAY)
    assert (verdict.data_hashes, verdict.sod_signature) == (Check.OK, Check.OK)
    assert (verdict.issuer, verdict.clone_check) == (Issuer.UNKNOWN_ISSUER, Check.NOT_DONE)
    assert verdict.proven == ("DG1", "DG14")


def test_a_group_that_was_not_signed_is_told() -> None:
    verdict = verify(files(), Store(), DAY)
    assert verdict.data_hashes is Check.BAD
    assert [(why.reason, why.group) for why in verdict.why] == [(Reason.GROUP_NOT_SIGNED, "DG15")]


def test_one_bit_of_the_signature_or_of_the_data() -> None:
    for name, part in (("SOD", "sod_signature"), ("DG1", "data_hashes")):
        read = {each: files()[each] for each in ("SOD", "DG1", "DG14")}
        read[name] = read[name][:-1] + bytes((read[name][-1] ^ 1,))
        verdict = verify(read, Store(), DAY)
        bad = {fact for fact in ("data_hashes", "sod_signature") if getattr(verdict, fact) is Check.BAD}
        assert bad == {part}


def test_the_signer_and_the_holder() -> None:
    (signer,) = parse_sod(files()["SOD"]).signed.certificates
    certificate = parse_certificate(signer)
    assert certificate.may_sign_documents
    assert not certificate.is_authority
    mrz = parse_mrz(parse_dg1(files()["DG1"]), today=DAY)
    assert (mrz.primary, mrz.secondary) == ("MUSTERMANN", "ERIKA")


def test_a_chip_key_on_a_curve_in_numbers() -> None:
    infos = parse_dg14(files()["DG14"])
    chosen = chip_auth.choose(infos)
    assert chosen is not None
    way, key = chosen
    curve, point = chip_auth.point_of(key.public)
    assert (way.suite, curve.name) == (Suite.DES3, "brainpoolP224r1")
    assert curve.multiply(curve.n - 1, point) == (point[0], curve.p - point[1])
    assert load_key(parse_dg15(files()["DG15"])).key_size == 1024
