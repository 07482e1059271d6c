"""A reader of this machine, by PC/SC (pyscard). Imported only where a card is really read."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final

from vnid.errors import ChipError

_REMOVED: Final = ("removed", "reset", "no smart card", "powered", "transact")
_READER_GONE: Final = ("unavailable", "unknown reader", "disconnected")


def readers() -> list[str]:
    """The names of the readers. Raises ChipError: `reader_library`, `reader_service`."""
    system = _library()
    try:
        return [str(reader) for reader in system.readers()]
    except Exception as error:
        raise ChipError("reader_service", "pcsc") from error


class PcscTransport:
    """A connection to the card on one reader; use it in a `with`."""

    def __init__(self, reader: str = "") -> None:
        system = _library()
        found = [each for each in _all(system) if reader in str(each)]
        if not found:
            raise ChipError("reader_none", "pcsc")
        self._connection = found[0].createConnection()
        try:
            self._connection.connect()
        except Exception as error:
            raise _meaning(error, "chip_no_card") from error

    def transmit(self, command: bytes) -> bytes:
        """Send one command. Raises ChipError `chip_removed`, `reader_removed`."""
        try:
            data, first, second = self._connection.transmit(list(command))
        except Exception as error:
            raise _meaning(error, "chip_removed") from error
        return bytes(data) + bytes((first, second))

    def __enter__(self) -> PcscTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.disconnect()


def _library() -> Any:
    try:
        from smartcard import System
    except ImportError as error:
        raise ChipError("reader_library", "pcsc") from error
    return System


def _all(system: Any) -> list[Any]:
    try:
        return list(system.readers())
    except Exception as error:
        raise ChipError("reader_service", "pcsc") from error


def _meaning(error: Exception, usual: str) -> ChipError:
    """What pyscard's words say: the card, or the reader itself, is gone."""
    words = str(error).lower()
    if any(word in words for word in _READER_GONE):
        return ChipError("reader_removed", "pcsc")
    if any(word in words for word in _REMOVED):
        return ChipError("chip_removed" if usual == "chip_removed" else "chip_no_card", "pcsc")
    return ChipError(usual, "pcsc")
