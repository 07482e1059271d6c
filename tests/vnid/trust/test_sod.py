"""The document security object: a file of a shape that was seen reads exactly as one that was not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vnid.trust.test_store import ROOT, SIGNER, key
from vnid.curves import curves
from vnid.errors import VnidError
from vnid.synthetic.issuer import document_signer, key_from, make_sod
from vnid.trust import sod
from vnid.trust.certificates import parse_certificate
from vnid.trust.sod import Sod, parse_sod


def groups(number: int) -> dict[int, bytes]:
    return {1: b"\x61\x01" + bytes((number,)), 2: b"\x75\x00", 13: b"\x6d\x01" + bytes((number,))}


CARDS = [make_sod(groups(number), SIGNER) for number in range(40)]
SIGNERS = [
    document_signer(ROOT, key_from(ec.SECP256R1(), curves()["P-256"].n, "ds", number)) for number in range(40)
]
OTHER = document_signer(ROOT, key("other"))


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    sod._seen.clear()
    yield
    sod._seen.clear()


def outcome(data: bytes) -> tuple[str, Sod | str]:
    try:
        return "read", parse_sod(data)
    except VnidError as error:
        return "refused", repr((error.code, error.field, error.values))


def afresh(data: bytes) -> tuple[str, Sod | str]:
    sod._seen.clear()
    return outcome(data)


def seen() -> None:
    """Every length that a signature gives, and another signer's files."""
    for card in CARDS:
        parse_sod(card)
    parse_sod(make_sod(groups(1), OTHER))


def test_cards_of_one_signer_are_recognised_and_read_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [afresh(card) for card in CARDS]
    seen()
    monkeypatch.setattr(sod, "_walked", lambda _data: pytest.fail("it was walked"))
    assert [outcome(card) for card in CARDS] == told
    for number, card in enumerate(CARDS):
        found = parse_sod(card)
        assert all(found.fits(group, file) for group, file in groups(number).items())
        assert not found.fits(1, groups(number + 1)[1])


def test_cards_of_other_signers_are_read_as_they_are() -> None:
    cards = [make_sod(groups(number), signer) for number, signer in enumerate(SIGNERS)]
    told = [afresh(card) for card in cards]
    sod._seen.clear()
    seen()
    assert [outcome(card) for card in cards] == told
    for card, signer in zip(cards, SIGNERS, strict=True):
        assert parse_sod(card).signed.certificates == (signer.certificate,)
        assert parse_sod(card).signed.signers[0].named(parse_certificate(signer.certificate))


def test_a_byte_changed_anywhere_reads_or_fails_as_if_nothing_had_been_seen() -> None:
    card = CARDS[0]
    for at in range(len(card)):
        for flip in (0x01, 0x80, 0xFF):
            changed = card[:at] + bytes((card[at] ^ flip,)) + card[at + 1 :]
            told = afresh(changed)
            sod._seen.clear()
            parse_sod(card)
            assert outcome(changed) == told, f"byte {at}"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_pieces_of_other_cards_read_or_fail_as_if_nothing_had_been_seen(data: st.DataObject) -> None:
    changed = bytearray(data.draw(st.sampled_from(CARDS)))
    for _ in range(data.draw(st.integers(1, 3))):
        donor = data.draw(st.sampled_from(CARDS))
        begin = data.draw(st.integers(0, len(changed) - 1))
        end = data.draw(st.integers(begin, len(changed)))
        changed[begin:end] = donor[begin:end]
    told = afresh(bytes(changed))
    sod._seen.clear()
    seen()
    assert outcome(bytes(changed)) == told


def test_a_file_read_in_vain_leaves_no_shape() -> None:
    with pytest.raises(VnidError):
        parse_sod(CARDS[0][:-1])
    assert not sod._seen


def test_what_is_remembered_stays_small() -> None:
    for number in range(sod._MOST_ALIKE + 5):
        parse_sod(make_sod({1: b"\x61\x00"}, document_signer(ROOT, key("signer", number))))
    assert all(len(alike) <= sod._MOST_ALIKE for alike in sod._seen.values())
    for length in range(sod._MOST_LENGTHS + 5):
        sod._seen[length] = ()
    parse_sod(CARDS[0])
    assert len(sod._seen) <= sod._MOST_LENGTHS


@given(st.dictionaries(st.integers(1, 16), st.binary(max_size=50), min_size=1))
def test_what_was_signed_comes_back(files: dict[int, bytes]) -> None:
    found = parse_sod(make_sod(files, SIGNER))
    assert sorted(found.hashes) == sorted(files)
    assert all(found.fits(number, file) for number, file in files.items())
