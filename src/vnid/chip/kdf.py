"""Keys out of shared secrets (ICAO 9303-11, 9.7.1), and the ciphers they are for."""

from __future__ import annotations

from enum import Enum
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from vnid.hashing import digest

ENCRYPTION: Final = 1
AUTHENTICATION: Final = 2
PASSWORD: Final = 3


class Suite(Enum):
    """A cipher of secure messaging: bytes of a block, bytes of a key."""

    DES3 = (8, 16)
    AES128 = (16, 16)
    AES192 = (16, 24)
    AES256 = (16, 32)

    @property
    def block(self) -> int:
        """Bytes of a block."""
        return int(self.value[0])

    @property
    def key(self) -> int:
        """Bytes of a key."""
        return int(self.value[1])


def derive(suite: Suite, secret: bytes, counter: int) -> bytes:
    """The key of `counter`: SHA-1 for keys of 128 bits, SHA-256 for longer ones (9.7.1.1 to 9.7.1.3)."""
    hashed = digest("sha1" if suite.key == 16 else "sha256", secret + counter.to_bytes(4))
    return with_parity(hashed[:16]) if suite is Suite.DES3 else hashed[: suite.key]


def with_parity(key: bytes) -> bytes:
    """Each byte with an odd number of ones, as DES keys are written."""
    return bytes(each & 0xFE | (bin(each & 0xFE).count("1") + 1) % 2 for each in key)


def _cbc(suite: Suite, key: bytes, start: bytes) -> Cipher[modes.CBC]:
    """The cipher with this key; two-key 3DES as DES3 of K1, K2, K1."""
    if suite is Suite.DES3:
        return Cipher(TripleDES(key + key[:8]), modes.CBC(start))
    return Cipher(algorithms.AES(key), modes.CBC(start))


def encrypt(suite: Suite, key: bytes, start: bytes, data: bytes) -> bytes:
    """CBC without padding; the data are whole blocks. One block from zeros is the bare cipher."""
    work = _cbc(suite, key, start).encryptor()
    return work.update(data) + work.finalize()


def decrypt(suite: Suite, key: bytes, start: bytes, data: bytes) -> bytes:
    """The reverse of `encrypt`."""
    work = _cbc(suite, key, start).decryptor()
    return work.update(data) + work.finalize()


def pad(data: bytes, block: int) -> bytes:
    """ISO/IEC 9797-1, padding method 2: one bit, then zeros to the end of a block."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes | None:
    """The reverse of `pad`; None where no padding stands."""
    bare = data.rstrip(b"\0")
    return bare[:-1] if bare.endswith(b"\x80") else None


def mac(suite: Suite, key: bytes, data: bytes) -> bytes:
    """Eight bytes over data that is not padded yet: retail MAC with DES, CMAC with AES (9.8.6.3)."""
    if suite is not Suite.DES3:
        work = CMAC(algorithms.AES(key))
        work.update(data)
        return work.finalize()[:8]
    return retail_mac(key, pad(data, 8))


def retail_mac(key: bytes, padded: bytes) -> bytes:
    """ISO/IEC 9797-1, MAC algorithm 3 with DES: single DES chained, then DES3 of the last block."""
    first, second = key[:8], key[8:]
    zero = bytes(8)
    last = encrypt(Suite.DES3, first * 2, zero, padded)[-8:]
    return encrypt(Suite.DES3, first * 2, zero, decrypt(Suite.DES3, second * 2, zero, last))
