"""Reads a whole card: opens the chip, takes its files, asks for its proof; `vnid.trust` says their worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from vnid import der
from vnid.chip import active, chip_auth
from vnid.chip.active import Proof
from vnid.chip.apdu import WRONG_LENGTH, Command, Response
from vnid.chip.bac import Random, bac
from vnid.chip.lds import APPLICATION, CARD_ACCESS, COM, FILE_IDS, SOD, file_length, parse_com
from vnid.chip.pace import ChipMapping, Password, pace
from vnid.chip.security import CCCD_CARD_ACCESS, Pace, parse_dg14, parse_dg15, parse_security_infos
from vnid.chip.transport import Channel, Transport
from vnid.errors import ChipError, VnidError

BLOCKS: Final = (2048, 1024, 512, 224)
"""Bytes asked for at once: the first that the chip grants; the last fits every short answer."""
_WANTED: Final = ("DG14", "DG15", "DG1", "DG13", "DG2")
_GONE: Final = ("chip_removed", "reader_removed", "reader_service", "reader_failed")
"""Nothing answers any more: no other way of asking would help."""
_SHORT_OFFSET: Final = 0x7FFF


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """What is known about a card before its chip is open: `can` six digits, `mrz` its `access_key`."""

    can: str = ""
    mrz: str = ""


@dataclass
class Card:
    """What was read. `files` as they lie in the chip; `refused`: why others are missing; `error` ended it."""

    files: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    opened_by: str = ""
    active_proof: Proof | None = None
    chip_authenticated: bool | None = None
    mapping: ChipMapping | None = None
    error: ChipError | None = None
    commands: int = 0
    received: int = 0


Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes of it that are here and how many it has."""


def _quiet(_file: str, _done: int, _all: int) -> None:
    """Nobody wants to know."""


def read_card(
    transport: Transport,
    access: Access,
    random: Random,
    *,
    progress: Progress = _quiet,
    fallback: bytes = CCCD_CARD_ACCESS,
) -> Card:
    """Open the chip and read EF.COM, SOD and the data groups that concern identity.

    `random` gives bytes that nobody can foretell: they make the keys and the challenge. `fallback`: what a
    chip that shows no EF.CardAccess is taken to offer (empty: then BAC). Raises ChipError when the chip
    cannot be opened; a card that is pulled out afterwards ends in `error`, with the files that came whole.
    """
    channel = Channel(transport)
    card = Card()
    try:
        _open(channel, card, access, random, fallback)
        try:
            _files(channel, card, progress)
            _prove(channel, card, random)
        except ChipError as error:
            card.error = error
    finally:
        card.commands, card.received = channel.commands, channel.received
    return card


def _open(channel: Channel, card: Card, access: Access, random: Random, fallback: bytes) -> None:
    """PACE with the access number, PACE with the MRZ, then BAC: the first that the chip and we both know."""
    way = _way(channel, card, fallback)
    passwords = [Password.can(access.can)] if access.can else []
    passwords += [Password.mrz(access.mrz)] if access.mrz else []
    failed: ChipError | None = None
    for password in passwords if way is not None else []:
        try:
            card.mapping = pace(channel, way, password, random)  # type: ignore[arg-type]  # None: no loop
        except ChipError as error:
            if error.code in _GONE:
                raise
            failed = error
            continue
        card.opened_by = "pace_can" if password.reference == 2 else "pace_mrz"
        _select_application(channel)
        return
    if access.mrz:
        _select_application(channel)
        bac(channel, access.mrz, random)
        card.opened_by = "bac"
        return
    raise failed or ChipError("chip_no_access", "chip")


def _way(channel: Channel, card: Card, fallback: bytes) -> Pace | None:
    """What EF.CardAccess offers. The master file is never selected: Vietnamese cards refuse it (6D00)."""
    try:
        data = _file(channel, CARD_ACCESS, _quiet)
    except ChipError as error:
        if error.code in _GONE:
            raise
        data = fallback
    if not data:
        return None
    card.files[CARD_ACCESS] = data
    found = parse_security_infos(data).pace()
    return found[0] if found else None


def _select_application(channel: Channel) -> None:
    channel.send(Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION)).checked("select_application")


def _files(channel: Channel, card: Card, progress: Progress) -> None:
    card.files[COM] = _file(channel, COM, progress)
    card.files[SOD] = _file(channel, SOD, progress)
    listed = {f"DG{number}" for number in parse_com(card.files[COM]).groups}
    for name in _WANTED:
        if name not in listed:
            continue
        try:
            card.files[name] = _file(channel, name, progress)
        except ChipError as error:
            if error.code not in ("chip_not_allowed", "chip_not_found"):
                raise
            card.refused[name] = error.code
    for name in sorted(listed - set(_WANTED)):
        card.refused[name] = "not_read"


def _prove(channel: Channel, card: Card, random: Random) -> None:
    """Ask for the chip's own proofs. A failed chip authentication is a finding, not an error."""
    if "DG15" in card.files:
        parse_dg15(card.files["DG15"])
        try:
            card.active_proof = active.ask(channel, random(active.SHORTEST))
        except ChipError as error:
            if error.code in _GONE:
                raise
            card.refused["active_authentication"] = error.code
    chosen = chip_auth.choose(parse_dg14(card.files["DG14"])) if "DG14" in card.files else None
    if chosen is None:
        return
    try:
        chip_auth.authenticate(channel, *chosen, random)
        again = _file(channel, COM, _quiet)
    except VnidError as error:
        if error.code in _GONE:
            raise
        card.chip_authenticated = False
        card.refused["chip_authentication"] = error.code
        return
    card.chip_authenticated = again == card.files[COM]


def _file(channel: Channel, name: str, progress: Progress) -> bytes:
    """A whole file, by its id. Raises ChipError, LdsError, DerError."""
    channel.send(Command(0x00, 0xA4, 0x02, 0x0C, FILE_IDS[name].to_bytes(2))).checked(name)
    start = _block(channel, 0, 6).checked(name)
    length = file_length(start, where=name)
    data = bytearray(start[:length])
    size = 0
    while len(data) < length:
        progress(name, len(data), length)
        got = _block(channel, len(data), min(BLOCKS[size], length - len(data)))
        if got.status == WRONG_LENGTH and size + 1 < len(BLOCKS):
            size += 1
            continue
        piece = got.checked(name)
        if not piece:
            raise ChipError("chip_answer", name)
        data += piece
    progress(name, length, length)
    return bytes(data[:length])


def _block(channel: Channel, at: int, length: int) -> Response:
    """READ BINARY; offsets above 32,767 go in a data object (ISO/IEC 7816-4, 7.2.3)."""
    if at <= _SHORT_OFFSET:
        return channel.send(Command(0x00, 0xB0, at >> 8, at & 0xFF, answer=length))
    where = der.tlv(0x54, at.to_bytes(3))
    got = channel.send(Command(0x00, 0xB1, 0, 0, where, answer=length + 8))
    if not got.ok:
        return got
    node = der.read(got.data, tag=0x53, where="read_binary", ber=True)
    return Response(der.content(got.data, node), got.status)
