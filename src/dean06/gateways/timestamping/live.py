"""The client of a real authority: HTTP with `application/timestamp-query`, every answer checked."""

from __future__ import annotations

import hashlib
import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from dean06.gateways.timestamping.protocol import Refused, Stamp, Unreachable

MOST_BYTES = 200_000
_CHUNK = 16_384
_REASON = re.compile(r"Verify error: ([\w ]+)")  # out of OpenSSL's stack of errors


def roots_from(path: Path) -> list[Certificate]:
    """The trusted certificates of a PEM file. Raises ValueError or OSError."""
    return load_pem_x509_certificates(path.read_bytes())


@dataclass(frozen=True)
class LiveTimestamper:
    """`seconds`: the longest that one request may take, from the first byte to the last.

    Proxies come from the environment as usual (HTTPS_PROXY); redirects are not followed.
    """

    url: str
    roots: Sequence[Certificate]
    seconds: float = 10.0

    def stamp(self, message: bytes) -> Stamp:
        """See Timestamper.stamp."""
        builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
        asked = builder.nonce(nonce=True).cert_request(cert_request=True).build()
        answer = self._post(asked.as_bytes())
        try:
            response = decode_timestamp_response(answer)
            verifier = VerifierBuilder.from_request(asked)
            for root in self.roots:
                verifier = verifier.add_root_certificate(root)
            verifier.build().verify(response, hashlib.sha256(message).digest())
        except (ValueError, VerificationError) as error:
            told = _REASON.search(str(error))
            raise Refused(f"{self.place}: {told[1] if told else error}") from error
        return Stamp(answer, response.tst_info.gen_time, _signer(response) or self.place)

    @property
    def place(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def _post(self, body: bytes) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the opener below knows http and https only
            self.url, body, {"Content-Type": "application/timestamp-query"}, method="POST"
        )
        until = time.monotonic() + self.seconds
        try:
            with _opener().open(request, timeout=self.seconds) as answer:
                return self._read(answer, until)
        except urllib.error.HTTPError as error:
            error.close()
            kind = Refused if error.code < 500 else Unreachable
            raise kind(f"{self.place}: HTTP {error.code}") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{self.place}: {error or type(error).__name__}") from error

    def _read(self, answer: http.client.HTTPResponse, until: float) -> bytes:
        """The body; a server that trickles does not hold the job longer than `seconds`."""
        kind = answer.headers.get_content_type()
        if kind != "application/timestamp-reply":
            raise Refused(f"{self.place}: {kind} instead of application/timestamp-reply")
        parts = bytearray()
        while chunk := answer.read1(_CHUNK):
            parts += chunk
            if len(parts) > MOST_BYTES:
                raise Refused(f"{self.place}: an answer of more than {MOST_BYTES} bytes")
            if time.monotonic() > until:
                raise Unreachable(f"{self.place}: the answer took more than {self.seconds:g} s")
        return bytes(parts)


def _opener() -> urllib.request.OpenerDirector:
    """http and https; no files, no redirects."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _signer(response: TimeStampResponse) -> str:
    """The name on the certificate that signed, when the answer carries it."""
    from cryptography.x509 import load_der_x509_certificate

    serials = {signer.serial_number for signer in response.signed_data.signer_infos}
    for der in response.signed_data.certificates:
        certificate = load_der_x509_certificate(der)
        if certificate.serial_number in serials:
            return certificate.subject.rfc4514_string()[:200]
    return ""
