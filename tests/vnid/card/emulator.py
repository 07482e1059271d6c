"""A chip in software: files, PACE, BAC, secure messaging, active and chip authentication.

Written from the standards apart from the reader's code, where the reader's code could hide a fault: secure
messaging and the key agreement are done here from the chip's side with `cryptography`'s own curves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from vnid import der
from vnid.chip import kdf
from vnid.chip.kdf import Suite
from vnid.chip.lds import APPLICATION, CARD_ACCESS, FILE_IDS
from vnid.curves import Point, curves

OK, NOT_FOUND, NOT_ALLOWED, UNKNOWN, WRONG = 0x9000, 0x6A82, 0x6982, 0x6D00, 0x6300
NAMES = {number: name for name, number in FILE_IDS.items()}
CURVE = curves()["brainpoolP256r1"]
PACE_OID = bytes.fromhex("04007F00070202040202")


@dataclass
class Keys:
    """A session's keys as the chip holds them."""

    suite: Suite
    enc: bytes
    mac: bytes
    counter: int = 0


@dataclass
class Emulator:
    """A powered chip. `secured`: readable only over a protected channel; `forbidden` never.

    `clone`: it has the files of another chip but not its keys. `fail_after`: the card is pulled out then.
    """

    files: dict[str, bytes]
    can: str = ""
    access_key: str = ""
    active_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None
    chip_key: ec.EllipticCurvePrivateKey | None = None
    random: Callable[[int], bytes] = lambda length: hashlib.shake_128(b"chip").digest(length)
    forbidden: tuple[str, ...] = ("DG3",)
    largest: int = 65_536
    speaks_pace: bool = True
    tries: int = 3
    selected: bytes = b""
    keys: Keys | None = None
    application: bool = False
    _step: dict[str, object] = field(default_factory=dict)
    commands: list[bytes] = field(default_factory=list)

    def reset(self) -> None:
        """Power off and on."""
        self.keys, self.selected, self.application = None, b"", False
        self._step.clear()

    def transmit(self, command: bytes) -> bytes:
        """Answer one command, protected or not."""
        self.commands.append(command)
        if command[0] & 0x0C and self.keys is not None:
            return self._protected(command)
        if self.keys is not None:
            self.keys = None  # 9303-11, 9.8.6: an unprotected command ends the session
            return (0x6988).to_bytes(2)
        data, status = self._do(command[:4], *_body(command))
        self._adopt()
        return data + status.to_bytes(2)

    def _do(self, header: bytes, data: bytes, expected: int) -> tuple[bytes, int]:  # noqa: C901 - a table
        _cla, ins, p1, p2 = header
        match ins:
            case 0xA4:
                return self._select(p1, data)
            case 0xB0:
                return self._read(p1 << 8 | p2, expected)
            case 0xB1:
                inner = der.read(data, tag=0x54)
                found, status = self._read(int.from_bytes(der.content(data, inner)), expected - 8)
                return (der.tlv(0x53, found) if status == OK else b""), status
            case 0x22:
                return self._environment(p1, p2, data)
            case 0x84:
                challenge = self.random(8)
                self._step["challenge"] = challenge
                return challenge, OK
            case 0x82:
                return self._mutual(data)
            case 0x86:
                return self._general(data)
            case 0x88:
                return self._internal(data)
        return b"", UNKNOWN

    def _select(self, p1: int, data: bytes) -> tuple[bytes, int]:
        if p1 == 0x04:
            self.application = data == APPLICATION
            return b"", OK if self.application else NOT_FOUND
        if p1 != 0x02:
            return b"", UNKNOWN  # the master file, among others
        name = NAMES.get(int.from_bytes(data), "")
        if name in self.forbidden or (name != CARD_ACCESS and self.keys is None):
            return b"", NOT_ALLOWED
        if name not in self.files or (name != CARD_ACCESS and not self.application):
            return b"", NOT_FOUND
        self.selected = self.files[name]
        return b"", OK

    def _read(self, at: int, expected: int) -> tuple[bytes, int]:
        if not self.selected:
            return b"", 0x6986
        if expected > self.largest:
            return b"", 0x6700
        return (self.selected[at : at + expected], OK) if at <= len(self.selected) else (b"", 0x6B00)

    # Basic access control

    def _mutual(self, data: bytes) -> tuple[bytes, int]:
        seed = hashlib.sha1(self.access_key.encode(), usedforsecurity=False).digest()[:16]
        enc, mac = kdf.derive(Suite.DES3, seed, 1), kdf.derive(Suite.DES3, seed, 2)
        challenge = self._step.pop("challenge", None)
        if challenge is None or kdf.mac(Suite.DES3, mac, data[:32]) != data[32:]:
            return b"", WRONG
        shown = kdf.decrypt(Suite.DES3, enc, bytes(8), data[:32])
        theirs, ours = shown[16:], self.random(16)
        if shown[8:16] != challenge:
            return b"", WRONG
        hidden = kdf.encrypt(Suite.DES3, enc, bytes(8), shown[8:16] + shown[:8] + ours)
        secret = bytes(a ^ b for a, b in zip(theirs, ours, strict=True))
        counter = int.from_bytes(shown[12:16] + shown[4:8])
        keys = Keys(Suite.DES3, kdf.derive(Suite.DES3, secret, 1), kdf.derive(Suite.DES3, secret, 2), counter)
        self._step["next"] = keys
        return hidden + kdf.mac(Suite.DES3, mac, hidden), OK

    # PACE, chip authentication

    def _environment(self, p1: int, p2: int, data: bytes) -> tuple[bytes, int]:
        parts = _objects(data)
        if (p1, p2) == (0xC1, 0xA4):
            if not self.speaks_pace or parts.get(0x80) != PACE_OID:
                return b"", 0x6A80
            secret = self.can.encode() if parts[0x83] == b"\x02" else self._mrz_secret()
            self._step["password"] = kdf.derive(Suite.AES128, secret, 3)
            return b"", OK if self.tries == 3 else 0x63C0 + self.tries
        if (p1, p2) == (0x41, 0xA4) and self.chip_key is not None:
            self._step["chip"] = True
            return b"", OK
        return b"", 0x6A80

    def _mrz_secret(self) -> bytes:
        return hashlib.sha1(self.access_key.encode(), usedforsecurity=False).digest()

    def _general(self, data: bytes) -> tuple[bytes, int]:
        parts = _objects(_objects(data)[0x7C])
        if self._step.pop("chip", None):
            return self._chip_authentication(parts[0x80])
        if "password" not in self._step:
            return b"", 0x6985
        if not parts:
            nonce = self.random(16)
            self._step["nonce"] = int.from_bytes(nonce)
            password = self._step["password"]
            assert isinstance(password, bytes)
            return _dynamic(0x80, kdf.encrypt(Suite.AES128, password, bytes(16), nonce)), OK
        if 0x81 in parts:
            return self._map(parts[0x81])
        if 0x83 in parts:
            return self._agree(parts[0x83])
        return self._token(parts[0x85])

    def _map(self, theirs: bytes) -> tuple[bytes, int]:
        secret = int.from_bytes(self.random(32)) % (CURVE.n - 1) + 1
        nonce = self._step["nonce"]
        assert isinstance(nonce, int)
        shared = CURVE.multiply(secret, CURVE.decode(theirs))
        self._step["generator"] = CURVE.add(CURVE.multiply(nonce, CURVE.generator), shared)
        return _dynamic(0x82, CURVE.encode(CURVE.multiply(secret, CURVE.generator))), OK

    def _agree(self, theirs: bytes) -> tuple[bytes, int]:
        secret = int.from_bytes(self.random(33)) % (CURVE.n - 1) + 1
        generator: Point = self._step["generator"]  # type: ignore[assignment]
        ours = CURVE.encode(CURVE.multiply(secret, generator))
        shared = CURVE.multiply(secret, CURVE.decode(theirs))[0].to_bytes(32)
        self._step |= {"ours": ours, "theirs": theirs, "shared": shared}
        return _dynamic(0x84, ours), OK

    def _token(self, token: bytes) -> tuple[bytes, int]:
        shared, ours, theirs = (self._step[name] for name in ("shared", "ours", "theirs"))
        assert isinstance(shared, bytes)
        assert isinstance(ours, bytes)
        assert isinstance(theirs, bytes)
        enc, mac = kdf.derive(Suite.AES128, shared, 1), kdf.derive(Suite.AES128, shared, 2)
        if kdf.mac(Suite.AES128, mac, _public(ours)) != token:
            self.tries = max(self.tries - 1, 0)
            return b"", 0x63C0 + self.tries if self.tries else 0x6983
        self._step["next"] = Keys(Suite.AES128, enc, mac)
        self.tries = 3
        return _dynamic(0x86, kdf.mac(Suite.AES128, mac, _public(theirs))), OK

    def _chip_authentication(self, theirs: bytes) -> tuple[bytes, int]:
        assert self.chip_key is not None
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.BrainpoolP256R1(), theirs)
        shared = self.chip_key.exchange(ec.ECDH(), public)
        enc, mac = kdf.derive(Suite.AES128, shared, 1), kdf.derive(Suite.AES128, shared, 2)
        self._step["next"] = Keys(Suite.AES128, enc, mac)
        return der.tlv(0x7C), OK

    # Active authentication

    def _internal(self, challenge: bytes) -> tuple[bytes, int]:
        if self.active_key is None:
            return b"", UNKNOWN
        if isinstance(self.active_key, rsa.RSAPrivateKey):
            return sign_9796_2(self.active_key, challenge, self.random), OK
        return sign_plain(self.active_key, challenge), OK

    # Secure messaging, the chip's side

    def _protected(self, command: bytes) -> bytes:
        keys = self.keys
        assert keys is not None
        keys.counter += 1
        body, _expected = _body(command)
        covered = body[:-10]
        head = kdf.pad(command[:4], keys.suite.block) if covered else command[:4]
        parts = _objects(body)
        if self._mac(keys, head + covered) != parts.get(0x8E):
            self.keys = None
            return (0x6988).to_bytes(2)
        hidden = parts[0x87][1:] if 0x87 in parts else parts.get(0x85, b"")
        data = kdf.unpad(kdf.decrypt(keys.suite, keys.enc, self._start(keys), hidden)) if hidden else b""
        wanted = parts.get(0x97, b"\0")
        found, status = self._do(command[:4], data or b"", int.from_bytes(wanted) or 256 ** len(wanted))
        keys.counter += 1
        answer = b""
        if found:
            hidden = kdf.encrypt(keys.suite, keys.enc, self._start(keys), kdf.pad(found, keys.suite.block))
            answer = der.tlv(0x87, b"\x01", hidden)
        answer += der.tlv(0x99, status.to_bytes(2))
        answer += der.tlv(0x8E, self._mac(keys, answer))
        self._adopt()
        return answer + status.to_bytes(2)

    def _adopt(self) -> None:
        fresh = self._step.pop("next", None)
        if isinstance(fresh, Keys):
            self.keys = fresh

    def _start(self, keys: Keys) -> bytes:
        if keys.suite is Suite.DES3:
            return bytes(8)
        return kdf.encrypt(keys.suite, keys.enc, bytes(16), keys.counter.to_bytes(16))

    def _mac(self, keys: Keys, covered: bytes) -> bytes:
        padded = kdf.pad(keys.counter.to_bytes(keys.suite.block) + covered, keys.suite.block)
        if keys.suite is Suite.DES3:
            return kdf.retail_mac(keys.mac, padded)
        return kdf.mac(keys.suite, keys.mac, padded)


