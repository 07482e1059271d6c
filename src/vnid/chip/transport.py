"""How commands reach a chip: a protocol of one method, a channel over it, and a recorded conversation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from vnid.chip.apdu import Command, Response, response
from vnid.chip.secure import SecureMessaging
from vnid.errors import ChipError

_MORE: Final = 0x61
_AGAIN: Final = 0x6C
_GET_RESPONSE: Final = 0xC0
_MOST_PIECES: Final = 300


class Transport(Protocol):
    """Whatever carries one command to the chip and its answer back."""

    def transmit(self, command: bytes) -> bytes:
        """Send a command, wait for the answer with its status. Raises ChipError when there is none."""


@dataclass
class Channel:
    """A conversation with one chip; `secure` protects it once a key was agreed. Counts what goes over it."""

    transport: Transport
    secure: SecureMessaging | None = None
    commands: int = 0
    sent: int = 0
    received: int = 0

    def send(self, command: Command) -> Response:
        """Send a command, protected where there is a key. Raises ChipError.

        A protected answer that is not one ends the protection: nothing more is sent with these keys.
        """
        if self.secure is None:
            return self._plain(command)
        try:
            return self.secure.unprotect(self._plain(self.secure.protect(command)))
        except ChipError:
            self.secure = None
            raise

    def _plain(self, command: Command) -> Response:
        got = self._once(command.encode())
        if got.status >> 8 == _AGAIN and not got.data:
            length = got.status & 0xFF or 256
            return self._once(
                Command(command.cla, command.ins, command.p1, command.p2, command.data, length).encode()
            )
        data, pieces = [got.data], 0
        while got.status >> 8 == _MORE:
            pieces += 1
            if pieces > _MOST_PIECES:
                raise ChipError("chip_answer", "get_response")
            got = self._once(bytes((0, _GET_RESPONSE, 0, 0, got.status & 0xFF)))
            data.append(got.data)
        return Response(b"".join(data), got.status)

    def _once(self, command: bytes) -> Response:
        self.commands += 1
        self.sent += len(command)
        answer = self.transport.transmit(command)
        self.received += len(answer)
        return response(answer)


@dataclass
class Recording:
    """A transport that writes down what goes over another."""

    transport: Transport
    pairs: list[tuple[bytes, bytes]] = field(default_factory=list)

    def transmit(self, command: bytes) -> bytes:
        """Pass on and note."""
        answer = self.transport.transmit(command)
        self.pairs.append((command, answer))
        return answer


@dataclass
class Replay:
    """Answers as a recorded chip did, as long as the same commands come in the same order."""

    pairs: Iterable[tuple[bytes, bytes]]
    done: int = 0

    def __post_init__(self) -> None:
        self.pairs = tuple(self.pairs)

    def transmit(self, command: bytes) -> bytes:
        """The recorded answer. Raises ChipError `chip_replay` with the number of the command that differs."""
        pairs = tuple(self.pairs)
        if self.done >= len(pairs) or pairs[self.done][0] != command:
            raise ChipError("chip_replay", "transport", number=self.done + 1)
        self.done += 1
        return pairs[self.done - 1][1]
