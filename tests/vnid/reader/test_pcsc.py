"""A whole card through pcscd, its virtual reader and pyscard, as at a desk."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest
from PIL import Image

from tests.vnid.card.emulator import Emulator
from tests.vnid.card.slot import ATR, Slot
from tests.vnid.reader.cards import chip, laid, synthetic
from tests.vnid.samples import TODAY
from vnid.chip import pcsc
from vnid.chip.face import parse_dg2
from vnid.chip.read import Access, Card, read_card
from vnid.errors import ChipError
from vnid.mrz import parse_mrz
from vnid.trust.store import Issuer, Store
from vnid.trust.verdict import Chip, Verdict, verify


def randoms() -> Callable[[int], bytes]:
    """Bytes that differ from call to call and are the same in every run."""
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_128(f"reader {count}".encode()).digest(length)

    return draw


def read(emulator: Emulator, reader: Slot, access: Access) -> Card:
    with laid(reader, emulator) as (transport, _lying):
        return read_card(transport, access, randoms())


def judged(card: Card, anchor: bytes) -> Verdict:
    store = Store()
    store.add([anchor])
    return verify(card.files, store, TODAY, Chip(card.active_proof, card.chip_authenticated, card.mapping))


def test_a_card_is_read_by_its_access_number_and_judged(reader: Slot) -> None:
    made = synthetic()
    card = read(chip(made), reader, Access(can=made.can))
    assert (card.error, card.opened_by) == (None, "pace_can")
    assert card.files == made.files
    verdict = judged(card, made.csca)
    assert (verdict.data_hashes, verdict.sod_signature, verdict.clone_check) == ("ok", "ok", "ok")
    assert verdict.issuer is Issuer.TRUSTED
    portrait = Image.open(io.BytesIO(parse_dg2(card.files["DG2"])[0].image))
    assert portrait.size == (120, 160)


@pytest.mark.parametrize(("speaks_pace", "way"), [(True, "pace_mrz"), (False, "bac")])
def test_a_card_is_read_by_its_machine_readable_lines(reader: Slot, *, speaks_pace: bool, way: str) -> None:
    made = synthetic()
    emulator = chip(made)
    emulator.speaks_pace = speaks_pace
    key = parse_mrz("\n".join(made.mrz), today=TODAY).access_key
    card = read(emulator, reader, Access(mrz=key))
    assert (card.error, card.opened_by, card.files) == (None, way, made.files)


def test_a_chip_that_grants_short_answers_only_is_read_too(reader: Slot) -> None:
    made = synthetic()
    emulator = chip(made)
    emulator.largest = 256
    card = read(emulator, reader, Access(can=made.can))
    assert (card.error, card.files) == (None, made.files)


def test_a_copy_of_the_files_in_another_chip_is_found(reader: Slot) -> None:
    made = synthetic()
    emulator = chip(made)
    emulator.active_key, emulator.chip_key = synthetic(8).active_key, synthetic(8).chip_key
    verdict = judged(read(emulator, reader, Access(can=made.can)), made.csca)
    assert (verdict.data_hashes, verdict.clone_check) == ("ok", "bad")


def test_a_wrong_access_number_tells_the_remaining_tries(reader: Slot) -> None:
    made = synthetic()
    wrong = "000000" if made.can != "000000" else "000001"
    with pytest.raises(ChipError) as told:
        read(chip(made), reader, Access(can=wrong))
    assert told.value.code == "chip_wrong_key_tries"
    assert "2" in told.value.text()


@pytest.mark.parametrize("after", [1, 2, 5, 9, 13, 21])
def test_a_card_pulled_out_while_it_is_read(reader: Slot, after: int) -> None:
    made = synthetic()
    emulator = chip(made)

    def transmit(command: bytes) -> bytes:
        answer = emulator.transmit(command)
        if len(emulator.commands) == after:
            away.append(True)
            lying.pull()
        return answer

    away: list[bool] = []
    with laid(reader, emulator, transmit) as (transport, lying):
        try:
            error = read_card(transport, Access(can=made.can), randoms()).error
        except ChipError as refused:
            error = refused
    assert away
    assert error is not None
    assert error.code == "chip_removed"


def test_an_empty_reader_is_told(reader: Slot) -> None:
    with pytest.raises(ChipError) as told:
        pcsc.PcscTransport()
    assert told.value.code == "chip_no_card"


def test_readers_are_named_and_chosen_by_a_part_of_their_name(reader: Slot) -> None:
    assert pcsc.readers() == ["Virtual PCD 00 00", "Virtual PCD 00 01"]
    with pytest.raises(ChipError) as told:
        pcsc.PcscTransport("Omnikey")
    assert told.value.code == "reader_none"


def test_the_answer_to_reset_is_that_of_a_contactless_chip() -> None:
    check = 0
    for byte in ATR[1:]:
        check ^= byte
    assert check == 0


ANSWERS = [
    (0, "chip_removed"),
    (0x80100069, "chip_removed"),
    (0x80100068, "chip_removed"),
    (0x80100016, "chip_removed"),
    (0x80100017, "reader_removed"),
    (0x80100009, "reader_removed"),
    (0x8010001D, "reader_service"),
    (0x8010001E, "reader_service"),
    (0x80100013, "reader_service"),
    (0x8010000B, "reader_busy"),
    (0x80100001, "reader_failed"),
]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(("answer", "code"), ANSWERS)
@pytest.mark.usefixtures("possible")
def test_every_answer_of_the_service_has_its_meaning(answer: int, code: str, *, signed: bool) -> None:
    """A reader that is unplugged cannot be acted with a virtual one; its answer is the standard's."""
    from smartcard.Exceptions import SmartcardException

    code_given = answer - (1 << 32) if signed and answer else answer

    class Connection:
        def transmit(self, _command: list[int]) -> tuple[list[int], int, int]:
            raise SmartcardException("refused", hresult=code_given)

    transport = pcsc.PcscTransport.__new__(pcsc.PcscTransport)
    transport._connection = Connection()
    with pytest.raises(ChipError) as told:
        transport.transmit(b"\0\xb0\0\0\0")
    assert told.value.code == code
    assert told.value.text()
