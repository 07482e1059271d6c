"""PACE with chip authentication mapping by the worked example of ICAO 9303-11, appendix I.1."""

from __future__ import annotations

import pytest

from tests.vnid.chip.test_access import CURVE, keys, replay
from vnid import der
from vnid.chip.kdf import Suite
from vnid.chip.pace import ChipMapping, Password, pace
from vnid.chip.security import Pace, parse_security_infos
from vnid.errors import ChipError
from vnid.synthetic.issuer import make_sod
from vnid.trust.store import Store
from vnid.trust.verdict import Check, Chip, verify

# The standard leaves the number of the domain parameters (84) out of the first command; it may stand there.
I1 = [
    ("0022C1A412800A04007F0007020204060283010184010D", "9000"),
    ("10860000027C0000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000"),
    (
        "10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE"
        "1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100",
        "7C43824104A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3"
        "04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E239000",
    ),
    (
        "10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95"
        "5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00",
        "7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331"
        "11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E19000",
    ),
    (
        "008600000C7C0A8508E86BD06018A1CD3B00",
        "7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD"
        "10CBA372B42BE0B9B5F28AA8DE2F4F929000",
    ),
]
SECRETS = (
    0x5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC,
    0x76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120,
)
DATA = 0x85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3
STATIC = (
    0x1872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC8,
    0x84D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F,
)
PASSWORD = Password.mrz("C11T002JM496081222310314")


def way() -> Pace:
    (found,) = parse_security_infos(bytes.fromhex("31143012060A04007F0007020204060202010202010D")).pace()
    return found


def proof() -> ChipMapping:
    found = pace(replay(I1), way(), PASSWORD, keys(*SECRETS))
    assert found is not None
    return found


def test_i_1_bit_for_bit() -> None:
    channel = replay(I1)
    assert (way().suite, way().proves_chip) == (Suite.AES128, True)
    found = pace(channel, way(), PASSWORD, keys(*SECRETS))
    assert channel.secure is not None
    assert channel.secure.encryption.hex().upper() == "0A9DA4DB03BDDE39FC5202BC44B2E89E"
    assert channel.secure.authentication.hex().upper() == "4B1C06491ED5140CA2B537D344C6C0B1"
    assert found is not None
    assert found.data == DATA
    assert found.made_with(STATIC)
    assert not found.made_with(CURVE.generator)


@pytest.mark.parametrize(
    ("hidden", "code"),
    [
        ("", "chip_authentication"),
        ("8A00", "chip_authentication"),
        ("8A03001122", "chip_authentication"),
        ("8A10" + "00" * 16, "chip_authentication"),
        ("8B10" + "00" * 16, "chip_authentication"),
        ("8A1000", "chip_answer"),
    ],
)
def test_data_that_cannot_be_the_chips_open_nothing(hidden: str, code: str) -> None:
    body = bytes.fromhex("86088596CF055C67C1A3" + hidden)
    channel = replay([*I1[:4], (I1[4][0], der.tlv(0x7C, body).hex() + "9000")])
    with pytest.raises(ChipError) as refused:
        pace(channel, way(), PASSWORD, keys(*SECRETS))
    assert (refused.value.code, channel.secure) == (code, None)


def info(point: tuple[int, int]) -> bytes:
    """DG14 with this key for chip authentication."""
    algorithm = der.sequence(der.encode_oid("1.2.840.10045.2.1"), der.encode_oid(CURVE.oid))
    key = der.sequence(algorithm, der.encode_bits(CURVE.encode(point)))
    return der.tlv(0x6E, der.set_of(der.sequence(der.encode_oid("0.4.0.127.0.7.2.2.1.2"), key)))


@pytest.mark.parametrize(("point", "found"), [(STATIC, Check.OK), (CURVE.generator, Check.BAD)])
def test_the_proof_counts_for_a_key_that_was_signed(point: tuple[int, int], found: Check) -> None:
    from tests.vnid.trust.test_store import SIGNER, TODAY

    dg14 = info(point)
    files = {"DG14": dg14, "SOD": make_sod({14: dg14}, SIGNER)}
    assert verify(files, Store(), TODAY, Chip(mapping=proof())).clone_check is found
    files["DG14"] = info(STATIC)[:-1] + b"\0"
    assert verify(files, Store(), TODAY, Chip(mapping=proof())).clone_check is Check.NOT_DONE
