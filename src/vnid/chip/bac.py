"""Basic Access Control: a session from the keys of the MRZ (ICAO 9303-11, 4.3 and appendix D.3)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from vnid.chip import kdf
from vnid.chip.apdu import Command
from vnid.chip.kdf import AUTHENTICATION, ENCRYPTION, Suite, derive
from vnid.chip.secure import SecureMessaging
from vnid.chip.transport import Channel
from vnid.errors import ChipError
from vnid.hashing import digest

Random = Callable[[int], bytes]
"""Gives so many bytes that nobody can foretell."""
_SUITE: Final = Suite.DES3


def bac(channel: Channel, access_key: str, random: Random) -> None:
    """Agree on keys with the chip; afterwards `channel.secure` protects everything.

    `access_key`: number, birth and expiry of the MRZ with their check digits (`Mrz.access_key`). Raises
    ChipError: `chip_wrong_key` when the MRZ is another card's, `chip_authentication` when the chip does not
    prove the same.
    """
    seed = digest("sha1", access_key.encode("ascii"))[:16]
    encryption, authentication = derive(_SUITE, seed, ENCRYPTION), derive(_SUITE, seed, AUTHENTICATION)
    chip_nonce = channel.send(Command(0x00, 0x84, 0, 0, answer=8)).checked("get_challenge")
    if len(chip_nonce) != 8:
        raise ChipError("chip_answer", "get_challenge")
    nonce, share = random(8), random(16)
    hidden = kdf.encrypt(_SUITE, encryption, bytes(8), nonce + chip_nonce + share)
    sent = hidden + kdf.mac(_SUITE, authentication, hidden)
    got = channel.send(Command(0x00, 0x82, 0, 0, sent, answer=40)).checked("mutual_authenticate")
    theirs = _theirs(got, encryption, authentication, nonce, chip_nonce)
    secret = bytes(one ^ other for one, other in zip(share, theirs, strict=True))
    channel.secure = SecureMessaging(
        _SUITE,
        derive(_SUITE, secret, ENCRYPTION),
        derive(_SUITE, secret, AUTHENTICATION),
        int.from_bytes(chip_nonce[4:] + nonce[4:]),
    )


def _theirs(got: bytes, encryption: bytes, authentication: bytes, nonce: bytes, chip_nonce: bytes) -> bytes:
    """The chip's share of the secret, once its answer holds."""
    if len(got) != 40 or not hmac.compare_digest(kdf.mac(_SUITE, authentication, got[:32]), got[32:]):
        raise ChipError("chip_authentication", "mutual_authenticate")
    shown = kdf.decrypt(_SUITE, encryption, bytes(8), got[:32])
    if shown[:8] != chip_nonce or shown[8:16] != nonce:
        raise ChipError("chip_authentication", "mutual_authenticate")
    return shown[16:]
