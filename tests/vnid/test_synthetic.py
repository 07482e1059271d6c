"""A synthetic card, read through its chip in software and judged: the whole way, and every flaw."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.vnid.card.emulator import Emulator, sign_9796_2
from vnid.chip import active
from vnid.chip.active import Proof
from vnid.chip.face import parse_dg2
from vnid.chip.holder import parse_dg13
from vnid.chip.lds import parse_dg1
from vnid.chip.read import Access, Card, read_card
from vnid.errors import ChipError, VnidError
from vnid.mrz import parse_mrz
from vnid.qr import parse_qr
from vnid.synthetic import Flaws, SyntheticCard, make_card
from vnid.trust.store import Issuer, Store
from vnid.trust.verdict import Check, Chip, Verdict, verify

TODAY = date(2026, 11, 24)


def portrait() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (120, 160), (210, 190, 170)).save(out, "JPEG")
    return out.getvalue()


PORTRAIT = portrait()


def made(seed: int = 7, **flaws: object) -> SyntheticCard:
    return make_card(seed, PORTRAIT, (120, 160), flaws=Flaws(**flaws))  # type: ignore[arg-type]


def drawn() -> Callable[[int], bytes]:
    count = 0

    def random(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(str(count).encode()).digest(length)

    return random


def chip_of(card: SyntheticCard, **more: object) -> Emulator:
    pin = parse_mrz("\n".join(card.mrz), today=TODAY)
    return Emulator(
        card.files,
        can=card.can,
        access_key=pin.access_key,
        active_key=card.active_key,
        chip_key=card.chip_key,
        random=drawn(),
        **more,  # type: ignore[arg-type]
    )


def store(card: SyntheticCard) -> Store:
    found = Store()
    assert found.add([card.csca]) == 1
    return found


def judged(card: SyntheticCard, read: Card, today: date = TODAY) -> Verdict:
    return verify(
        read.files, store(card), today, Chip(read.active_proof, read.chip_authenticated, read.mapping)
    )


def test_the_whole_way_by_the_access_number() -> None:
    card = made()
    read = read_card(chip_of(card), Access(can=card.can), drawn())
    assert read.error is None
    assert read.opened_by == "pace_can"
    assert {name: read.files[name] for name in card.files} == card.files
    verdict = judged(card, read)
    assert (verdict.data_hashes, verdict.sod_signature, verdict.issuer, verdict.clone_check) == (
        Check.OK,
        Check.OK,
        Issuer.TRUSTED,
        Check.OK,
    )
    assert (verdict.why, verdict.authentic) == ((), True)
    assert parse_dg13(read.files["DG13"]) == card.holder
    assert parse_dg1(read.files["DG1"]) == "".join(card.mrz)
    (face,) = parse_dg2(read.files["DG2"])
    assert Image.open(io.BytesIO(face.image)).size == (120, 160)


@pytest.mark.parametrize(
    ("pace", "access", "opened_by"),
    [(True, "mrz", "pace_mrz"), (False, "mrz", "bac"), (True, "both", "pace_can")],
)
def test_other_ways_in(pace: bool, access: str, opened_by: str) -> None:
    card = made()
    chip = chip_of(card, speaks_pace=pace)
    known = Access(mrz=chip.access_key, can=card.can if access == "both" else "")
    read = read_card(chip, known, drawn())
    assert (read.opened_by, read.error) == (opened_by, None)
    assert judged(card, read).authentic


def test_a_chip_without_card_access_is_taken_to_be_a_vietnamese_card() -> None:
    card = made()
    chip = chip_of(card)
    chip.files = {name: file for name, file in card.files.items() if name != "EF_CARDACCESS"}
    assert read_card(chip, Access(can=card.can), drawn()).opened_by == "pace_can"
    with pytest.raises(ChipError, match="no way of access"):
        read_card(chip, Access(can=card.can), drawn(), fallback=b"")


@pytest.mark.parametrize("largest", [230, 300, 600, 1100, 2100])
def test_blocks_shrink_to_what_the_chip_grants(largest: int) -> None:
    card = made()
    read = read_card(chip_of(card, largest=largest), Access(can=card.can), drawn())
    assert read.error is None
    assert read.files["DG2"] == card.files["DG2"]


def test_a_wrong_number_tells_the_tries_that_are_left() -> None:
    card = made()
    chip = chip_of(card)
    wrong = f"{(int(card.can) + 1) % 10**6:06d}"
    for left in (2, 1):
        with pytest.raises(ChipError) as refused:
            read_card(chip, Access(can=wrong), drawn())
        assert refused.value.values == {"tries": left}
        chip.reset()
    with pytest.raises(ChipError) as refused:
        read_card(chip, Access(can=wrong), drawn())
    assert refused.value.code == "chip_blocked"


@dataclass
class PulledOut:
    """A card that is taken away after some commands."""

    chip: Emulator
    after: int
    done: int = field(default=0)

    def transmit(self, command: bytes) -> bytes:
        self.done += 1
        if self.done > self.after:
            raise ChipError("chip_removed", "test")
        return self.chip.transmit(command)


def test_a_card_that_is_pulled_out_leaves_what_came_whole() -> None:
    card = made()
    commands = read_card(chip_of(card), Access(can=card.can), drawn()).commands
    ends = set()
    for after in range(0, commands, 3):
        try:
            read = read_card(PulledOut(chip_of(card), after), Access(can=card.can), drawn())
        except ChipError as error:
            ends.add(error.code)
            continue
        assert read.error is not None
        assert read.error.code == "chip_removed"
        assert all(card.files[name] == file for name, file in read.files.items())
    assert ends == {"chip_removed"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 2**32))
def test_whatever_the_chip_answers_ends_in_a_sentence(at: int, bits: int) -> None:
    card = made()
    chip = chip_of(card)

    class Noisy:
        count = 0

        def transmit(self, command: bytes) -> bytes:
            self.count += 1
            answer = bytearray(chip.transmit(command))
            if self.count == at:
                answer[bits % len(answer)] ^= 1 << bits % 8
            return bytes(answer)

    try:
        read = read_card(Noisy(), Access(can=card.can), drawn())
    except VnidError as error:
        assert error.text("vi")  # noqa: PT017 - it was refused with a sentence
        return
    if read.error is None and "SOD" in read.files:
        assert judged(card, read).data_hashes is Check.OK


@pytest.mark.parametrize("group", ["DG1", "DG2", "DG13"])
def test_a_changed_group_is_found(group: str) -> None:
    card = made(changed_group=group)
    verdict = verify(card.files, store(card), TODAY)
    assert (verdict.data_hashes, verdict.sod_signature, verdict.issuer) == (
        Check.BAD,
        Check.OK,
        Issuer.TRUSTED,
    )
    assert [(why.reason, why.group) for why in verdict.why] == [("group_changed", group)]
    assert group in verdict.why[0].text("vi")
    assert verdict.clone_check is Check.NOT_DONE


def test_a_signer_of_a_stranger_is_unknown_not_bad() -> None:
    card = made(stranger=True)
    verdict = verify(card.files, store(card), TODAY)
    assert (verdict.sod_signature, verdict.issuer) == (Check.OK, Issuer.UNKNOWN_ISSUER)
    assert not verdict.authentic
    assert verify(card.files, Store(), TODAY).issuer is Issuer.UNKNOWN_ISSUER


def test_a_signer_whose_time_is_over() -> None:
    card = made(expired_signer=True)
    assert verify(card.files, store(card), TODAY).issuer is Issuer.EXPIRED
    assert verify(card.files, store(card), date(2023, 1, 1)).issuer is Issuer.TRUSTED


def test_a_copy_is_found_by_its_keys_alone() -> None:
    card = made(cloned=True)
    read = read_card(chip_of(card), Access(can=card.can), drawn())
    verdict = judged(card, read)
    assert (verdict.data_hashes, verdict.sod_signature, verdict.issuer) == (
        Check.OK,
        Check.OK,
        Issuer.TRUSTED,
    )
    assert verdict.clone_check is Check.BAD
    assert {why.reason for why in verdict.why} == {"chip_signature_wrong", "chip_key_wrong"}


def test_a_flipped_signature_is_bad() -> None:
    card = made()
    sod = bytearray(card.files["SOD"])
    sod[-3] ^= 1
    verdict = verify(card.files | {"SOD": bytes(sod)}, store(card), TODAY)
    assert (verdict.sod_signature, verdict.data_hashes) == (Check.BAD, Check.OK)


def test_a_group_that_was_never_signed_and_one_that_is_hidden() -> None:
    card = made()
    verdict = verify(card.files | {"DG11": b"\x6b\x00"}, store(card), TODAY)
    assert (verdict.data_hashes, verdict.why[0].reason) == (Check.BAD, "group_not_signed")
    alone = {name: card.files[name] for name in ("SOD", "EF_COM")}
    assert verify(alone, store(card), TODAY).data_hashes is Check.BAD
    with pytest.raises(VnidError, match="SOD"):
        verify({}, store(card), TODAY)


def test_active_authentication_with_rsa() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    info = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    challenge = b"12345678"
    good = sign_9796_2(key, challenge, drawn())
    assert active.holds(info, Proof(challenge, good))
    assert not active.holds(info, Proof(b"12345679", good))
    assert not active.holds(info, Proof(challenge, good[:-1] + bytes((good[-1] ^ 1,))))
    assert not active.holds(info, Proof(challenge, b""))


def test_a_short_challenge_is_not_sent() -> None:
    card = made()
    from vnid.chip.transport import Channel

    chip = chip_of(card)
    with pytest.raises(ChipError) as refused:
        active.ask(Channel(chip), b"1234567")
    assert (refused.value.code, chip.commands) == ("challenge_short", [])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9), st.dates(date(2021, 2, 1), date(2026, 11, 1)))
def test_every_synthetic_card_agrees_with_itself(seed: int, issued: date) -> None:
    card = make_card(seed, PORTRAIT, (120, 160), issued=issued)
    qr = parse_qr(card.qr)
    mrz = parse_mrz("\n".join(card.mrz), today=TODAY)
    assert qr.pin.digits == card.holder.pin == (mrz.pin.digits if mrz.pin else "")
    assert qr.pin.digits[6:9] == "000"
    assert (qr.name, qr.warnings, qr.degraded) == (card.holder.name, (), False)
    assert (mrz.expiry_date, mrz.no_expiry) == (card.holder.expiry_date, card.holder.no_expiry)
    assert make_card(seed, PORTRAIT, (120, 160), issued=issued).truth == card.truth
