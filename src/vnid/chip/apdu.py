"""Commands to a chip and its answers (ISO/IEC 7816-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vnid.errors import ChipError

SHORT_ANSWER: Final = 256
EXTENDED_ANSWER: Final = 65_536
OK: Final = 0x9000
END_OF_FILE: Final = 0x6282
WRONG_LENGTH: Final = 0x6700
NOT_ALLOWED: Final = 0x6982
NOT_FOUND: Final = 0x6A82

_KNOWN: Final = {
    0x6300: "chip_wrong_key",
    0x6982: "chip_not_allowed",
    0x6983: "chip_blocked",
    0x6984: "chip_blocked",
    0x6985: "chip_not_allowed",
    0x6987: "chip_messaging",
    0x6988: "chip_messaging",
    0x6A82: "chip_not_found",
    0x6A86: "chip_not_supported",
    0x6A88: "chip_not_found",
    0x6D00: "chip_not_supported",
    0x6E00: "chip_not_supported",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `answer`: how many bytes may come back (None: none are expected)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    answer: int | None = None

    @property
    def header(self) -> bytes:
        """The four bytes that every command begins with."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    def encode(self) -> bytes:
        """The bytes to send: short where both lengths fit, extended otherwise (ISO/IEC 7816-4, 5.2)."""
        extended = len(self.data) > 255 or (self.answer or 0) > SHORT_ANSWER
        if extended:
            length = b"\0" + len(self.data).to_bytes(2) if self.data else b""
            expected = b"" if self.answer is None else (self.answer % EXTENDED_ANSWER).to_bytes(2)
            if expected and not self.data:
                expected = b"\0" + expected
        else:
            length = bytes((len(self.data),)) if self.data else b""
            expected = b"" if self.answer is None else bytes((self.answer % SHORT_ANSWER,))
        return self.header + length + self.data + expected


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: data and the two bytes of status."""

    data: bytes
    status: int

    @property
    def ok(self) -> bool:
        """Whether the command was done; the end of a file that was reached is no failure."""
        return self.status in (OK, END_OF_FILE)

    def checked(self, what: str) -> bytes:
        """The data. Raises the ChipError that the status means, with `what` as its field."""
        if not self.ok:
            raise failure(self.status, what)
        return self.data


def response(data: bytes) -> Response:
    """Split an answer. Raises ChipError `chip_answer` when it has no status."""
    if len(data) < 2:
        raise ChipError("chip_answer", "status")
    return Response(data[:-2], int.from_bytes(data[-2:]))


def failure(status: int, what: str) -> ChipError:
    """The error that a status means: `chip_wrong_key_tries` with the tries left for 63Cx."""
    if status & 0xFFF0 == 0x63C0:
        tries = status & 0xF
        return ChipError("chip_wrong_key_tries" if tries else "chip_blocked", what, tries=tries)
    known = _KNOWN.get(status)
    return ChipError(known, what) if known else ChipError("chip_status", what, status=status)
