"""A passkey in software, as an attacker would write one: registers itself, signs in, claims a PIN."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from html import unescape
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor

HOST = "localhost"
ORIGIN = f"http://{HOST}"
_HERE = hashlib.sha256(HOST.encode()).digest()
_PRESENT_VERIFIED, _WITH_KEY = 0x05, 0x40


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _field(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found, page[:500]
    return found[1]


class Passkey:
    """One key pair; `handle` is what the server called its owner."""

    def __init__(self) -> None:
        self.key, self.id, self.handle = ec.generate_private_key(ec.SECP256R1()), os.urandom(16), ""

    def _credential(self, kind: str, challenge: str, **response: Any) -> str:
        said = {"type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": False}
        known = {"id": _text(self.id), "rawId": _text(self.id), "type": "public-key"}
        extra = {"clientExtensionResults": {"credProps": {"rk": True}}}
        given = {"clientDataJSON": _text(json.dumps(said).encode()), **response}
        return json.dumps({**known, **extra, "response": given})

    def register(self, client: Client) -> int:
        """Set it up for who is signed in; gives the status of the answer."""
        answer = client.get("/tai-khoan/khoa/them", headers={"host": HOST})
        if answer.status_code != 200:
            return answer.status_code
        page = unescape(answer.content.decode())
        challenge = _field(r'"challenge":\s*"([^"]+)"', page)
        self.handle = _field(r'"user":\s*\{[^}]*"id":\s*"([^"]+)"', page)
        at = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")}
        state = _HERE + bytes([_PRESENT_VERIFIED | _WITH_KEY]) + bytes(4) + bytes(16)
        state += len(self.id).to_bytes(2, "big") + self.id + cbor.encode(public)
        proof = cbor.encode({"fmt": "none", "attStmt": {}, "authData": state})
        credential = self._credential(
            "webauthn.create", challenge, attestationObject=_text(proof), transports=["internal"]
        )
        form = {"name": "khóa", "passwordless": "on", "credential": credential}
        return client.post("/tai-khoan/khoa/them", form, headers={"host": HOST}).status_code

    def sign_in(self, client: Client) -> int:
        """Sign in with nothing else; gives the status of the answer."""
        asked = client.get("/dang-nhap/khoa", headers={"host": HOST, "x-requested-with": "XMLHttpRequest"})
        challenge = str(asked.json()["request_options"]["publicKey"]["challenge"])
        state = _HERE + bytes([_PRESENT_VERIFIED]) + (1).to_bytes(4, "big")
        draft = json.loads(self._credential("webauthn.get", challenge))
        said = base64.urlsafe_b64decode(draft["response"]["clientDataJSON"] + "==")
        sealed = self.key.sign(state + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        credential = self._credential(
            "webauthn.get",
            challenge,
            authenticatorData=_text(state),
            signature=_text(sealed),
            userHandle=self.handle,
        )
        answer = client.post("/dang-nhap/khoa", {"credential": credential}, headers={"host": HOST})
        return answer.status_code
