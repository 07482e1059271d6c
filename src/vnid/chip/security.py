"""What a chip offers: the SecurityInfos of EF.CardAccess and DG14, the key of DG15 (ICAO 9303-11, 9.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vnid import der
from vnid.chip.kdf import Suite
from vnid.curves import Curve, curves
from vnid.errors import DerError, LdsError

_BSI: Final = "0.4.0.127.0.7.2.2."
PACE_ECDH_GM: Final = f"{_BSI}4.2"
PACE_ECDH_CAM: Final = f"{_BSI}4.6"
CA_ECDH: Final = f"{_BSI}3.2"
PUBLIC_KEY_ECDH: Final = f"{_BSI}1.2"
ACTIVE_AUTHENTICATION: Final = "2.23.136.1.1.5"
_SUITES: Final = {1: Suite.DES3, 2: Suite.AES128, 3: Suite.AES192, 4: Suite.AES256}
STANDARD_CURVES: Final = {
    8: "P-192",
    9: "brainpoolP192r1",
    10: "P-224",
    11: "brainpoolP224r1",
    12: "P-256",
    13: "brainpoolP256r1",
    14: "brainpoolP320r1",
    15: "P-384",
    16: "brainpoolP384r1",
    17: "brainpoolP512r1",
    18: "P-521",
}
"""Domain parameters by their number (ICAO 9303-11, 9.5.1)."""
DG14_TAG: Final = 0x6E
DG15_TAG: Final = 0x6F
_MOST: Final = 65_536  # bytes

CCCD_CARD_ACCESS: Final = bytes.fromhex(
    "3134300d060804007f0007020202020101300f060a04007f00070202030202020101"
    "3012060a04007f0007020204020202010202010d"
)
"""PACE with ECDH-GM, AES-128 and brainpoolP256r1: what a card that does not tell may be taken to offer."""


@dataclass(frozen=True, slots=True)
class Info:
    """One SecurityInfo: its protocol, its numbers, and the whole object as read."""

    protocol: str
    numbers: tuple[int, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Pace:
    """PACE with generic mapping over a curve; `proves_chip`: with chip authentication mapping on top."""

    protocol: str
    suite: Suite
    parameter: int
    curve: Curve
    proves_chip: bool = False


@dataclass(frozen=True, slots=True)
class ChipKey:
    """A key for chip authentication; `number` tells it from others of the same chip."""

    number: int | None
    public: bytes


@dataclass(frozen=True, slots=True)
class ChipAuthentication:
    """Chip authentication version 1 over ECDH."""

    protocol: str
    suite: Suite
    number: int | None


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """Everything that stands in one file; `unknown` are protocols that nothing here speaks."""

    infos: tuple[Info, ...]

    def pace(self) -> tuple[Pace, ...]:
        """The ways of PACE that are spoken here, in the chip's order."""
        found = []
        for info in self.infos:
            mapping = _suite(info.protocol, PACE_ECDH_CAM)
            suite = mapping or _suite(info.protocol, PACE_ECDH_GM)
            name = STANDARD_CURVES.get(info.numbers[1]) if len(info.numbers) > 1 else None
            if suite and name and mapping is not Suite.DES3:
                found.append(Pace(info.protocol, suite, info.numbers[1], curves()[name], mapping is not None))
        return tuple(found)

    def chip_authentication(self) -> tuple[ChipAuthentication, ...]:
        """The ways of chip authentication that are spoken here."""
        found = []
        for info in self.infos:
            suite = _suite(info.protocol, CA_ECDH)
            if suite and info.numbers and info.numbers[0] == 1:
                number = info.numbers[1] if len(info.numbers) > 1 else None
                found.append(ChipAuthentication(info.protocol, suite, number))
        return tuple(found)

    def chip_keys(self) -> tuple[ChipKey, ...]:
        """The keys for chip authentication: SubjectPublicKeyInfo as read."""
        return tuple(_chip_key(info) for info in self.infos if info.protocol == PUBLIC_KEY_ECDH)

    def signature_algorithm(self) -> str | None:
        """The algorithm of active authentication with an EC key, where the chip tells (9.2.4)."""
        for info in self.infos:
            if info.protocol == ACTIVE_AUTHENTICATION:
                node = der.whole(info.raw, where="DG14")
                last = der.children(info.raw, node, where="DG14")[-1]
                return der.oid(info.raw, last, where="DG14") if last.tag == der.OID else None
        return None


def _suite(protocol: str, family: str) -> Suite | None:
    front, _, last = protocol.rpartition(".")
    return _SUITES.get(int(last)) if front == family else None


def parse_security_infos(data: bytes, *, where: str = "EF.CardAccess") -> SecurityInfos:
    """Read a SET OF SecurityInfo; protocols stand in any order and unknown ones are kept.

    Raises LdsError `too_large`, DerError.
    """
    if len(data) > _MOST:
        raise LdsError("too_large", where, limit=_MOST)
    node = der.whole(data, tag=der.SET, where=where)
    return SecurityInfos(
        tuple(_info(data, child, where) for child in der.children(data, node, where=where, limit=64))
    )


def parse_dg14(data: bytes) -> SecurityInfos:
    """The SecurityInfos of DG14. Raises as `parse_security_infos`."""
    if len(data) > _MOST:
        raise LdsError("too_large", "DG14", limit=_MOST)
    node = der.whole(data, tag=DG14_TAG, where="DG14", ber=True)
    return parse_security_infos(der.content(data, node), where="DG14")


def parse_dg15(data: bytes) -> bytes:
    """The SubjectPublicKeyInfo of active authentication. Raises LdsError `too_large`, DerError."""
    if len(data) > _MOST:
        raise LdsError("too_large", "DG15", limit=_MOST)
    node = der.whole(data, tag=DG15_TAG, where="DG15", ber=True)
    key = der.content(data, node)
    der.inside(
        key, der.whole(key, tag=der.SEQUENCE, where="DG15"), der.SEQUENCE, der.BIT_STRING, where="DG15"
    )
    return key


def _info(data: bytes, node: der.Node, where: str) -> Info:
    if node.tag != der.SEQUENCE:
        raise DerError("der_tag", where, offset=node.start)
    parts = der.children(data, node, where=where, limit=8)
    if not parts:
        raise DerError("der_value", where, offset=node.start)
    numbers = tuple(der.integer(data, part, where=where) for part in parts[1:] if part.tag == der.INTEGER)
    return Info(der.oid(data, parts[0], where=where), numbers, der.raw(data, node))


def _chip_key(info: Info) -> ChipKey:
    node = der.whole(info.raw, where="DG14")
    _protocol, key = der.inside(info.raw, node, der.OID, der.SEQUENCE, where="DG14")
    return ChipKey(info.numbers[0] if info.numbers else None, der.raw(info.raw, key))