def _body(command: bytes) -> tuple[bytes, int]:
    """(data, how many bytes may come back) of a command that is short or extended."""
    rest = command[4:]
    if not rest:
        return b"", 0
    if len(rest) == 1:
        return b"", rest[0] or 256
    if rest[0]:
        data, after = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
        return data, (after[0] or 256) if after else 0
    if len(rest) == 3:
        return b"", int.from_bytes(rest[1:]) or 65536
    length = int.from_bytes(rest[1:3])
    data, after = rest[3 : 3 + length], rest[3 + length :]
    return data, (int.from_bytes(after) or 65536) if after else 0


def _objects(data: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at < len(data):
        node = der.read(data, at)
        found[node.tag], at = der.content(data, node), node.end
    return found


def _dynamic(tag: int, value: bytes) -> bytes:
    return der.tlv(0x7C, der.tlv(tag, value))


def _public(point: bytes) -> bytes:
    return der.tlv(0x7F49, der.tlv(0x06, PACE_OID), der.tlv(0x86, point))


def sign_9796_2(key: rsa.RSAPrivateKey, challenge: bytes, random: Callable[[int], bytes]) -> bytes:
    """Scheme 1 with SHA-256 and a recoverable part drawn by the chip (ISO/IEC 9796-2, 8)."""
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    size = (modulus.bit_length() + 7) // 8
    message = random(size - 32 - 3)
    digest = hashlib.sha256(message + challenge).digest()
    block = int.from_bytes(b"\x6a" + message + digest + b"\x34\xcc")
    signed = pow(block, numbers.d, modulus)
    return min(signed, modulus - signed).to_bytes(size)


def sign_plain(key: ec.EllipticCurvePrivateKey, challenge: bytes) -> bytes:
    """r‖s with SHA-256."""
    r, s = decode_dss_signature(key.sign(challenge, ec.ECDSA(SHA256())))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size) + s.to_bytes(size)
