"""Issuers: master lists, link certificates, revocation, curves in numbers, and whatever is none of these."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from vnid import der
from vnid.curves import PRIME_FIELD, curves
from vnid.errors import VnidError
from vnid.synthetic.issuer import (
    Authority,
    DocumentSigner,
    authority,
    document_signer,
    key_from,
    make_sod,
    sign,
)
from vnid.trust.certificates import parse_certificate
from vnid.trust.cms import parse_signed
from vnid.trust.crl import parse_crl
from vnid.trust.masterlist import parse_master_list
from vnid.trust.sod import parse_sod
from vnid.trust.store import Issuer, Store

TODAY = date(2026, 11, 24)
ORDER = curves()["brainpoolP384r1"].n
MASTER_LIST = "2.23.136.1.1.2"


def key(*words: object) -> ec.EllipticCurvePrivateKey:
    return key_from(ec.BrainpoolP384R1(), ORDER, *words)


ROOT = authority(key("root"), "CSCA một")
SIGNER = document_signer(ROOT, key_from(ec.SECP256R1(), curves()["P-256"].n, "ds"))


def store(*roots: Authority) -> Store:
    found = Store()
    found.add(each.certificate for each in roots)
    return found


def judged(known: Store, signer: DocumentSigner = SIGNER, today: date = TODAY) -> Issuer:
    return known.judge(parse_certificate(signer.certificate), today)


def master_list(*certificates: bytes) -> bytes:
    content = der.sequence(der.encode_integer(0), der.set_of(*certificates))
    return sign(content, SIGNER, "sha256", MASTER_LIST)


def test_a_master_list_gives_its_certificates_and_says_who_signed() -> None:
    others = [authority(key(number), f"CSCA {number}").certificate for number in range(5)]
    read = parse_master_list(master_list(ROOT.certificate, *others))
    assert read.intact
    assert set(read.certificates) == {ROOT.certificate, *others}
    assert read.vouched_for(store(ROOT), TODAY)
    assert not read.vouched_for(Store(), TODAY), "a list that signs itself vouches for nothing"
    assert not read.vouched_for(store(ROOT), date(2041, 1, 1)), "its signer has expired"
    known = Store()
    assert known.add(read.certificates) == 6
    assert known.add(read.certificates) == 0, "known already"
    assert judged(known) is Issuer.TRUSTED


def test_a_list_that_was_changed_is_not_intact() -> None:
    made = master_list(ROOT.certificate)
    place = made.index("CSCA một".encode()) + 1
    read = parse_master_list(made[:place] + b"X" + made[place + 1 :])
    assert not read.intact
    assert not read.vouched_for(store(ROOT), TODAY)


def test_one_certificate_that_cannot_be_read_costs_no_other() -> None:
    known = Store()
    assert known.add([b"", ROOT.certificate, ROOT.certificate[:-9]]) == 1
    assert [(each.position, each.code) for each in known.refused] == [
        (0, "der_truncated"),
        (2, "der_truncated"),
    ]


def link(old: Authority, new: Authority) -> bytes:
    """The new key of an issuer under its old one."""
    made = (
        x509.CertificateBuilder()
        .subject_name(new.name)
        .issuer_name(old.name)
        .public_key(new.key.public_key())
        .serial_number(77)
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(new.key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(old.key.public_key()), critical=False
        )
        .sign(old.key, SHA384())
    )
    return made.public_bytes(Encoding.DER)


def test_new_keys_are_believed_through_links_in_any_order_and_round_in_circles() -> None:
    first, second, third = (authority(key(word), "CSCA một") for word in ("a", "b", "c"))
    links = [link(second, third), link(first, second), link(third, first)]
    signer = document_signer(third, key_from(ec.SECP256R1(), curves()["P-256"].n, "ds 3"))
    known = store(first)
    assert judged(known, signer) is Issuer.BAD, "the name is known and the key is not"
    assert known.add_links(links) == 3
    assert judged(known, signer) is Issuer.TRUSTED
    strangers = store(authority(key("x"), "CSCA khác"))
    assert strangers.add_links(links) == 0
    assert judged(strangers, signer) is Issuer.UNKNOWN_ISSUER


def revocations(
    issuer: Authority, *serials: int, updated: datetime = datetime(2026, 1, 1, tzinfo=UTC)
) -> bytes:
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.name)
        .last_update(updated)
        .next_update(datetime(2027, 1, 1, tzinfo=UTC))
    )
    for serial in serials:
        gone = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(updated).build()
        made = made.add_revoked_certificate(gone)
    return made.sign(issuer.key, SHA384()).public_bytes(Encoding.DER)


def test_a_signer_that_was_taken_back() -> None:
    serial = parse_certificate(SIGNER.certificate).serial
    known = store(ROOT)
    known.add_revocations(revocations(ROOT, 1, 2))
    assert judged(known) is Issuer.TRUSTED
    known.add_revocations(revocations(ROOT, 1, serial, updated=datetime(2026, 2, 1, tzinfo=UTC)))
    assert judged(known) is Issuer.REVOKED
    known.add_revocations(revocations(ROOT, 1))
    assert judged(known) is Issuer.REVOKED, "an older list takes nothing back"


def test_a_list_of_somebody_else_is_refused() -> None:
    stranger = Authority(key("x"), ROOT.certificate, ROOT.name)
    with pytest.raises(VnidError) as refused:
        store(ROOT).add_revocations(revocations(stranger, parse_certificate(SIGNER.certificate).serial))
    assert refused.value.code == "crl"


def test_an_authority_or_a_signer_out_of_time_signs_no_cards() -> None:
    assert judged(store(ROOT), DocumentSigner(ROOT.key, ROOT.certificate)) is Issuer.BAD
    old = authority(key("root"), "CSCA một", last_day=date(2025, 1, 1))
    assert judged(store(old)) is Issuer.EXPIRED
    assert judged(store(old, ROOT)) is Issuer.TRUSTED, "another certificate of the same key is in time"


def root_until(end: bytes) -> bytes:
    """The root with an end of use for its private key (2.5.29.16)."""
    period = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.16"), der.sequence(der.tlv(0x81, end)))
    made = (
        x509.CertificateBuilder()
        .subject_name(ROOT.name)
        .issuer_name(ROOT.name)
        .public_key(ROOT.key.public_key())
        .serial_number(5)
        .not_valid_before(datetime(2019, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(period, critical=False)
        .sign(ROOT.key, SHA384())
    )
    return made.public_bytes(Encoding.DER)


def test_a_signer_made_after_the_issuers_key_was_to_rest() -> None:
    """The signer's certificate begins on 1/1/2020."""
    for end, found in ((b"20200101000000Z", Issuer.TRUSTED), (b"20191231000000Z", Issuer.BAD)):
        known = Store()
        known.add([root_until(end)])
        assert judged(known) is found
    known = Store()
    assert known.add([root_until(b"20201331000000Z")]) == 0
    assert known.refused[0].code == "der_value"


