"""Whether an ID token of VNeID may be believed: OpenID Connect Core 1.0, 3.1.3.7, and RFC 8725. Pure.

Only signatures made with a public key of the provider's own list count; what a token says about its key
(jku, x5u, jwk) is never followed.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import jwt

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""The signatures that are taken, with the kind of key each needs. No MAC, no `none`."""

MIN_RSA_BITS = 3072
"""The shortest RSA key taken by default: 128 bits (NIST SP 800-57 part 1, table 2)."""

LEEWAY = 30  # seconds by which two clocks may differ
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "exp"),
    (jwt.ImmatureSignatureError, "nbf"),
    (jwt.InvalidIssuerError, "iss"),
    (jwt.InvalidAudienceError, "aud"),
    (jwt.InvalidSignatureError, "signature"),
)


class TokenError(Exception):
    """The token is not to be believed; the text names the part at fault, never its value."""


def check(
    token: str,
    *,
    keys: Mapping[str, Any],
    issuer: str,
    client_id: str,
    nonce: str,
    max_age: int,
    now: float,
    min_rsa_bits: int = MIN_RSA_BITS,
) -> dict[str, Any]:
    """The claims of a token that this provider made for us, for this very sign-in.

    `keys`: the provider's JWKS; `max_age`: seconds since the person proved himself there, checked where the
    token tells it; `min_rsa_bits`: a shorter RSA key is not used. Raises TokenError.
    """
    key, algorithm = _key_of(token, keys, min_rsa_bits)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY,
            options={"require": _REQUIRED, "verify_iat": True, "strict_aud": False},
        )
    except jwt.MissingRequiredClaimError as error:
        raise TokenError(str(error.claim)) from error
    except jwt.PyJWTError as error:
        raise TokenError(next((name for kind, name in _FAULTS if isinstance(error, kind)), "form")) from error
    _for_us(claims, client_id)
    _for_this_sign_in(claims, nonce, max_age, now)
    return claims


def _key_of(token: str, keys: Mapping[str, Any], min_rsa_bits: int) -> tuple[Any, str]:
    """The provider's key that the token names, and the algorithm it is used with."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenError("form") from error
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise TokenError("alg")
    if str(header.get("typ") or "JWT").upper() != "JWT" or "crit" in header:  # at+jwt, logout+jwt …
        raise TokenError("typ")
    known = list(keys.get("keys", ()))
    if "kid" in header:
        known = [each for each in known if each.get("kid") == header["kid"]]
    if len(known) != 1:  # a token that names no key is clear only where there is but one (Core 1.0, 10.1)
        raise TokenError("kid")
    return _usable(known[0], algorithm, min_rsa_bits), algorithm


def _usable(key: Mapping[str, Any], algorithm: str, min_rsa_bits: int) -> Any:
    if (
        key.get("kty") != ALGORITHMS[algorithm]
        or key.get("use", "sig") != "sig"
        or key.get("alg", algorithm) != algorithm
    ):
        raise TokenError("kid")
    try:
        usable = jwt.PyJWK(dict(key), algorithm=algorithm).key
    except jwt.PyJWTError as error:
        raise TokenError("kid") from error
    if ALGORITHMS[algorithm] == "RSA" and usable.key_size < min_rsa_bits:
        raise TokenError("key size")
    return usable


def _for_us(claims: Mapping[str, Any], client_id: str) -> None:
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", client_id) != client_id or (len(audiences) > 1 and "azp" not in claims):
        raise TokenError("azp")
    if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
        raise TokenError("sub")


def _for_this_sign_in(claims: Mapping[str, Any], nonce: str, max_age: int, now: float) -> None:
    given = claims["nonce"]
    if not nonce or not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise TokenError("nonce")
    when = claims.get("auth_time")
    if when is not None and (not isinstance(when, int) or not -LEEWAY <= now - when <= max_age + LEEWAY):
        raise TokenError("auth_time")
