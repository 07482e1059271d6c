"""TLS served by the web server itself: `TLS_CERT` (PEM, the leaf first) and `TLS_KEY` (PEM, private).

TLS 1.2 and 1.3 with the suites of rustls: ECDHE with AES-GCM or ChaCha20-Poly1305 and nothing else.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from dean06.runtime.failures import Exit, StartError
from dean06.runtime.secret_files import SecretError, read_secret
from dean06.runtime.transport import is_local


@dataclass(frozen=True)
class Tls:
    """A certificate with its chain, and its key."""

    cert: Path
    key: Path


def from_variables(given: Mapping[str, str]) -> Tls | None:
    """The files of TLS_CERT and TLS_KEY; None when neither is set. Raises StartError when one is missing."""
    cert, key = given.get("TLS_CERT"), given.get("TLS_KEY")
    if not cert and not key:
        return None
    if not cert or not key:
        missing = "TLS_KEY" if cert else "TLS_CERT"
        raise _wrong(
            missing, "phải đặt cùng biến kia (chứng chỉ và khóa).", "must be set with the other one."
        )
    return Tls(Path(cert), Path(key))


def check(tls: Tls) -> None:
    """Raise StartError: the key can be read by others, a file is missing or broken, the two do not fit."""
    try:
        read_secret("TLS_KEY", tls.key)
    except SecretError as error:
        raise _wrong(error.variable, error.vi, error.en) from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.cert, tls.key, password="")
    except (OSError, ValueError) as error:
        raise _wrong(
            "TLS_CERT",
            f"{tls.cert} không phải chứng chỉ PEM đi cùng khóa {tls.key} (khóa không đặt mật khẩu).",
            f"{tls.cert} is no PEM certificate that fits the key {tls.key} (without a passphrase).",
        ) from error


def check_public(tls: Tls, hosts: Sequence[str]) -> None:
    """Raise StartError unless the machine's trust store vouches for the certificate under each host name.

    Visitors' browsers trust what the machine trusts: public authorities and those the province installed.
    """
    try:
        leaf, *chain = x509.load_pem_x509_certificates(tls.cert.read_bytes())
        store = Store(x509.load_pem_x509_certificates(_trusted().read_bytes()))
    except (OSError, ValueError) as error:
        raise _wrong(
            "TLS_CERT", f"không kiểm tra được {tls.cert}.", f"{tls.cert} cannot be checked."
        ) from error
    for host in hosts:
        try:
            PolicyBuilder().store(store).build_server_verifier(_subject(host)).verify(leaf, chain)
        except (VerificationError, ValueError) as error:
            raise _wrong(
                "TLS_CERT",
                f"chứng chỉ {tls.cert} không được máy này tin cậy cho tên miền {host} ({error}).",
                f"this machine does not trust the certificate {tls.cert} for the host {host} ({error}).",
            ) from error


def public_names(allowed: str, tls: Tls) -> list[str]:
    """The host names that visitors use: those of ALLOWED_HOSTS, else those the certificate itself names."""
    named = [host.strip().lstrip(".") for host in allowed.split(",")]
    outside = [host for host in named if host and host != "*" and not is_local(host)]
    return outside or _own_names(tls)


def pinned(cert: Path) -> ssl.SSLContext:
    """For asking our own server: this very certificate is trusted and no other; no name is compared."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # we ask by the loopback address, which no certificate names
    leaf = cert.read_text(encoding="ascii").split("-----END CERTIFICATE-----")[0]
    context.load_verify_locations(cadata=f"{leaf}-----END CERTIFICATE-----\n")
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _own_names(tls: Tls) -> list[str]:
    leaf = x509.load_pem_x509_certificates(tls.cert.read_bytes())[0]
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ["-"]  # no name at all: the check that follows refuses it
    return names.get_values_for_type(x509.DNSName) or ["-"]


def _subject(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host.replace("*", "www", 1))


def _trusted() -> Path:
    """The machine's bundle of trusted certificates, as every TLS client of Python finds it."""
    paths = ssl.get_default_verify_paths()
    return Path(os.environ.get(paths.openssl_cafile_env) or paths.cafile or paths.openssl_cafile)


def _wrong(variable: str, vi: str, en: str) -> StartError:
    return StartError(
        Exit.PROGRAM,
        f"Biến môi trường {variable}: {vi}",
        f"The environment variable {variable}: {en}",
    )
