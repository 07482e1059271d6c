"""PACE with generic mapping and chip authentication mapping over elliptic curves (ICAO 9303-11, 4.4; G, I).

The password is the card access number, on a Vietnamese card the last six digits of the personal number, or
the keys of the MRZ. Both ends prove that they agreed on the same keys before anything is read.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from vnid import der
from vnid.chip import kdf
from vnid.chip.apdu import SHORT_ANSWER, Command
from vnid.chip.bac import Random
from vnid.chip.kdf import AUTHENTICATION, ENCRYPTION, PASSWORD, derive
from vnid.chip.secure import SecureMessaging
from vnid.chip.security import Pace
from vnid.chip.transport import Channel
from vnid.curves import Curve, Point
from vnid.errors import ChipError, CurveError, DerError
from vnid.hashing import digest

_DYNAMIC: Final = 0x7C
_PUBLIC_KEY: Final = 0x7F49


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    """What opens the chip: `reference` 1 is the MRZ, 2 the card access number."""

    reference: int
    secret: bytes

    @classmethod
    def can(cls, digits: str) -> Password:
        """The card access number: six digits."""
        return cls(2, digits.encode("ascii"))

    @classmethod
    def mrz(cls, access_key: str) -> Password:
        """Number, birth and expiry of the MRZ with their check digits (`Mrz.access_key`)."""
        return cls(1, digest("sha1", access_key.encode("ascii")))


@dataclass(frozen=True, slots=True)
class ChipMapping:
    """What a chip gave to show that it made its part of the mapping with its static key (4.4.3.5)."""

    curve: Curve
    mapped: Point
    data: int

    def made_with(self, public: Point) -> bool:
        """Whether the key is that of this public point of the same curve."""
        return self.curve.multiply(self.data, public) == self.mapped


def pace(channel: Channel, way: Pace, password: Password, random: Random) -> ChipMapping | None:
    """Agree on keys with the chip; afterwards `channel.secure` protects everything.

    The chip's proof is given where the way has one; it is worth what the key is that it is compared with.

    Raises ChipError: `chip_wrong_key` or `chip_wrong_key_tries`, `chip_blocked`, `chip_authentication` when
    the chip's points or its token do not hold.
    """
    reference = der.tlv(0x80, der.content(oid := der.encode_oid(way.protocol), der.whole(oid)))
    choice = reference + der.tlv(0x83, bytes((password.reference,))) + der.tlv(0x84, bytes((way.parameter,)))
    chosen = channel.send(Command(0x00, 0x22, 0xC1, 0xA4, choice))
    if (
        not 0x63C1 <= chosen.status <= 0x63CF
    ):  # a warning: the key was tried wrongly before, and so many are left
        chosen.checked("mse_set_at")
    nonce = _nonce(channel, way, password)
    generator, mapped = _mapped(channel, way.curve, nonce, random)
    secret, ours, theirs = _agreed(channel, way.curve, generator, random)
    encryption, authentication = (
        derive(way.suite, secret, ENCRYPTION),
        derive(way.suite, secret, AUTHENTICATION),
    )
    token, hidden = _last(channel, _token(way, authentication, theirs))
    if not hmac.compare_digest(token, _token(way, authentication, ours)):
        raise ChipError("chip_authentication", "token")
    found = _chip_mapping(way, encryption, mapped, hidden) if way.proves_chip else None
    channel.secure = SecureMessaging(way.suite, encryption, authentication)
    return found


def _chip_mapping(way: Pace, key: bytes, mapped: Point, hidden: bytes) -> ChipMapping:
    """Decrypt the chip's data: the vector is the encryption of ones, a counter before the first (4.4.3.5)."""
    block = way.suite.block
    if not hidden or len(hidden) % block:
        raise ChipError("chip_authentication", "mapping")
    start = kdf.encrypt(way.suite, key, bytes(block), b"\xff" * block)
    shown = kdf.unpad(kdf.decrypt(way.suite, key, start, hidden))
    if not shown or not 0 < (data := int.from_bytes(shown)) < way.curve.n:
        raise ChipError("chip_authentication", "mapping")
    return ChipMapping(way.curve, mapped, data)


