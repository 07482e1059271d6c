"""PACE and BAC by the worked examples of ICAO 9303-11: appendix G.1 and D.3."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from vnid.chip.bac import bac
from vnid.chip.pace import Password, pace
from vnid.chip.security import CCCD_CARD_ACCESS, parse_security_infos
from vnid.chip.transport import Channel, Replay
from vnid.curves import curves
from vnid.errors import ChipError

CURVE = curves()["brainpoolP256r1"]
G1 = [
    ("0022C1A412800A04007F0007020204020283010184010D", "9000"),
    ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"),
    (
        "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
        "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
        "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
        "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000",
    ),
    (
        "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
        "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
        "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
        "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000",
    ),
    ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"),
]
KEYS = (
    0x7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99,
    0xA73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595,
)


def drawn(*values: bytes) -> Callable[[int], bytes]:
    """A generator that gives these; each must have the length asked for."""
    waiting: Iterator[bytes] = iter(values)

    def random(length: int) -> bytes:
        value = next(waiting)
        assert len(value) == length
        return value

    return random


def keys(*values: int) -> Callable[[int], bytes]:
    return drawn(*((value - 1).to_bytes(CURVE.size + 8) for value in values))


def replay(pairs: list[tuple[str, str]]) -> Channel:
    return Channel(Replay([(bytes.fromhex(one), bytes.fromhex(other)) for one, other in pairs]))


def test_g_1_bit_for_bit() -> None:
    """PACE with ECDH-GM, AES-128, brainpoolP256r1: the way of a Vietnamese card, with the example's MRZ."""
    (way,) = parse_security_infos(CCCD_CARD_ACCESS).pace()
    channel = replay(G1)
    pace(channel, way, Password.mrz("T22000129364081251010318"), keys(*KEYS))
    assert channel.secure is not None
    assert channel.secure.encryption.hex().upper() == "F5F0E35C0D7161EE6724EE513A0D9A7F"
    assert channel.secure.authentication.hex().upper() == "FE251C7858B356B24514B3BD5F4297D1"
    assert (channel.secure.counter, channel.commands) == (0, 5)


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        (0, "6A80", "chip_status"),
        (0, "63C0", "chip_blocked"),
        (0, "6983", "chip_blocked"),
        (1, "7C1280109000", "chip_answer"),
        (1, "7C0480020102" + "9000", "chip_answer"),
        (1, "6D00", "chip_not_supported"),
        (2, "7C43824104" + "11" * 64 + "9000", "chip_authentication"),
        (2, "7C03820100" + "9000", "chip_authentication"),
        (3, G1[3][0][10:-2].replace("8341", "8441") + "9000", "chip_authentication"),  # our own point
        (4, "6300", "chip_wrong_key"),
        (4, "63C1", "chip_wrong_key_tries"),
        (4, "7C0A86083ABB9674BCE93C099000", "chip_authentication"),
        (4, "7C0A86083ABB9674BCE93C08", "chip_status"),
        (4, "90", "chip_answer"),
    ],
)
def test_a_chip_that_answers_otherwise_is_not_believed(step: int, answer: str, code: str) -> None:
    (way,) = parse_security_infos(CCCD_CARD_ACCESS).pace()
    pairs = [*G1[:step], (G1[step][0], answer)]
    channel = replay(pairs)
    with pytest.raises(ChipError) as refused:
        pace(channel, way, Password.mrz("T22000129364081251010318"), keys(*KEYS))
    assert refused.value.code == code
    assert channel.secure is None


def test_a_warning_of_earlier_wrong_tries_stops_nothing() -> None:
    (way,) = parse_security_infos(CCCD_CARD_ACCESS).pace()
    channel = replay([(G1[0][0], "63C2"), *G1[1:]])
    pace(channel, way, Password.mrz("T22000129364081251010318"), keys(*KEYS))
    assert channel.secure is not None


def test_the_tries_that_are_left_are_told() -> None:
    (way,) = parse_security_infos(CCCD_CARD_ACCESS).pace()
    with pytest.raises(ChipError) as refused:
        pace(
            replay([*G1[:4], (G1[4][0], "63C2")]), way, Password.mrz("T22000129364081251010318"), keys(*KEYS)
        )
    assert refused.value.text("vi").endswith("còn 2 lần thử.")


D3 = [
    ("0084000008", "4608F919887022129000"),
    (
        "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728",
        "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
    ),
]


def test_d_3_bit_for_bit() -> None:
    channel = replay(D3)
    random = drawn(bytes.fromhex("781723860C06C226"), bytes.fromhex("0B795240CB7049B01C19B33E32804F0B"))
    bac(channel, "L898902C<369080619406236", random)
    assert channel.secure is not None
    assert channel.secure.encryption.hex().upper() == "979EC13B1CBFE9DCD01AB0FED307EAE5"
    assert channel.secure.authentication.hex().upper() == "F1CB1F1FB5ADF208806B89DC579DC1F8"
    assert channel.secure.counter == 0x887022120C06C226


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (["6D00"], "chip_not_supported"),
        (["46089000"], "chip_answer"),
        (["4608F919887022129000", "6300"], "chip_wrong_key"),
        (["4608F919887022129000", "00" * 40 + "9000"], "chip_authentication"),
        (["4608F919887022129000", "9000"], "chip_authentication"),
    ],
)
def test_another_answer_opens_nothing(answers: list[str], code: str) -> None:
    channel = replay([(command, answer) for (command, _right), answer in zip(D3, answers, strict=False)])
    random = drawn(bytes.fromhex("781723860C06C226"), bytes.fromhex("0B795240CB7049B01C19B33E32804F0B"))
    with pytest.raises(ChipError) as refused:
        bac(channel, "L898902C<369080619406236", random)
    assert (refused.value.code, channel.secure) == (code, None)


def test_a_replay_names_the_command_that_differs() -> None:
    channel = replay(D3)
    with pytest.raises(ChipError) as refused:
        bac(channel, "L898902C<369080619406236", drawn(bytes(8), bytes(16)))
    assert (refused.value.code, refused.value.values) == ("chip_replay", {"number": 2})
