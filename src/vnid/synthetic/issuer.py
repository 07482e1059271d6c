"""An issuer that does not exist: its root, its document signers, and the security objects they sign."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from vnid import der
from vnid.chip.lds import FILE_TAGS, SOD
from vnid.hashing import digest
from vnid.trust.algorithms import ECDSA_OIDS, HASH_OIDS, RSA_OIDS, PublicKey

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SECURITY_OBJECT = "2.23.136.1.1.1"
_BACK_DATED = date(2020, 1, 1)


@dataclass(frozen=True, slots=True, repr=False)
class Authority:
    """A root (CSCA) with its key; `certificate` is DER."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    name: x509.Name


@dataclass(frozen=True, slots=True, repr=False)
class DocumentSigner:
    """Who signs cards (DS) with his key; `certificate` is DER."""

    key: SigningKey
    certificate: bytes

    @property
    def private_key(self) -> bytes:
        """PKCS #8 in DER, without a passphrase: it protects nothing."""
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def key_from(curve: ec.EllipticCurve, order: int, *words: object) -> ec.EllipticCurvePrivateKey:
    """The key that belongs to these words: everybody can make it, so it protects nothing."""
    drawn = hashlib.shake_256("|".join(map(str, words)).encode()).digest(80)
    return ec.derive_private_key(int.from_bytes(drawn) % (order - 1) + 1, curve)


def authority(
    key: ec.EllipticCurvePrivateKey, common_name: str, *, last_day: date = date(2045, 1, 1)
) -> Authority:
    """A root for this key, valid from 2020."""
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )
    usage = _usage(sign=False)
    made = (
        _builder(name, name, key.public_key(), last_day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA384())
    )
    return Authority(key, made.public_bytes(Encoding.DER), name)


def document_signer(
    issuer: Authority, key: SigningKey, *, last_day: date = date(2040, 1, 1)
) -> DocumentSigner:
    """A signer of documents under a root, valid from 2020."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, "DS thử nghiệm"),
        ]
    )
    made = (
        _builder(name, issuer.name, key.public_key(), last_day)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
        .sign(issuer.key, SHA384())
    )
    return DocumentSigner(key, made.public_bytes(Encoding.DER))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, last_day: date
) -> x509.CertificateBuilder:
    serial = int.from_bytes(
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()[:15]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(_noon(_BACK_DATED))
        .not_valid_after(_noon(last_day))
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not sign,
        crl_sign=not sign,
        encipher_only=False,
        decipher_only=False,
    )


def security_object(groups: dict[int, bytes], hashed: str = "sha256") -> bytes:
    """The LDSSecurityObject, version 0, over data groups as they lie in the chip (9303-10, 4.6.2)."""
    hashes = [
        der.sequence(der.encode_integer(number), der.octets(digest(hashed, file)))
        for number, file in sorted(groups.items())
    ]
    return der.sequence(der.encode_integer(0), _algorithm(HASH_OIDS[hashed]), der.sequence(*hashes))


def sign(
    content: bytes, signer: DocumentSigner, hashed: str = "sha256", kind: str = _SECURITY_OBJECT
) -> bytes:
    """The content as signed data with the signer's certificate in it (RFC 5652; 9303-12, 7)."""
    certificate = x509.load_der_x509_certificate(signer.certificate)
    attributes = [
        _attribute(_CONTENT_TYPE, der.encode_oid(kind)),
        _attribute(_MESSAGE_DIGEST, der.octets(digest(hashed, content))),
    ]
    signature, algorithm = _signature(signer.key, der.set_of(*attributes), hashed)
    info = der.sequence(
        der.encode_integer(1),
        der.sequence(certificate.issuer.public_bytes(), der.encode_integer(certificate.serial_number)),
        _algorithm(HASH_OIDS[hashed]),
        der.tlv(0xA0, *sorted(attributes)),
        algorithm,
        der.octets(signature),
    )
    return _signed_data(content, kind, hashed, signer.certificate, info)


def _signature(key: SigningKey, data: bytes, hashed: str) -> tuple[bytes, bytes]:
    """The signature, and the AlgorithmIdentifier that says how it was made."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), _hash(hashed)), _algorithm(RSA_OIDS[hashed])
    return key.sign(data, ec.ECDSA(_hash(hashed))), der.sequence(der.encode_oid(ECDSA_OIDS[hashed]))


def _signed_data(content: bytes, kind: str, hashed: str, certificate: bytes, info: bytes) -> bytes:
    body = der.sequence(
        der.encode_integer(3),
        der.set_of(_algorithm(HASH_OIDS[hashed])),
        der.sequence(der.encode_oid(kind), der.tlv(0xA0, der.octets(content))),
        der.tlv(0xA0, certificate),
        der.set_of(info),
    )
    return der.sequence(der.encode_oid(_SIGNED_DATA), der.tlv(0xA0, body))


def make_sod(groups: dict[int, bytes], signer: DocumentSigner, hashed: str = "sha256") -> bytes:
    """EF.SOD for these data groups."""
    return der.tlv(FILE_TAGS[SOD], sign(security_object(groups, hashed), signer, hashed))


def _attribute(oid: str, value: bytes) -> bytes:
    return der.sequence(der.encode_oid(oid), der.tlv(der.SET, value))


def _algorithm(oid: str) -> bytes:
    return der.sequence(der.encode_oid(oid), der.tlv(der.NULL))


def _hash(name: str) -> HashAlgorithm:
    return SHA384() if name == "sha384" else SHA256()
