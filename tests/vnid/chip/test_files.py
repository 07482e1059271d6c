"""EF.COM, DG1, DG2, DG14, DG15 and their lengths: round trips, and whatever else the bytes may be."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vnid.chip.apdu import failure
from vnid.chip.face import ImageKind, make_dg2, parse_dg2
from vnid.chip.kdf import Suite
from vnid.chip.lds import Com, file_length, make_com, make_dg1, parse_com, parse_dg1
from vnid.chip.security import (
    CCCD_CARD_ACCESS,
    parse_dg14,
    parse_dg15,
    parse_security_infos,
)
from vnid.errors import VnidError

MRZ = "IDVNM0990000017001099000001<<89901155M3901153VNM<<<<<<<<<<<0NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (48, 64), (200, 180, 160)).save(out, kind)
    return out.getvalue()


def test_dg1_in_its_wire_form() -> None:
    made = make_dg1(MRZ)
    assert made[:5].hex() == "615d5f1f5a"
    assert parse_dg1(made) == MRZ


def test_ef_com_of_the_worked_example() -> None:
    """ICAO 9303-11, appendix D.4: the file that is read there."""
    assert parse_com(bytes.fromhex("60145F0104303130365F36063034303030305C026175")) == Com(
        "1.6", "4.0.0", (1, 2)
    )


@given(st.lists(st.integers(1, 16), unique=True).map(tuple))
def test_ef_com_comes_back(groups: tuple[int, ...]) -> None:
    assert parse_com(make_com(groups)) == Com("1.7", "4.0.0", groups)


@pytest.mark.parametrize(("form", "kind"), [("JPEG", ImageKind.JPEG), ("JPEG2000", ImageKind.JP2)])
def test_a_face_comes_back_and_is_a_picture(form: str, kind: ImageKind) -> None:
    image = picture(form)
    (face,) = parse_dg2(make_dg2(image, 48, 64))
    assert (face.kind, face.width, face.height, face.image) == (kind, 48, 64, image)
    shown = Image.open(io.BytesIO(face.image))
    shown.load()
    assert shown.size == (48, 64)


def test_a_bare_codestream_is_known() -> None:
    (face,) = parse_dg2(make_dg2(b"\xff\x4f\xff\x51 and more", 1, 1))
    assert face.kind is ImageKind.JPEG_2000


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(VnidError, match="Neither JPEG"):
        make_dg2(b"GIF89a", 1, 1)
    with pytest.raises(VnidError, match="Neither JPEG"):
        parse_dg2(make_dg2(b"\xff\xd8\xff", 1, 1).replace(b"\xff\xd8\xff", b"GIF"))


def test_what_a_vietnamese_card_offers_in_the_order_it_does() -> None:
    """PACEInfo stands third; parsers that take the first fail."""
    found = parse_security_infos(CCCD_CARD_ACCESS)
    assert [info.protocol for info in found.infos] == [
        "0.4.0.127.0.7.2.2.2",
        "0.4.0.127.0.7.2.2.3.2.2",
        "0.4.0.127.0.7.2.2.4.2.2",
    ]
    (way,) = found.pace()
    assert (way.suite, way.parameter, way.curve.name) == (Suite.AES128, 13, "brainpoolP256r1")
    assert [each.number for each in found.chip_authentication()] == [None]
    assert found.signature_algorithm() is None


@pytest.mark.parametrize("start", ["7782041F", "778203E8", "6114", "6D8201473082"])
def test_the_length_of_a_file_is_told_by_its_beginning(start: str) -> None:
    data = bytes.fromhex(start)
    length = int.from_bytes(data[2:4]) + 4 if data[1] == 0x82 else data[1] + 2
    assert file_length(data, where="x") == length


@pytest.mark.parametrize("start", ["", "77", "7784FFFFFFFF", "7780", "7783100001"])
def test_a_length_that_cannot_be_is_refused(start: str) -> None:
    with pytest.raises(VnidError):
        file_length(bytes.fromhex(start), where="SOD")


PARSERS: list[Callable[[bytes], Any]] = [
    parse_com,
    parse_dg1,
    parse_dg2,
    parse_dg14,
    parse_dg15,
    parse_security_infos,
]
GOOD = [make_com((1, 2, 13)), make_dg1(MRZ), make_dg2(picture("JPEG"), 48, 64), CCCD_CARD_ACCESS]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("data", [b"", b"\0", bytes(10_000_000), b"\x30\x80" * 1000, b"\xff" * 100])
def test_no_file_at_all_is_refused(parser: Callable[[bytes], Any], data: bytes) -> None:
    with pytest.raises(VnidError) as refused:
        parser(data)
    assert refused.value.text("vi")


@pytest.mark.parametrize("parser", PARSERS)
@given(st.data())
def test_a_changed_file_is_read_or_refused(parser: Callable[[bytes], Any], data: st.DataObject) -> None:
    bad = bytearray(data.draw(st.sampled_from(GOOD)))
    for _ in range(data.draw(st.integers(0, 4))):
        bad[data.draw(st.integers(0, min(len(bad) - 1, 120)))] = data.draw(st.integers(0, 255))
    cut = bytes(bad)[: data.draw(st.integers(0, len(bad)))]
    for each in (bytes(bad), cut):
        try:
            parser(each)
        except VnidError as error:
            assert error.text("vi")  # noqa: PT017 - the sentence must exist for whatever was refused


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=88, max_size=90))
def test_dg1_comes_back(zone: str) -> None:
    assert parse_dg1(make_dg1(zone)) == zone


@given(st.binary(max_size=3000), st.integers(1, 65_535), st.integers(1, 65_535))
def test_any_jpeg_comes_back(rest: bytes, width: int, height: int) -> None:
    (face,) = parse_dg2(make_dg2(b"\xff\xd8\xff" + rest, width, height))
    assert (face.image, face.width, face.height) == (b"\xff\xd8\xff" + rest, width, height)


@pytest.mark.parametrize("status", [0x6D00, 0x6982, 0x6A82, 0x6A80, 0x6300, 0x63C2, 0x6983])
def test_each_refusal_of_a_chip_has_its_own_sentence(status: int) -> None:
    others = {
        failure(other, "DG3").text("vi") for other in (0x6D00, 0x6982, 0x6A82, 0x6F00) if other != status
    }
    refused = failure(status, "DG3")
    assert refused.text("vi") not in others
    assert refused.text("vi") != refused.text("en")
