"""Secure messaging: every command and answer encrypted and authenticated (ICAO 9303-11, 9.8)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from vnid import der
from vnid.chip import kdf
from vnid.chip.apdu import EXTENDED_ANSWER, SHORT_ANSWER, Command, Response
from vnid.chip.kdf import Suite
from vnid.errors import ChipError, DerError

_SECURED: Final = 0x0C
_CRYPTOGRAM: Final = 0x87
_CRYPTOGRAM_ODD: Final = 0x85
_EXPECTED: Final = 0x97
_STATUS: Final = 0x99
_MAC: Final = 0x8E
OVERHEAD: Final = 64
"""Bytes that protection may add to an answer: padding, tags, status, MAC."""


@dataclass
class SecureMessaging:
    """The keys of a session and its counter, which goes up by one for each command and each answer."""

    suite: Suite
    encryption: bytes
    authentication: bytes
    counter: int = 0

    def protect(self, command: Command) -> Command:
        """The command as it goes over the air."""
        self.counter += 1
        header = bytes((command.cla | _SECURED, command.ins, command.p1, command.p2))
        parts = []
        if command.data:
            parts.append(self._hidden(command))
        if command.answer is not None:
            parts.append(der.tlv(_EXPECTED, _expected(command.answer)))
        body = b"".join(parts)
        signed = kdf.pad(header, self.suite.block) + body if body else header
        parts.append(der.tlv(_MAC, self._mac(signed)))
        data = b"".join(parts)
        long = len(data) > 255 or (command.answer or 0) > SHORT_ANSWER
        most = EXTENDED_ANSWER if long else SHORT_ANSWER
        return Command(header[0], command.ins, command.p1, command.p2, data, most)

    def unprotect(self, answer: Response) -> Response:
        """The answer behind the protected one.

        Raises ChipError: `chip_messaging` for one that is not protected or does not hold.
        """
        self.counter += 1
        if not answer.data:
            raise ChipError("chip_messaging", "answer", status=answer.status)
        parts, signed, given = _parts(answer.data)
        if _STATUS not in parts or not hmac.compare_digest(self._mac(signed), given):
            raise ChipError("chip_messaging", "mac", status=answer.status)
        status = int.from_bytes(parts[_STATUS])
        for tag in (_CRYPTOGRAM, _CRYPTOGRAM_ODD):
            if tag in parts:
                return Response(self._shown(parts[tag], marked=tag == _CRYPTOGRAM), status)
        return Response(b"", status)

    def _hidden(self, command: Command) -> bytes:
        padded = kdf.pad(command.data, self.suite.block)
        hidden = kdf.encrypt(self.suite, self.encryption, self._start(), padded)
        odd = command.ins & 1
        return der.tlv(_CRYPTOGRAM_ODD, hidden) if odd else der.tlv(_CRYPTOGRAM, b"\x01", hidden)

    def _shown(self, hidden: bytes, *, marked: bool) -> bytes:
        if marked:
            if hidden[:1] != b"\x01":
                raise ChipError("chip_messaging", "padding", status=0)
            hidden = hidden[1:]
        if not hidden or len(hidden) % self.suite.block:
            raise ChipError("chip_messaging", "length", status=0)
        found = kdf.unpad(kdf.decrypt(self.suite, self.encryption, self._start(), hidden))
        if found is None:
            raise ChipError("chip_messaging", "padding", status=0)
        return found

    def _start(self) -> bytes:
        """The initialisation vector: zeros with 3DES, the encrypted counter with AES (9.8.6.1)."""
        if self.suite is Suite.DES3:
            return bytes(8)
        return kdf.encrypt(self.suite, self.encryption, bytes(16), self.counter.to_bytes(16))

    def _mac(self, signed: bytes) -> bytes:
        block = self.suite.block
        padded = kdf.pad(self.counter.to_bytes(block) + signed, block)
        if self.suite is Suite.DES3:
            return kdf.retail_mac(self.authentication, padded)
        return kdf.mac(self.suite, self.authentication, padded)


def _expected(answer: int) -> bytes:
    return (
        (answer % SHORT_ANSWER).to_bytes(1)
        if answer <= SHORT_ANSWER
        else (answer % EXTENDED_ANSWER).to_bytes(2)
    )


def _parts(data: bytes) -> tuple[dict[int, bytes], bytes, bytes]:
    """Objects by tag, the bytes that the MAC covers, and the MAC; the MAC is the last object."""
    found: dict[int, bytes] = {}
    at = 0
    try:
        while at < len(data):
            node = der.read(data, at, where="answer", ber=True)
            if node.tag in found:
                raise ChipError("chip_messaging", "answer", status=0)
            if node.tag == _MAC:
                if node.end != len(data):
                    raise ChipError("chip_messaging", "answer", status=0)
                return found, data[:at], der.content(data, node)
            found[node.tag] = der.content(data, node)
            at = node.end
    except DerError as error:
        raise ChipError("chip_messaging", "answer", status=0) from error
    raise ChipError("chip_messaging", "answer", status=0)
