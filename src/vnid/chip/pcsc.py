"""A reader of this machine, by PC/SC (pyscard). Imported only where a card is really read."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final

from vnid.errors import ChipError

_CARD_GONE: Final = frozenset(
    (
        0x8010000C,  # SCARD_E_NO_SMARTCARD
        0x80100016,  # SCARD_E_NOT_TRANSACTED: the card left in the midst of an answer
        0x80100066,  # SCARD_W_UNRESPONSIVE_CARD
        0x80100067,  # SCARD_W_UNPOWERED_CARD
        0x80100068,  # SCARD_W_RESET_CARD: it was taken away and put back, or another program took it
        0x80100069,  # SCARD_W_REMOVED_CARD
    )
)
_READER_GONE: Final = frozenset(
    (
        0x80100009,  # SCARD_E_UNKNOWN_READER
        0x80100017,  # SCARD_E_READER_UNAVAILABLE
        0x8010002E,  # SCARD_E_NO_READERS_AVAILABLE
    )
)
_SERVICE_GONE: Final = frozenset(
    (
        0x80100003,  # SCARD_E_INVALID_HANDLE: the service was started anew
        0x80100013,  # SCARD_F_COMM_ERROR
        0x8010001D,  # SCARD_E_NO_SERVICE
        0x8010001E,  # SCARD_E_SERVICE_STOPPED
    )
)
_BUSY: Final = 0x8010000B  # SCARD_E_SHARING_VIOLATION
_NO_CODE: Final = 0xFFFFFFFF  # the library's own errors


def readers() -> list[str]:
    """The names of the readers. Raises ChipError: `reader_library`, `reader_service`."""
    return [str(reader) for reader in _all()]


class PcscTransport:
    """A connection to the card on one reader; use it in a `with`.

    `reader`: a part of the reader's name; the first of those found is taken. Raises ChipError
    `reader_library`, `reader_service`, `reader_none`, `reader_removed`, `reader_busy`, `chip_no_card`.
    """

    def __init__(self, reader: str = "") -> None:
        found = [each for each in _all() if reader in str(each)]
        if not found:
            raise ChipError("reader_none", "pcsc")
        self._connection = _opened(found[0])
        try:
            self._connection.connect()
        except _refusal() as error:
            _released(self._connection)
            raise ChipError(_meaning(error, "chip_no_card"), "pcsc") from error

    def transmit(self, command: bytes) -> bytes:
        """Send one command. Raises ChipError `chip_removed`, `reader_removed`, `reader_service`."""
        try:
            data, first, second = self._connection.transmit(list(command))
        except _refusal() as error:
            raise ChipError(_meaning(error, "chip_removed"), "pcsc") from error
        return bytes(data) + bytes((first, second))

    def __enter__(self) -> PcscTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _released(self._connection)


def _refusal() -> tuple[type[Exception], ...]:
    """What the library raises where a card, a reader or the service is missing: two families of errors."""
    from smartcard.Exceptions import SmartcardException
    from smartcard.pcsc.PCSCExceptions import BaseSCardException

    return SmartcardException, BaseSCardException


def _opened(reader: Any) -> Any:
    try:
        return reader.createConnection()
    except _refusal() as error:
        raise ChipError("reader_service", "pcsc") from error


def _released(connection: Any) -> None:
    """Close what is left of a connection. That may be nothing: the reader or its service may be gone."""
    try:
        connection.release()
    except _refusal():
        # What ended the reading has been told. The library would try again, and complain, when it tidies up.
        connection.component.hcontext = None


def _all() -> list[Any]:
    try:
        from smartcard import System
    except ImportError as error:
        raise ChipError("reader_library", "pcsc") from error
    try:
        return list(System.readers())
    except _refusal() as error:
        raise ChipError("reader_service", "pcsc") from error


def _meaning(error: Exception, no_card: str) -> str:
    """The reason behind an answer of the PC/SC service; `no_card` where it is the card that is missing."""
    answer = int(getattr(error, "hresult", 0)) & 0xFFFFFFFF
    # Without a code of the service: it gave an answer shorter than a status, as when the card has just left.
    if answer in (0, _NO_CODE) or answer in _CARD_GONE:
        return no_card
    if answer in _READER_GONE:
        return "reader_removed"
    if answer in _SERVICE_GONE:
        return "reader_service"
    return "reader_busy" if answer == _BUSY else "reader_failed"
