"""Elliptic curves that chips and their issuers use: NIST (FIPS 186-4) and Brainpool (RFC 5639).

Certificates of issuers mostly write a curve out in numbers. `named` gives its name only when every number is
that curve's own: a curve that differs in its generator alone lets anybody sign (CVE-2020-0601). Points are
added here in plain integers, for the generic mapping of PACE, where every secret lives for one session; the
time it takes depends on the numbers, so it is not for keys that live on.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vnid import der
from vnid.der import Node
from vnid.errors import CurveError

Point = tuple[int, int]
"""x and y of a point of the curve; infinity is never one."""

PRIME_FIELD = "1.2.840.10045.1.1"


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ + ax + b modulo p; (x, y) generates n points, and that is all of them (cofactor 1)."""

    name: str
    oid: str
    p: int
    a: int
    b: int
    x: int
    y: int
    n: int

    @property
    def size(self) -> int:
        """Bytes of a coordinate."""
        return (self.p.bit_length() + 7) // 8

    @property
    def generator(self) -> Point:
        """The point that all keys are multiples of."""
        return self.x, self.y

    def holds(self, point: Point) -> bool:
        """Whether it is a point of the curve."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - x * x * x - self.a * x - self.b) % self.p == 0

    def encode(self, point: Point) -> bytes:
        """Uncompressed (SEC 1, 2.3.3)."""
        return b"\x04" + point[0].to_bytes(self.size) + point[1].to_bytes(self.size)

    def decode(self, data: bytes) -> Point:
        """An uncompressed point of this curve. Raises CurveError `point`."""
        if len(data) != 1 + 2 * self.size or data[0] != 4:
            raise CurveError("point", self.name)
        point = int.from_bytes(data[1 : 1 + self.size]), int.from_bytes(data[1 + self.size :])
        if not self.holds(point):
            raise CurveError("point", self.name)
        return point

    def add(self, one: Point, other: Point) -> Point:
        """The sum of two points. Raises CurveError `point` when it is infinity."""
        return self._plain(_add(self, (*one, 1), (*other, 1)))

    def multiply(self, number: int, point: Point) -> Point:
        """`number` times the point. Raises CurveError `point` when it is infinity."""
        found = (1, 1, 0)
        base = (*point, 1)
        for bit in bin(number % self.n)[2:]:
            found = _double(self, found)
            if bit == "1":
                found = _add(self, found, base)
        return self._plain(found)

    def _plain(self, point: tuple[int, int, int]) -> Point:
        x, y, z = point
        if z == 0:
            raise CurveError("point", self.name)
        inverse = pow(z, -1, self.p)
        square = inverse * inverse
        return x * square % self.p, y * square * inverse % self.p


def _double(curve: Curve, point: tuple[int, int, int]) -> tuple[int, int, int]:
    """In Jacobian coordinates (x/z², y/z³); z = 0 is infinity."""
    x, y, z = point
    p = curve.p
    if z == 0 or y == 0:
        return 1, 1, 0
    square = y * y % p
    s = 4 * x * square % p
    m = (3 * x * x + curve.a * pow(z, 4, p)) % p
    found = (m * m - 2 * s) % p
    return found, (m * (s - found) - 8 * square * square) % p, 2 * y * z % p


def _add(curve: Curve, one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    (x1, y1, z1), (x2, y2, z2), p = one, other, curve.p
    if z1 == 0:
        return other
    if z2 == 0:
        return one
    z1z1, z2z2 = z1 * z1 % p, z2 * z2 % p
    u1, u2 = x1 * z2z2 % p, x2 * z1z1 % p
    s1, s2 = y1 * z2 * z2z2 % p, y2 * z1 * z1z1 % p
    if u1 == u2:
        return _double(curve, one) if s1 == s2 else (1, 1, 0)
    h, r = u2 - u1, s2 - s1
    hh = h * h % p
    hhh, v = h * hh % p, u1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - s1 * hhh) % p, h * z1 * z2 % p


@cache
def curves() -> dict[str, Curve]:
    """Every curve by its name."""
    text = files("vnid").joinpath("data", "curves.csv").read_text(encoding="ascii")
    rows = csv.DictReader(text.splitlines())
    return {
        row["name"]: Curve(row["name"], row["oid"], *(int(row[key], 16) for key in "pabxyn")) for row in rows
    }


@cache
def by_oid() -> dict[str, Curve]:
    """Every curve by its object identifier."""
    return {curve.oid: curve for curve in curves().values()}


@cache
def _by_name() -> dict[bytes, Curve]:
    return {der.encode_oid(oid): curve for oid, curve in by_oid().items()}


@cache
def _by_prime() -> dict[int, Curve]:
    return {curve.p: curve for curve in curves().values()}


def parameters(data: bytes, node: Node, *, where: str = "curve") -> Curve:
    """The curve of an ECParameters (RFC 3279, 2.3.5): a name, or numbers that are all those of a known one.

    Raises CurveError `curve_unknown` for another name or prime, `curve_altered` where the prime is a known
    one and anything else is not, DerError for what is no such object.
    """
    if node.tag == der.OID:
        found = _by_name().get(der.raw(data, node))
        if found is None:
            raise CurveError("curve_unknown", where)
        return found
    return _written_out(data, node, where)


def _written_out(data: bytes, node: Node, where: str) -> Curve:
    """SpecifiedECDomain: version, field, (a, b, seed), generator, order, cofactor."""
    _version, field, coefficients, base, order, *rest = _six(data, node, where)
    kind, prime = der.inside(data, field, der.OID, der.INTEGER, where=where)
    known = _by_prime().get(der.integer(data, prime, where=where))
    if der.oid(data, kind, where=where) != PRIME_FIELD or known is None:
        raise CurveError("curve_unknown", where)
    a, b = der.inside(data, coefficients, der.OCTET_STRING, der.OCTET_STRING, where=where)
    same = (
        int.from_bytes(der.content(data, a)) == known.a
        and int.from_bytes(der.content(data, b)) == known.b
        and der.content(data, base) in _spellings(known)
        and der.integer(data, order, where=where) == known.n
        and all(der.integer(data, cofactor, where=where) == 1 for cofactor in rest)
    )
    if not same:
        raise CurveError("curve_altered", where)
    return known


def _six(data: bytes, node: Node, where: str) -> list[Node]:
    found = der.children(data, node, where=where, limit=7)
    tags = [child.tag for child in found]
    wanted = [der.INTEGER, der.SEQUENCE, der.SEQUENCE, der.OCTET_STRING, der.INTEGER, der.INTEGER]
    if node.tag != der.SEQUENCE or len(tags) < 5 or tags != wanted[: len(tags)]:
        raise CurveError("curve_unknown", where)
    return found


def _spellings(curve: Curve) -> tuple[bytes, bytes]:
    """The generator, whole and compressed."""
    return curve.encode(curve.generator), bytes((2 + curve.y % 2,)) + curve.x.to_bytes(curve.size)


def named_key(data: bytes, key: Node, *, where: str = "key") -> bytes:
    """A SubjectPublicKeyInfo of an EC key with its curve named, as `cryptography` reads it.

    Raises as `parameters`, and CurveError `point`.
    """
    algorithm, point = der.inside(data, key, der.SEQUENCE, der.BIT_STRING, where=where)
    kind, *rest = der.children(data, algorithm, where=where, limit=2)
    if not rest:
        raise CurveError("curve_unknown", where)
    curve = parameters(data, rest[0], where=where)
    curve.decode(der.bits(data, point, where=where))
    return der.sequence(der.sequence(der.raw(data, kind), der.encode_oid(curve.oid)), der.raw(data, point))
