"""Certificates for tests: an authority of one's own, what it signs, and what nobody signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "dean06.example"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True)
class Authority:
    """A root: `trusted` is its PEM file."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    trusted: Path

    def issue(self, folder: Path, host: str = HOST, *, days: int = 30) -> tuple[Path, Path]:
        """(certificate, key) files of a server; `days` below zero: it ended so long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        return _write(folder, host, key, _server(host, key, self.certificate.subject, self.key, days, self))


def authority(folder: Path, name: str = "A root of tests") -> Authority:
    """A new root."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        _builder(_name(name), _name(name), key, 30)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "root.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM))
    return Authority(key, made, path)


def self_signed(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """(certificate, key) files of a server that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _write(folder, f"self-{host}", key, _server(host, key, _name(host), key, 30, None))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
    )


def _server(
    host: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    days: int,
    root: Authority | None,
) -> x509.Certificate:
    signed_by = root.key.public_key() if root else key.public_key()
    return (
        _builder(_name(host), issuer, key, days)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by), critical=False)
        .sign(signer, SHA256())
    )


def _write(
    folder: Path, stem: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> tuple[Path, Path]:
    cert, secret = folder / f"{stem}.pem", folder / f"{stem}.key"
    cert.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.touch(mode=0o600)
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert, secret
