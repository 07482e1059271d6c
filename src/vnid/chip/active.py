"""Active authentication: the chip signs a challenge with a key that cannot be read (ICAO 9303-11, 6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1 as _SHA1
from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from vnid import der
from vnid.chip.apdu import SHORT_ANSWER, Command
from vnid.chip.transport import Channel
from vnid.curves import named_key
from vnid.errors import ChipError, VnidError
from vnid.hashing import digest

SHORTEST: Final = 8  # bytes of a challenge
_PLAIN: Final = "0.4.0.127.0.7.1.1.4.1."
_HASHES: Final[dict[int, type[HashAlgorithm]]] = {1: _SHA1, 2: SHA224, 3: SHA256, 4: SHA384, 5: SHA512}
# ISO/IEC 10118-3 numbers of hash functions, as trailers name them (ISO/IEC 9796-2, 8.1.4).
_TRAILERS: Final = {0x33: "sha1", 0x38: "sha224", 0x34: "sha256", 0x36: "sha384", 0x35: "sha512"}
_SHA1_ALONE: Final = 0xBC
_NAMED: Final = 0xCC


@dataclass(frozen=True, slots=True)
class Proof:
    """A challenge and the chip's signature over it, to be kept as evidence."""

    challenge: bytes
    signature: bytes


def ask(channel: Channel, challenge: bytes) -> Proof:
    """Have the chip sign. A challenge that somebody could foretell proves nothing: draw it anew each time.

    Raises ChipError `challenge_short`, and whatever the chip's refusal means.
    """
    if len(challenge) < SHORTEST:
        raise ChipError("challenge_short", "challenge")
    command = Command(0x00, 0x88, 0, 0, challenge, SHORT_ANSWER)
    return Proof(challenge, channel.send(command).checked("internal_authenticate"))


def holds(public_key: bytes, proof: Proof, algorithm: str | None = None) -> bool:
    """Whether the signature is that of DG15's key over the challenge.

    `algorithm`: the object identifier that DG14 gives for EC keys; without one every hash that the standard
    allows is tried. It tells a copy from the chip only where DG15's hash stands in a trusted SOD. Raises
    VnidError for a key that is none.
    """
    key = _key(public_key)
    if isinstance(key, rsa.RSAPublicKey):
        return _iso_9796_2(key, proof)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return any(_ecdsa(key, proof, hashed) for hashed in _hashes(algorithm))
    raise ChipError("chip_not_supported", "DG15")


def _key(public_key: bytes) -> object:
    try:
        return load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        return _named(public_key)


def _named(public_key: bytes) -> object:
    """A key whose curve is written in numbers."""
    try:
        return load_der_public_key(named_key(public_key, der.whole(public_key, where="DG15"), where="DG15"))
    except (ValueError, UnsupportedAlgorithm) as error:
        if isinstance(error, VnidError):
            raise
        raise ChipError("chip_not_supported", "DG15") from error


def _hashes(algorithm: str | None) -> list[type[HashAlgorithm]]:
    if algorithm and algorithm.startswith(_PLAIN) and (number := algorithm[len(_PLAIN) :]).isdigit():
        found = _HASHES.get(int(number))
        return [found] if found else []
    return list(_HASHES.values())


def _ecdsa(key: ec.EllipticCurvePublicKey, proof: Proof, hashed: type[HashAlgorithm]) -> bool:
    """Plain r‖s (BSI TR-03111, 5.2.2) as the standard wants it, and DER as some chips send it."""
    half = len(proof.signature) // 2
    r, s = int.from_bytes(proof.signature[:half]), int.from_bytes(proof.signature[half:])
    written = [encode_dss_signature(r, s)] if len(proof.signature) % 2 == 0 else []
    for signature in (*written, proof.signature):
        try:
            key.verify(signature, proof.challenge, ec.ECDSA(hashed()))
        except InvalidSignature:
            continue
        return True
    return False


def _iso_9796_2(key: rsa.RSAPublicKey, proof: Proof) -> bool:
    """Digital signature scheme 1 with partial recovery (9303-11, 6.1.2.2; ISO/IEC 9796-2, 8)."""
    numbers = key.public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    value = int.from_bytes(proof.signature)
    if len(proof.signature) != size or value >= numbers.n:
        return False
    opened = pow(value, numbers.e, numbers.n)
    return any(_recovered(each.to_bytes(size), proof.challenge) for each in (opened, numbers.n - opened))


def _recovered(block: bytes, challenge: bytes) -> bool:
    """Whether a recovered block is 6A ‖ M1 ‖ H(M1 ‖ challenge) ‖ trailer."""
    if block[-1] == _SHA1_ALONE:
        name, trailer = "sha1", 1
    elif block[-1] == _NAMED and block[-2] in _TRAILERS:
        name, trailer = _TRAILERS[block[-2]], 2
    else:
        return False
    size = len(digest(name, b""))
    body = block[1:-trailer]
    if block[0] != 0x6A or len(body) <= size:
        return False
    return digest(name, body[:-size] + challenge) == body[-size:]
