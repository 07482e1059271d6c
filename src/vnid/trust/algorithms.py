"""Signatures of ICAO 9303-12, 4.4: RSA (PKCS#1 v1.5 and PSS) and ECDSA, with the SHA-2 family and SHA-1."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from vnid import der
from vnid.curves import curves, named_key
from vnid.der import Node
from vnid.errors import TrustError, VnidError

HASHES: Final = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
"""Names of hash functions, as hashlib knows them, by their object identifiers."""
_BY_CONTENT: Final = {der.encode_oid(oid)[2:]: name for oid, name in HASHES.items()}
HASH_OIDS: Final = {name: oid for oid, name in HASHES.items()}
WEAK: Final = frozenset({"sha1"})
_CLASSES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - old issuers signed with it; it is read and told as weak
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
RSA: Final = "1.2.840.113549.1.1.1"
PSS: Final = "1.2.840.113549.1.1.10"
_MGF1: Final = "1.2.840.113549.1.1.8"
EC_KEY: Final = "1.2.840.10045.2.1"
_EC_CONTENT: Final = der.encode_oid(EC_KEY)[2:]
_PSS_CONTENT: Final = der.encode_oid(PSS)[2:]
_RSA_WITH: Final = {
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.113549.1.1.14": "sha224",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA_WITH: Final = {
    "1.2.840.10045.4.1": "sha1",
    "1.2.840.10045.4.3.1": "sha224",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
ECDSA_OIDS: Final = {name: oid for oid, name in _ECDSA_WITH.items()}
RSA_OIDS: Final = {name: oid for oid, name in _RSA_WITH.items()}
_MOST_SALT: Final = 512

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class Scheme(NamedTuple):
    """How something was signed: `kind` is "rsa", "pss" or "ecdsa"; `hashed` "" where it is not told."""

    kind: str
    hashed: str
    mask: str = ""
    salt: int = 0

    @property
    def weak(self) -> bool:
        """Whether its hash no longer resists collisions."""
        return self.hashed in WEAK


@cache
def _simple(oid: str) -> Scheme | None:
    if oid in _RSA_WITH:
        return Scheme("rsa", _RSA_WITH[oid])
    if oid in _ECDSA_WITH:
        return Scheme("ecdsa", _ECDSA_WITH[oid])
    if oid == RSA:
        return Scheme("rsa", "")
    return Scheme("ecdsa", "") if oid == EC_KEY else None


@cache
def scheme_of(algorithm: bytes) -> Scheme:
    """The scheme of an AlgorithmIdentifier. Raises TrustError `algorithm`, DerError."""
    node = der.whole(algorithm, tag=der.SEQUENCE, where="algorithm")
    parts = der.children(algorithm, node, where="algorithm", limit=2)
    if not parts:
        raise TrustError("algorithm", "algorithm")
    oid = der.oid(algorithm, parts[0], where="algorithm")
    found = _pss(algorithm, parts) if oid == PSS else _simple(oid)
    if found is None:
        raise TrustError("algorithm", "algorithm")
    return found


def _pss(data: bytes, parts: list[Node]) -> Scheme:
    """RSASSA-PSS-params (RFC 4055, 3.1): SHA-1, MGF1 with SHA-1, 20 bytes of salt where nothing is said."""
    hashed, mask, salt = "sha1", "sha1", 20
    if len(parts) > 1 and parts[1].tag == der.SEQUENCE:
        for part in der.children(data, parts[1], where="pss", limit=4):
            inner = der.read(data, part.begin, part.end, where="pss")
            if part.tag == 0xA0:
                hashed = hash_of(data, inner)
            elif part.tag == 0xA1:
                generator, parameter = der.inside(data, inner, der.OID, der.SEQUENCE, where="pss")
                if der.oid(data, generator, where="pss") != _MGF1:
                    raise TrustError("algorithm", "pss")
                mask = hash_of(data, parameter)
            elif part.tag == 0xA2:
                salt = der.integer(data, inner, where="pss")
    if not 0 <= salt <= _MOST_SALT:
        raise TrustError("algorithm", "pss")
    return Scheme("pss", hashed, mask, salt)


def hash_of(data: bytes, node: Node) -> str:
    """The hash that an AlgorithmIdentifier names. Raises TrustError `algorithm`, DerError."""
    (oid,) = der.inside(data, node, der.OID, where="hash")
    name = _BY_CONTENT.get(der.content(data, oid))
    if name is None:
        raise TrustError("algorithm", "hash")
    return name


@cache
def _named() -> frozenset[bytes]:
    """The AlgorithmIdentifiers of keys on a curve that is named: `cryptography` takes them as they are."""
    kind = der.encode_oid(EC_KEY)
    return frozenset(der.sequence(kind, der.encode_oid(curve.oid)) for curve in curves().values())


def load_key(info: bytes) -> PublicKey:
    """The key of a SubjectPublicKeyInfo; a curve in numbers is named after full comparison.

    Raises TrustError `key`, CurveError, DerError.
    """
    node = der.whole(info, tag=der.SEQUENCE, where="key")
    (algorithm,) = der.inside(info, node, der.SEQUENCE, where="key")
    (oid,) = der.inside(info, algorithm, der.OID, where="key")
    kind = der.content(info, oid)
    try:
        if kind == _EC_CONTENT and der.raw(info, algorithm) not in _named():
            info = named_key(info, node)
        elif kind == _PSS_CONTENT:  # a key for PSS alone; `cryptography` wants it as a plain RSA key
            _algorithm, bits = der.inside(info, node, der.SEQUENCE, der.BIT_STRING, where="key")
            plain = der.sequence(der.encode_oid(RSA), der.tlv(der.NULL))
            info = der.sequence(plain, der.raw(info, bits))
        found = load_der_public_key(info)
    except VnidError:
        raise
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TrustError("key", "key") from error
    if not isinstance(found, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise TrustError("key", "key")
    return found


def verifier(key: PublicKey, scheme: Scheme, hashed: str) -> Callable[[bytes, bytes], bool]:
    """(signature, data) → whether it is this key's, by the hash `hashed`. Raises TrustError `algorithm`."""
    chosen = _CLASSES.get(hashed)
    if chosen is None:
        raise TrustError("algorithm", "signature")
    if isinstance(key, ec.EllipticCurvePublicKey) and scheme.kind == "ecdsa":
        return _checker(key.verify, ec.ECDSA(chosen))
    if isinstance(key, rsa.RSAPublicKey) and scheme.kind == "pss":
        way = padding.PSS(padding.MGF1(_CLASSES[scheme.mask]), scheme.salt)
        return _checker(key.verify, way, chosen)
    if isinstance(key, rsa.RSAPublicKey) and scheme.kind == "rsa":
        return _checker(key.verify, padding.PKCS1v15(), chosen)
    raise TrustError("algorithm", "signature")


def _checker(verify: Callable[..., None], *how: Any) -> Callable[[bytes, bytes], bool]:
    def holds(signature: bytes, data: bytes) -> bool:
        try:
            verify(signature, data, *how)
        except (InvalidSignature, ValueError):
            return False
        return True

    return holds
