"""Time-stamp tokens as the simulated authority issues them (RFC 3161 in CMS, RFC 5652)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyasn1.codec.der.decoder import decode
from pyasn1.codec.der.encoder import encode
from pyasn1.type import univ, useful
from pyasn1_modules import rfc3161, rfc5035, rfc5280, rfc5652

_SHA256 = univ.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_ECDSA_SHA256 = univ.ObjectIdentifier("1.2.840.10045.4.3.2")
_SIGNING_CERTIFICATE = univ.ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
_POLICY = "1.3.6.1.4.1.99999.1"


@dataclass(frozen=True)
class Authority:
    """A key with its certificate, and the root that people would trust."""

    root: x509.Certificate
    root_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def root_pem(self) -> bytes:
        """What an operator would configure."""
        return self.root.public_bytes(Encoding.PEM)


def make_authority() -> Authority:
    """A new root and, under it, a certificate for time stamps."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    named = _name("Cơ quan chứng thực giả lập")
    root = _builder(named, named, root_key.public_key(), timedelta(days=3650))
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return _under(root.sign(root_key, SHA256()), root_key, timedelta(days=365))


def expired(authority: Authority) -> Authority:
    """Another certificate under the same root, which ended yesterday."""
    return _under(authority.root, authority.root_key, timedelta(days=-1))


def _under(root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, until: timedelta) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _builder(_name("Cấp dấu thời gian giả lập"), root.subject, key.public_key(), until)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Authority(root, root_key, leaf.sign(root_key, SHA256()), key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + until)
    )


def answer(
    authority: Authority,
    query: bytes,
    *,
    at: datetime,
    nonce_shift: int = 0,
    other_digest: bool = False,
) -> bytes:
    """A granted TimeStampResp for `query`; wrong where asked. Raises PyAsn1Error on a bad query."""
    asked, _rest = decode(query, asn1Spec=rfc3161.TimeStampReq())
    info = rfc3161.TSTInfo()
    info["version"] = 1
    info["policy"] = _POLICY
    info["messageImprint"] = asked["messageImprint"]
    if other_digest:
        info["messageImprint"]["hashedMessage"] = hashlib.sha256(b"something else").digest()
    info["serialNumber"] = x509.random_serial_number()
    info["genTime"] = useful.GeneralizedTime(f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}")
    if asked["nonce"].isValue:
        info["nonce"] = int(asked["nonce"]) + nonce_shift
    response = rfc3161.TimeStampResp()
    response["status"]["status"] = 0
    response["timeStampToken"]["contentType"] = rfc5652.id_signedData
    response["timeStampToken"]["content"] = univ.Any(encode(_signed(authority, encode(info))))
    return bytes(encode(response))


def rejection() -> bytes:
    """A TimeStampResp that grants nothing."""
    response = rfc3161.TimeStampResp()
    response["status"]["status"] = 2
    return bytes(encode(response))


def _signed(authority: Authority, content: bytes) -> Any:
    certificate, _rest = decode(
        authority.certificate.public_bytes(Encoding.DER), asn1Spec=rfc5280.Certificate()
    )
    signed = rfc5652.SignedData()
    signed["version"] = 3
    signed["digestAlgorithms"][0]["algorithm"] = _SHA256
    signed["encapContentInfo"]["eContentType"] = rfc3161.id_ct_TSTInfo
    signed["encapContentInfo"]["eContent"] = content
    signed["certificates"][0]["certificate"] = certificate
    signed["signerInfos"][0] = _signer(authority, content)
    return signed


def _signer(authority: Authority, content: bytes) -> Any:
    der = authority.certificate.public_bytes(Encoding.DER)
    certificate, _rest = decode(der, asn1Spec=rfc5280.Certificate())
    signer = rfc5652.SignerInfo()
    signer["version"] = 1
    signer["sid"]["issuerAndSerialNumber"]["issuer"] = certificate["tbsCertificate"]["issuer"]
    signer["sid"]["issuerAndSerialNumber"]["serialNumber"] = certificate["tbsCertificate"]["serialNumber"]
    signer["digestAlgorithm"]["algorithm"] = _SHA256
    attributes = {
        rfc5652.id_contentType: encode(rfc3161.id_ct_TSTInfo),
        rfc5652.id_messageDigest: encode(univ.OctetString(hashlib.sha256(content).digest())),
        _SIGNING_CERTIFICATE: encode(_certificate_id(der)),
    }
    plain = rfc5652.SignedAttributes()
    for place, (kind, value) in enumerate(attributes.items()):
        for target in (plain, signer["signedAttrs"]):
            target[place]["attrType"] = kind
            target[place]["attrValues"][0] = univ.Any(value)
    signer["signatureAlgorithm"]["algorithm"] = _ECDSA_SHA256
    # Signed as a plain SET, sent as [0] (RFC 5652, 5.4).
    signer["signature"] = authority.key.sign(encode(plain), ec.ECDSA(SHA256()))
    return signer


def _certificate_id(der: bytes) -> Any:
    which = rfc5035.SigningCertificateV2()
    which["certs"][0]["certHash"] = hashlib.sha256(der).digest()
    return which
