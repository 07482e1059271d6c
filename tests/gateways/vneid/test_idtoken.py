"""Which ID tokens are believed: one forged, borrowed, old, early or replayed is not."""

from __future__ import annotations

import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from jwt.utils import base64url_encode

from dean06.config.env import env_int
from dean06.gateways.vneid.idtoken import ALGORITHMS, LEEWAY, TokenError, check
from tests.gateways.vneid.provider import CLIENT, ISSUER, KEY, OTHER, claims, jwks, signed


def fault(
    token: str, keys: dict[str, Any] | None = None, nonce: str = "n-1", min_rsa_bits: int = 3072
) -> str:
    """The part at fault, "" when the token is believed."""
    try:
        check(
            token,
            keys=keys if keys is not None else jwks(),
            issuer=ISSUER,
            client_id=CLIENT,
            nonce=nonce,
            max_age=3600,
            now=time.time(),
            min_rsa_bits=min_rsa_bits,
        )
    except TokenError as error:
        return str(error)
    return ""


def test_a_good_token_is_believed() -> None:
    assert fault(signed(claims())) == ""
    assert fault(signed(claims(aud=[CLIENT, "other"], azp=CLIENT))) == ""
    assert fault(signed(claims(), algorithm="PS256"), jwks(alg="PS256")) == ""


def test_a_forged_signature_is_refused() -> None:
    assert fault(signed(claims(), key=OTHER)) == "signature"
    head, body, end = signed(claims()).split(".")
    other = signed(claims(sub="somebody-else")).split(".")[1]
    assert fault(f"{head}.{other}.{end}") == "signature"
    assert fault(f"{head}.{body}.") == "signature"
    assert fault("not a token") == fault("") == "form"


def test_an_unsigned_token_is_refused() -> None:
    assert fault(jwt.encode(claims(), "", algorithm="none", headers={"kid": "k1"})) == "alg"


def test_a_token_signed_with_our_public_knowledge_is_refused() -> None:
    """HS256 with the provider's public key as the secret: the confusion of RFC 8725, 2.1."""
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for secret in (public, json.dumps(jwks()["keys"][0]).encode()):
        parts = ({"alg": "HS256", "kid": "k1"}, claims())
        text = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
        mac = base64url_encode(hmac.digest(secret, text, "sha256"))
        assert fault((text + b"." + mac).decode()) == "alg"


def test_only_listed_algorithms_of_public_keys_are_taken() -> None:
    assert set(ALGORITHMS) == {"RS256", "PS256", "ES256"}
    assert fault(signed(claims(), algorithm="RS512")) == "alg"
    curve = ec.generate_private_key(ec.SECP256R1())
    assert fault(signed(claims(), key=curve, algorithm="ES256")) == "kid", "a key of another kind"
    assert fault(signed(claims(), algorithm="PS256")) == "kid", "a key kept for RS256"


def test_an_rsa_key_under_128_bits_of_security_is_refused_unless_the_installation_takes_it() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(short.public_key()))
    keys = {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}
    token = signed(claims(), key=short)
    assert fault(token, keys) == "key size"
    assert fault(token, keys, min_rsa_bits=2048) == ""
    assert fault(signed(claims()), min_rsa_bits=3073) == "key size"


def test_the_program_asks_for_128_bits_by_default_and_never_for_less_than_2048_rsa(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings.VNEID_MIN_RSA_BITS == 3072
    monkeypatch.setenv("VNEID_MIN_RSA_BITS", "1024")
    with pytest.raises(ImproperlyConfigured, match="2048"):
        env_int("VNEID_MIN_RSA_BITS", 3072, least=2048)


def test_a_key_the_token_brings_itself_is_not_used() -> None:
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OTHER.public_key()))
    token = signed(
        claims(), key=OTHER, kid="k1", jwk=own, jku="https://evil.example/keys", x5u="https://evil"
    )
    assert fault(token) == "signature"
    assert fault(signed(claims(), key=OTHER, kid="mine", jwk=own)) == "kid"


def test_an_unknown_or_missing_key_name_is_refused() -> None:
    assert fault(signed(claims(), kid="k2")) == "kid"
    assert fault(signed(claims(), kid=None), {"keys": jwks()["keys"] + jwks("k2")["keys"]}) == "kid"
    assert fault(signed(claims(), kid=None)) == "", "there is but one key"
    assert fault(signed(claims(), kid=None, key=OTHER)) == "signature"
    assert fault(signed(claims()), {"keys": []}) == "kid"
    assert fault(signed(claims()), jwks(use="enc")) == "kid"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"iss": "https://vneid.example/"}, "iss"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [CLIENT, "other"]}, "azp"),
        ({"azp": "other"}, "azp"),
        ({"sub": None}, "sub"),
        ({"nonce": "n-2"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
    ],
)
def test_a_token_for_somebody_else_or_another_sign_in_is_refused(changes: dict[str, Any], part: str) -> None:
    assert fault(signed(claims(**changes))) == part


def test_a_sign_in_without_a_nonce_believes_nothing() -> None:
    assert fault(signed(claims(nonce="")), nonce="") == "nonce"


def test_an_old_and_an_early_token_are_refused() -> None:
    now = int(time.time())
    assert fault(signed(claims(exp=now - LEEWAY - 2))) == "exp"
    assert fault(signed(claims(nbf=now + LEEWAY + 5))) == "nbf"
    assert fault(signed(claims(iat=now + LEEWAY + 5))) == "nbf"
    assert fault(signed(claims(nbf=now - 5))) == ""


def test_a_proof_older_than_asked_for_is_refused() -> None:
    now = int(time.time())
    assert fault(signed(claims(auth_time=now - 3600))) == ""
    assert fault(signed(claims(auth_time=now - 3600 - LEEWAY - 2))) == "auth_time"
    assert fault(signed(claims(auth_time=now + LEEWAY + 5))) == "auth_time"
    assert fault(signed(claims(auth_time="soon"))) == "auth_time"


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt"])
def test_a_token_of_another_kind_is_refused(kind: str) -> None:
    assert fault(signed(claims(), typ=kind)) == "typ"
    assert fault(signed(claims(), crit=["exp"])) != ""
