"""Chip authentication, version 1 over ECDH: keys that only the true chip agrees on (ICAO 9303-11, 6.2)."""

from __future__ import annotations

from vnid import der
from vnid.chip.apdu import Command
from vnid.chip.bac import Random
from vnid.chip.kdf import AUTHENTICATION, ENCRYPTION, Suite, derive
from vnid.chip.secure import SecureMessaging
from vnid.chip.security import ChipAuthentication, ChipKey, SecurityInfos
from vnid.chip.transport import Channel
from vnid.curves import Curve, Point, parameters
from vnid.errors import ChipError


def choose(infos: SecurityInfos) -> tuple[ChipAuthentication, ChipKey] | None:
    """The strongest way that DG14 offers, with its key; None where it offers none."""
    keys = infos.chip_keys()
    ways = sorted(infos.chip_authentication(), key=lambda way: list(Suite).index(way.suite), reverse=True)
    for way in ways:
        for key in keys:
            if way.number is None or key.number == way.number:
                return way, key
    return None


def authenticate(channel: Channel, way: ChipAuthentication, key: ChipKey, random: Random) -> None:
    """Agree on new keys; the next answer that holds proves that the chip holds its secret key.

    It tells a copy from the chip only where DG14's hash stands in a trusted SOD. Raises ChipError,
    CurveError, DerError.
    """
    curve, theirs = point_of(key.public)
    secret = int.from_bytes(random(curve.size + 8)) % (curve.n - 1) + 1
    ours = curve.encode(curve.multiply(secret, curve.generator))
    shared = curve.multiply(secret, theirs)[0].to_bytes(curve.size)
    if way.suite is Suite.DES3:
        _key_agreement_template(channel, key, ours)
    else:
        _general_authenticate(channel, way, key, ours)
    channel.secure = SecureMessaging(
        way.suite, derive(way.suite, shared, ENCRYPTION), derive(way.suite, shared, AUTHENTICATION)
    )


def point_of(public: bytes) -> tuple[Curve, Point]:
    """The curve and the point of a SubjectPublicKeyInfo. Raises CurveError, DerError."""
    node = der.whole(public, tag=der.SEQUENCE, where="DG14")
    algorithm, bits = der.inside(public, node, der.SEQUENCE, der.BIT_STRING, where="DG14")
    parts = der.children(public, algorithm, where="DG14", limit=2)
    if len(parts) != 2:
        raise ChipError("chip_not_supported", "DG14")
    curve = parameters(public, parts[1], where="DG14")
    return curve, curve.decode(der.bits(public, bits, where="DG14"))


def _key_agreement_template(channel: Channel, key: ChipKey, ours: bytes) -> None:
    """MSE:Set KAT (6.2.4.1), the only way with 3DES."""
    data = der.tlv(0x91, ours) + _number(key)
    channel.send(Command(0x00, 0x22, 0x41, 0xA6, data)).checked("mse_set_kat")


def _general_authenticate(channel: Channel, way: ChipAuthentication, key: ChipKey, ours: bytes) -> None:
    """MSE:Set AT, then GENERAL AUTHENTICATE (6.2.4.2)."""
    named = der.encode_oid(way.protocol)
    data = der.tlv(0x80, der.content(named, der.whole(named))) + _number(key)
    channel.send(Command(0x00, 0x22, 0x41, 0xA4, data)).checked("mse_set_at")
    exchange = der.tlv(0x7C, der.tlv(0x80, ours))
    channel.send(Command(0x00, 0x86, 0, 0, exchange, answer=256)).checked("general_authenticate")


def _number(key: ChipKey) -> bytes:
    if key.number is None:
        return b""
    return der.tlv(0x84, key.number.to_bytes(max(1, (key.number.bit_length() + 7) // 8)))
