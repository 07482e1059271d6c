"""A provider in the test's hand: every answer can be forged; PKCE is checked as RFC 7636 asks."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from requests import HTTPError

ISSUER = "https://vneid.example"
CLIENT = "dean06-test"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=3072)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=3072)


def jwks(kid: str = "k1", **changes: Any) -> dict[str, Any]:
    """The provider's public keys."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return {"keys": [{**public, "kid": kid, "use": "sig", "alg": "RS256", **changes}]}


def claims(nonce: str | None = "n-1", **changes: Any) -> dict[str, Any]:
    """Those of a good ID token; None takes one out."""
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300, "nonce": nonce}
    return {name: value for name, value in (whole | changes).items() if value is not None}


def signed(
    given: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", kid: str | None = "k1", **header: Any
) -> str:
    """The token; the header as wished."""
    return jwt.encode(given, key, algorithm=algorithm, headers={**({"kid": kid} if kid else {}), **header})


@dataclass
class Answer:
    """What requests would give."""

    body: Any
    status_code: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})

    @property
    def content(self) -> bytes:
        return self.text.encode()

    @property
    def text(self) -> str:
        return json.dumps(self.body)

    def json(self) -> Any:
        return self.body

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise HTTPError(str(self.status_code))


@dataclass
class Provider:
    """Stands where requests' session would; `token` and `person` change what it answers."""

    person: dict[str, Any]
    issuer: str = ISSUER
    token: dict[str, Any] = field(default_factory=dict)
    make: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Provider:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def authorise(self, asked: dict[str, str]) -> str:
        """A person agrees; the code for the way back."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return code

    def get(self, url: str, headers: dict[str, str] | None = None) -> Answer:
        self.asked.append((url, headers))
        if url.endswith("/.well-known/openid-configuration"):
            return Answer(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{ISSUER}/auth",
                    "token_endpoint": f"{ISSUER}/token",
                    "userinfo_endpoint": f"{ISSUER}/me",
                    "jwks_uri": f"{ISSUER}/keys",
                }
            )
        if url == f"{ISSUER}/keys":
            return Answer(jwks())
        assert url == f"{ISSUER}/me", url
        return Answer(self.person)

    def request(self, method: str, url: str, **sent: Any) -> Answer:
        self.asked.append((url, sent))
        assert (method, url) == ("POST", f"{ISSUER}/token")
        data = sent["data"]
        begun = self.codes.pop(data["code"], None)
        digest = hashlib.sha256(data.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if begun is None or begun.get("code_challenge") != challenge or data["client_secret"] != "s3":
            return Answer({"error": "invalid_grant"}, 400)
        given = claims(**{"nonce": begun.get("nonce", ""), "sub": self.person["sub"], **self.token})
        token = self.make(given) if self.make else signed(given)
        return Answer({"access_token": "at-secret", "token_type": "Bearer", "id_token": token})
