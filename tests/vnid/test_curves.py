"""Curves: the published numbers, arithmetic as OpenSSL does it, and altered curves that are refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from vnid import der
from vnid.curves import PRIME_FIELD, Curve, by_oid, curves, named_key, parameters
from vnid.errors import CurveError

OPENSSL = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
}
P256 = curves()["brainpoolP256r1"]


def test_rfc_5639_section_3_4() -> None:
    """brainpoolP256r1 as printed."""
    assert f"{P256.p:X}" == "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377"
    assert f"{P256.a:X}" == "7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9"
    assert f"{P256.b:X}" == "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6"
    assert f"{P256.x:X}" == "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262"
    assert f"{P256.y:X}" == "547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997"
    assert f"{P256.n:X}" == "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7"


@pytest.mark.parametrize("curve", curves().values(), ids=lambda curve: curve.name)
def test_every_curve_is_sound(curve: Curve) -> None:
    assert curve.holds(curve.generator)
    assert curve.multiply(curve.n - 1, curve.generator) == (curve.x, curve.p - curve.y)
    with pytest.raises(CurveError):
        curve.add(curve.generator, (curve.x, curve.p - curve.y))
    with pytest.raises(CurveError):
        curve.multiply(curve.n, curve.generator)
    assert by_oid()[curve.oid] is curve
    assert pow(2, curve.p - 1, curve.p) == 1
    assert pow(2, curve.n - 1, curve.n) == 1


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(OPENSSL)), st.integers(1, 2**520))
def test_points_are_those_of_openssl(name: str, number: int) -> None:
    curve = curves()[name]
    number = number % (curve.n - 1) + 1
    public = ec.derive_private_key(number, OPENSSL[name]).public_key().public_numbers()
    assert curve.multiply(number, curve.generator) == (public.x, public.y)
    twice = curve.multiply(2 * number, curve.generator)
    assert curve.add((public.x, public.y), (public.x, public.y)) == twice
    assert curve.decode(curve.encode(twice)) == twice


def written(curve: Curve, **changed: int) -> bytes:
    """The curve in numbers, some of them changed."""
    told = {"p": curve.p, "a": curve.a, "b": curve.b, "x": curve.x, "y": curve.y, "n": curve.n, "h": 1}
    told |= changed
    size = curve.size
    return der.sequence(
        der.encode_integer(1),
        der.sequence(der.encode_oid(PRIME_FIELD), der.encode_integer(told["p"])),
        der.sequence(der.octets(told["a"].to_bytes(size)), der.octets(told["b"].to_bytes(size))),
        der.octets(b"\x04" + told["x"].to_bytes(size) + told["y"].to_bytes(size)),
        der.encode_integer(told["n"]),
        der.encode_integer(told["h"]),
    )


def read(data: bytes) -> Curve:
    return parameters(data, der.whole(data))


@pytest.mark.parametrize("curve", curves().values(), ids=lambda curve: curve.name)
def test_a_curve_in_numbers_is_named_when_all_are_its_own(curve: Curve) -> None:
    assert read(written(curve)) is curve
    assert read(der.encode_oid(curve.oid)) is curve


@pytest.mark.parametrize("changed", ["a", "b", "x", "y", "n", "h"])
def test_a_curve_that_differs_in_one_number_is_refused(changed: str) -> None:
    value = {"h": 1}.get(changed) or getattr(P256, changed)
    with pytest.raises(CurveError) as refused:
        read(written(P256, **{changed: value + 2}))
    assert refused.value.code == "curve_altered"


def test_another_generator_is_refused_although_it_is_on_the_curve() -> None:
    """What CVE-2020-0601 was: with G = Q/d anybody knows the key to Q."""
    x, y = P256.multiply(7, P256.generator)
    with pytest.raises(CurveError, match="not those of the standard curve"):
        read(written(P256, x=x, y=y))


def test_an_unknown_prime_or_name_is_refused() -> None:
    for data in (
        written(P256, p=P256.p + 2),
        der.encode_oid("1.3.132.0.10"),
        der.sequence(der.encode_integer(1)),
    ):
        with pytest.raises(CurveError) as refused:
            read(data)
        assert refused.value.code == "curve_unknown"


def test_a_key_in_numbers_becomes_one_that_openssl_reads() -> None:
    key = ec.derive_private_key(12345, ec.BrainpoolP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    info = der.sequence(
        der.sequence(der.encode_oid("1.2.840.10045.2.1"), written(P256)), der.encode_bits(point)
    )
    assert load_der_public_key(named_key(info, der.whole(info))) == key


@pytest.mark.parametrize(
    "data", [b"", b"\x04", b"\x04" + bytes(64), b"\x02" + bytes(64), b"\x04" + b"\xff" * 64]
)
def test_what_is_no_point_is_refused(data: bytes) -> None:
    with pytest.raises(CurveError):
        P256.decode(data)