def in_numbers(certificate: bytes, *, altered: bool = False) -> bytes:
    """The key of a certificate with its curve written out."""
    curve = curves()["brainpoolP384r1"]
    y = curve.p - curve.y if altered else curve.y
    size = curve.size
    numbers = der.sequence(
        der.encode_integer(1),
        der.sequence(der.encode_oid(PRIME_FIELD), der.encode_integer(curve.p)),
        der.sequence(der.octets(curve.a.to_bytes(size)), der.octets(curve.b.to_bytes(size))),
        der.octets(b"\x04" + curve.x.to_bytes(size) + y.to_bytes(size)),
        der.encode_integer(curve.n),
        der.encode_integer(1),
    )
    info = parse_certificate(certificate).key_info
    node = der.whole(info)
    algorithm, point = der.children(info, node)
    kind = der.children(info, algorithm)[0]
    return der.sequence(der.sequence(der.raw(info, kind), numbers), der.raw(info, point))


def test_a_key_whose_curve_is_written_in_numbers() -> None:
    from vnid.trust.algorithms import load_key

    assert load_key(in_numbers(ROOT.certificate)) == ROOT.key.public_key()
    with pytest.raises(VnidError) as refused:
        load_key(in_numbers(ROOT.certificate, altered=True))
    assert refused.value.code == "curve_altered"


SOD = make_sod({1: b"\x61\x00", 13: b"\x6d\x00"}, SIGNER)
GOOD: list[tuple[Callable[[bytes], Any], bytes]] = [
    (parse_certificate, SIGNER.certificate),
    (parse_master_list, master_list(ROOT.certificate)),
    (parse_crl, revocations(ROOT, 1, 2)),
    (parse_sod, SOD),
    (lambda data: parse_signed(data, where="x"), SOD[4:]),
]


@pytest.mark.parametrize(("parser", "good"), GOOD, ids=["certificate", "list", "crl", "sod", "signed"])
@pytest.mark.parametrize("data", [b"", b"\0", b"\x30\x80" * 500, b"\xff" * 64, bytes(20_000_000)])
def test_no_such_thing_at_all_is_refused(parser: Callable[[bytes], Any], good: bytes, data: bytes) -> None:
    parser(good)
    with pytest.raises(VnidError) as refused:
        parser(data)
    assert refused.value.text("vi")


@pytest.mark.parametrize(("parser", "good"), GOOD, ids=["certificate", "list", "crl", "sod", "signed"])
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_changed_one_is_read_or_refused(
    parser: Callable[[bytes], Any], good: bytes, data: st.DataObject
) -> None:
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(bad)[: data.draw(st.integers(0, len(bad)))]
    for each in (bytes(bad), cut):
        try:
            parser(each)
        except VnidError as error:
            assert error.text("vi")  # noqa: PT017 - the sentence must exist for whatever was refused