def _nonce(channel: Channel, way: Pace, password: Password) -> int:
    """The chip's secret number, which only the password opens."""
    hidden = _exchange(channel, None, b"", 0x80)
    if not hidden or len(hidden) % way.suite.block:
        raise ChipError("chip_answer", "nonce")
    key = derive(way.suite, password.secret, PASSWORD)
    return int.from_bytes(kdf.decrypt(way.suite, key, bytes(way.suite.block), hidden))


def _mapped(channel: Channel, curve: Curve, nonce: int, random: Random) -> tuple[Point, Point]:
    """A generator that depends on the nonce, s·G + H, H a point that both ends made; and the chip's point."""
    key = _key(curve, random)
    ours = curve.encode(curve.multiply(key, curve.generator))
    theirs = _point(curve, _exchange(channel, 0x81, ours, 0x82), ours)
    try:
        return curve.add(curve.multiply(nonce, curve.generator), curve.multiply(key, theirs)), theirs
    except CurveError as error:
        raise ChipError("chip_authentication", "mapping") from error


def _agreed(channel: Channel, curve: Curve, generator: Point, random: Random) -> tuple[bytes, bytes, bytes]:
    """The shared secret, our public point and the chip's."""
    key = _key(curve, random)
    ours = curve.encode(curve.multiply(key, generator))
    got = _exchange(channel, 0x83, ours, 0x84)
    theirs = _point(curve, got, ours)
    return curve.multiply(key, theirs)[0].to_bytes(curve.size), ours, got


def _key(curve: Curve, random: Random) -> int:
    """A private key between 1 and n - 1; eight bytes more than needed leave no bias (FIPS 186-4, B.4.1)."""
    return int.from_bytes(random(curve.size + 8)) % (curve.n - 1) + 1


def _point(curve: Curve, data: bytes, ours: bytes) -> Point:
    """The chip's point: one of the curve, and not our own sent back (9303-11, 4.4.1)."""
    if data == ours:
        raise ChipError("chip_authentication", "point")
    try:
        return curve.decode(data)
    except CurveError as error:
        raise ChipError("chip_authentication", "point") from error


def _token(way: Pace, key: bytes, point: bytes) -> bytes:
    """The MAC over a public point (9303-11, 4.4.3.4)."""
    named = der.encode_oid(way.protocol)
    return kdf.mac(way.suite, key, der.tlv(_PUBLIC_KEY, named, der.tlv(0x86, point)))


def _exchange(channel: Channel, tag: int | None, data: bytes, wanted: int) -> bytes:
    """One step of GENERAL AUTHENTICATE, chained with the next."""
    inner = b"" if tag is None else der.tlv(tag, data)
    return _sent(channel, 0x10, inner, wanted)[0]


def _last(channel: Channel, token: bytes) -> tuple[bytes, bytes]:
    """The last step: the chip's token, and its data where it maps with its key (nothing otherwise)."""
    return _sent(channel, 0x00, der.tlv(0x85, token), 0x86, more=0x8A)


def _sent(channel: Channel, cla: int, inner: bytes, wanted: int, more: int = 0) -> tuple[bytes, bytes]:
    """The answer's object `wanted`, and the object `more` after it."""
    got = channel.send(Command(cla, 0x86, 0, 0, der.tlv(_DYNAMIC, inner), SHORT_ANSWER)).checked("pace")
    try:
        outer = der.whole(got, tag=_DYNAMIC, where="pace", ber=True)
        node = der.read(got, outer.begin, outer.end, tag=wanted, where="pace", ber=True)
        after = more and node.end < outer.end and der.read(got, node.end, outer.end, where="pace", ber=True)
    except DerError as error:
        raise ChipError("chip_answer", "pace") from error
    return der.content(got, node), der.content(got, after) if after and after.tag == more else b""
