"""Keys and secure messaging, by ICAO 9303-11 appendix D, and whatever is changed on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid.chip import kdf
from vnid.chip.apdu import Command, Response, response
from vnid.chip.kdf import AUTHENTICATION, ENCRYPTION, PASSWORD, Suite, derive
from vnid.chip.secure import SecureMessaging
from vnid.errors import ChipError

ENC = bytes.fromhex("979EC13B1CBFE9DCD01AB0FED307EAE5")
MAC = bytes.fromhex("F1CB1F1FB5ADF208806B89DC579DC1F8")
SSC = 0x887022120C06C226


def test_appendix_d_1_keys_from_a_seed() -> None:
    seed = bytes.fromhex("239AB9CB282DAF66231DC5A4DF6BFBAE")
    assert derive(Suite.DES3, seed, ENCRYPTION).hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert derive(Suite.DES3, seed, AUTHENTICATION).hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def test_the_key_of_a_card_access_number() -> None:
    assert derive(Suite.AES128, b"000001", PASSWORD).hex() == "66f0ef4fba597afa5aeebeff94b8a752"


def test_appendix_d_4_select_and_read() -> None:
    """Every command and answer of the worked example."""
    secure = SecureMessaging(Suite.DES3, ENC, MAC, SSC)
    steps = [
        (
            Command(0x00, 0xA4, 0x02, 0x0C, bytes.fromhex("011E")),
            "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
            "990290008E08FA855A5D4C50A8ED9000",
            "",
        ),
        (
            Command(0x00, 0xB0, 0x00, 0x00, answer=4),
            "0CB000000D9701048E08ED6705417E96BA5500",
            "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
            "60145F01",
        ),
        (
            Command(0x00, 0xB0, 0x00, 0x04, answer=18),
            "0CB000040D9701128E082EA28A70F3C7B53500",
            "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
            "04303130365F36063034303030305C026175",
        ),
    ]
    for command, sent, got, data in steps:
        assert secure.protect(command).encode().hex().upper() == sent
        shown = secure.unprotect(response(bytes.fromhex(got)))
        assert (shown.data.hex().upper(), shown.status) == (data, 0x9000)


@pytest.mark.parametrize("suite", Suite)
@given(
    data=st.binary(max_size=300),
    back=st.binary(max_size=600),
    answer=st.none() | st.integers(1, 65536),
    ins=st.sampled_from([0xB0, 0xB1, 0x86]),
)
def test_both_ends_understand_each_other(
    suite: Suite, data: bytes, back: bytes, answer: int | None, ins: int
) -> None:
    """The chip's end is written here from the standard, apart from the reader's."""
    ours, chip = session(suite), session(suite)
    sent = ours.protect(Command(0, ins, 1, 2, data, answer))
    chip.counter += 1
    parts = objects(sent.data)
    covered = sent.data[:-10]
    padded = kdf.pad(
        chip.counter.to_bytes(suite.block) + kdf.pad(sent.header, suite.block) + covered, suite.block
    )
    if not covered:
        padded = kdf.pad(chip.counter.to_bytes(suite.block) + sent.header, suite.block)
    assert parts[0x8E] == maced(suite, chip.authentication, padded)
    if data:
        hidden = parts[0x85] if ins & 1 else parts[0x87][1:]
        assert kdf.unpad(kdf.decrypt(suite, chip.encryption, chip._start(), hidden)) == data
    chip.counter += 1
    assert ours.unprotect(Response(answered(chip, back, 0x9000), 0x9000)) == Response(back, 0x9000)


def session(suite: Suite) -> SecureMessaging:
    return SecureMessaging(suite, derive(suite, b"secret", 1), derive(suite, b"secret", 2), 5)


def maced(suite: Suite, key: bytes, padded: bytes) -> bytes:
    return kdf.retail_mac(key, padded) if suite is Suite.DES3 else kdf.mac(suite, key, padded)


def objects(data: bytes) -> dict[int, bytes]:
    from vnid import der

    found, at = {}, 0
    while at < len(data):
        node = der.read(data, at)
        found[node.tag], at = der.content(data, node), node.end
    return found


def answered(chip: SecureMessaging, data: bytes, status: int) -> bytes:
    from vnid import der

    body = b""
    if data:
        hidden = kdf.encrypt(chip.suite, chip.encryption, chip._start(), kdf.pad(data, chip.suite.block))
        body = der.tlv(0x87, b"\x01", hidden)
    body += der.tlv(0x99, status.to_bytes(2))
    padded = kdf.pad(chip.counter.to_bytes(chip.suite.block) + body, chip.suite.block)
    return body + der.tlv(0x8E, maced(chip.suite, chip.authentication, padded))


@given(st.data())
def test_a_changed_answer_is_refused(data: st.DataObject) -> None:
    suite = data.draw(st.sampled_from(Suite))
    ours, chip = session(suite), session(suite)
    ours.protect(Command(0, 0xB0, 0, 0, answer=10))
    chip.counter += 2
    good = answered(chip, b"0123456789", 0x9000)
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ChipError) as refused:
        ours.unprotect(Response(bytes(bad), 0x9000))
    assert refused.value.code == "chip_messaging"


@given(st.binary(max_size=80))
def test_any_answer_is_refused_with_a_sentence(data: bytes) -> None:
    ours = session(Suite.AES128)
    with pytest.raises(ChipError) as refused:
        ours.unprotect(Response(data, 0x9000))
    assert "bảo mật" in refused.value.text("vi")


def test_an_answer_is_taken_once() -> None:
    ours, chip = session(Suite.AES128), session(Suite.AES128)
    ours.protect(Command(0, 0xB0, 0, 0, answer=2))
    chip.counter += 2
    good = Response(answered(chip, b"ok", 0x9000), 0x9000)
    assert ours.unprotect(good).data == b"ok"
    with pytest.raises(ChipError):
        ours.unprotect(good)
