"""DER: what was written comes back, and whatever is not DER is refused with its place."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnid import der
from vnid.errors import DerError

TAGS = st.sampled_from([0x02, 0x04, 0x0C, 0x30, 0x61, 0x77, 0xA0, 0x5F1F, 0x7F61, 0x5F2E])


@given(TAGS, st.binary(max_size=400))
def test_an_object_comes_back(tag: int, value: bytes) -> None:
    written = der.tlv(tag, value)
    node = der.whole(written, tag=tag)
    assert (node.tag, der.content(written, node), der.raw(written, node)) == (tag, value, written)


@given(st.lists(st.tuples(TAGS, st.binary(max_size=20)), max_size=8))
def test_children_come_back_in_order(parts: list[tuple[int, bytes]]) -> None:
    written = der.sequence(*(der.tlv(tag, value) for tag, value in parts))
    found = der.children(written, der.whole(written))
    assert [(node.tag, der.content(written, node)) for node in found] == parts


@given(st.integers(-(2**130), 2**130))
def test_a_number_comes_back(number: int) -> None:
    written = der.encode_integer(number)
    assert der.integer(written, der.whole(written)) == number


@given(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 2**40), max_size=8))
def test_an_identifier_comes_back(first: int, second: int, rest: list[int]) -> None:
    text = ".".join(map(str, (first, second, *rest)))
    written = der.encode_oid(text)
    assert der.oid(written, der.whole(written)) == text


@given(st.binary(max_size=60))
def test_whatever_the_bytes_are_it_is_read_or_refused(data: bytes) -> None:
    for ber in (False, True):
        try:
            node = der.whole(data, ber=ber)
        except DerError:
            continue
        assert node.end == len(data)
        for reader in (der.integer, der.bits, der.oid, der.children):
            with contextlib.suppress(DerError):
                reader(data, node)


@pytest.mark.parametrize(
    ("data", "code", "offset"),
    [
        (b"", "der_truncated", 0),
        (b"\x30", "der_truncated", 1),
        (b"\x30\x05abc", "der_truncated", 5),
        (b"\x30\x80\x00\x00", "der_length", 1),  # indefinite
        (b"\x30\x81\x01a", "der_length", 1),  # one byte would do
        (b"\x30\x82\x00\x81" + b"a" * 0x81, "der_length", 1),
        (b"\x30\x85\x01\x00\x00\x00\x00", "der_length", 1),
        (b"\x30\x84\xff\xff\xff\xff", "der_truncated", 6),
        (b"\x7f\x81\x82\x83\x01\x00", "der_tag", 0),
        (b"\x7f\x81", "der_truncated", 2),
        (b"\x02\x01\x00\x00", "der_trailing", 3),
    ],
)
def test_what_is_no_object_is_refused_with_its_place(data: bytes, code: str, offset: int) -> None:
    with pytest.raises(DerError) as refused:
        der.whole(data, where="EF.SOD")
    assert (refused.value.code, refused.value.values, refused.value.field) == (
        code,
        {"offset": offset},
        "EF.SOD",
    )


def test_a_chip_may_write_lengths_longer_than_needed() -> None:
    assert der.whole(b"\x61\x82\x00\x01a", ber=True).begin == 4


@pytest.mark.parametrize("data", [b"\x02\x00", b"\x02\x02\x00\x01", b"\x02\x02\xff\x80", b"\x04\x01a"])
def test_a_number_has_one_spelling(data: bytes) -> None:
    with pytest.raises(DerError):
        der.integer(data, der.whole(data))


@pytest.mark.parametrize("data", [b"\x06\x00", b"\x06\x02\x2a\x86", b"\x06\x03\x2a\x80\x01", b"\x05\x00"])
def test_an_identifier_has_one_spelling(data: bytes) -> None:
    with pytest.raises(DerError):
        der.oid(data, der.whole(data))


@pytest.mark.parametrize("text", ["", "1", "3.1", "1.40", "1.x", "1.2.-3"])
def test_what_is_no_identifier_is_not_written(text: str) -> None:
    with pytest.raises(DerError):
        der.encode_oid(text)


def test_an_object_inside_ends_where_the_outer_one_ends() -> None:
    data = b"\x30\x03\x04\x05ab" + b"cdefg"
    with pytest.raises(DerError, match="end at byte 5"):
        der.children(data, der.read(data))


def test_depth_and_breadth_cost_no_stack() -> None:
    data = b""
    for _ in range(3000):
        data = der.sequence(data)
    node = der.whole(data)
    while node.end > node.begin:
        (node,) = der.children(data, node)
    many = der.sequence(b"\x05\x00" * (der.MOST_CHILDREN + 1))
    with pytest.raises(DerError) as refused:
        der.children(many, der.whole(many))
    assert refused.value.code == "der_many"
