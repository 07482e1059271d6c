"""docs/cryptography.md is the whole truth: every use stands in it, with the sizes and modes in force."""

from __future__ import annotations

import ast
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher

from dean06.core import vault
from dean06.core.access import invitations
from dean06.core.access.sessions import SessionStore
from dean06.core.audit import keys as export_keys
from dean06.core.vault import keyring
from dean06.runtime import custody, sealed

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dean06"
TEXT = (ROOT / "docs" / "cryptography.md").read_text(encoding="utf-8")
USING = ("hashlib", "hmac", "secrets", "cryptography", "rfc3161_client", "ssl")
ALLOWED = {
    "cryptography.exceptions": {"InvalidTag", "InvalidSignature"},
    "cryptography.hazmat.primitives.asymmetric": {"ec"},
    "cryptography.hazmat.primitives.asymmetric.ed25519": {"Ed25519PrivateKey", "Ed25519PublicKey"},
    "cryptography.hazmat.primitives.ciphers.aead": {"AESGCM", "AESSIV"},
    "cryptography.hazmat.primitives.hashes": {"SHA256"},
    "cryptography.hazmat.primitives.kdf.hkdf": {"HKDF"},
    "cryptography.hazmat.primitives.kdf.scrypt": {"Scrypt"},
    "cryptography.hazmat.primitives.serialization": None,
    "cryptography.x509": None,
    "cryptography.x509.oid": None,
    "cryptography.x509.verification": None,
    "cryptography": {"x509"},
}
OTHERS = {
    "Crypto",
    "Cryptodome",
    "nacl",
    "rsa",
    "ecdsa",
    "M2Crypto",
    "OpenSSL",
    "pyaes",
    "jwt",
    "jose",
    "crypt",
}
ID_TOKENS = "gateways/vneid/idtoken.py"  # PyJWT checks signatures of VNeID's answers there and nowhere else
HASHES = {"sha256", "compare_digest", "digest", "new", "HMAC"}  # of hashlib and hmac; `new` is hmac's
KEYS_MADE = {"Ed25519PrivateKey.generate", "ec.generate_private_key"}

Found = tuple[str, int, str]


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _imports(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        yield from ((each.name, "") for each in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from ((node.module, each.name) for each in node.names)


def findings(source: str, path: str) -> Iterator[Found]:
    """Cryptography that is neither the approved libraries' nor an approved part of them, or is our own."""
    tree = ast.parse(source)
    uses = {module.partition(".")[0] for node in ast.walk(tree) for module, _ in _imports(node)} & set(USING)
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for module, name in _imports(node):
            if module.partition(".")[0] in OTHERS and (module, path) != ("jwt", ID_TOKENS):
                yield path, line, f"library {module}"
            allowed = ALLOWED.get(module, set())
            if module.startswith("cryptography") and allowed is not None and name not in allowed:
                yield path, line, f"part {module}.{name}"
            if module == "hashlib" and name not in ("", "sha256"):
                yield path, line, f"hash {name}"
        if isinstance(node, ast.Call):
            yield from ((path, line, what) for what in _call(node))
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.BitXor) and uses:
            yield path, line, "own construction: exclusive or beside cryptography"


def _call(node: ast.Call) -> Iterator[str]:
    name = _dotted(node.func)
    module, _, last = name.rpartition(".")
    if module in ("hashlib", "hmac") and last not in HASHES:
        yield f"hash {name}"
    if module in ("hashlib", "hmac") and last in ("new", "digest"):
        given = {_dotted(each) for each in (*node.args, *(word.value for word in node.keywords))}
        if not given & {"hashlib.sha256", "sha256"}:
            yield f"hash {name} without sha256"
    if last in ("generate", "generate_private_key"):
        curve = [_dotted(each.func) for each in node.args if isinstance(each, ast.Call)]
        if name not in KEYS_MADE or curve not in ([], ["ec.SECP256R1"]):
            yield f"key {name}"


def _sources() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8")


def test_only_proven_libraries_and_approved_parts_are_used() -> None:
    assert [found for path, text in _sources() for found in findings(text, path)] == []


@pytest.mark.parametrize(
    "text",
    [
        "from Crypto.Cipher import AES",
        "import nacl.secret",
        "from cryptography.hazmat.primitives.ciphers import Cipher, modes",
        "from cryptography.hazmat.primitives.asymmetric import padding",
        "from cryptography.hazmat.primitives.hashes import MD5",
        "from cryptography.fernet import Fernet",
        "import hashlib\nhashlib.sha1(b'')",
        "from hashlib import md5",
        "import hashlib, hmac\nhmac.new(k, m, hashlib.sha1)",
        "import hashlib\nhashlib.blake2b(b'')",
        "import secrets\nbytes(a ^ b for a, b in zip(x, secrets.token_bytes(9)))",
        "from cryptography.hazmat.primitives.asymmetric import rsa",
        "from cryptography.hazmat.primitives.asymmetric import ec\nec.generate_private_key(ec.SECP192R1())",
    ],
)
def test_control_the_guard_sees_what_it_is_meant_to_see(text: str) -> None:
    assert list(findings(text, "a.py"))


def test_every_use_stands_in_the_inventory_and_nothing_else() -> None:
    pattern = re.compile(rf"^\s*(?:import|from) (?:{'|'.join(USING)})\b", re.MULTILINE)
    using = {path for path, text in _sources() if pattern.search(text)}
    listed = set(re.findall(r"`([\w/]+\.py)`", TEXT.split("## Keys")[0]))
    assert using - listed == set(), "a use of cryptography that docs/cryptography.md does not name"
    assert {path for path in listed if not (SOURCE / path).is_file()} == set()


def row(begin: str) -> list[str]:
    """The cells of the one row of the inventory that begins so."""
    found = [line for line in TEXT.splitlines() if line.startswith(f"| {begin}")]
    assert len(found) == 1, begin
    return [cell.strip() for cell in found[0].strip("|").split("|")]


def test_no_use_has_less_than_128_bits() -> None:
    table = TEXT.split("|---|---|---|---|---|\n", 1)[1].split("\n\n")[0].splitlines()
    bits = [line.split("|")[3].strip() for line in table]
    assert len(bits) > 15
    assert all(each == "–" or int(each) >= 128 for each in bits)


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for keys of its own; no database is asked whether it knows others."""
    monkeypatch.setattr(keyring, "_checks", [])
    monkeypatch.setattr(keyring, "_told", [])
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "keys"))
    return tmp_path


def test_the_sizes_of_ciphers_and_keys_are_those_written(keys: Path) -> None:
    ring = vault.ring()
    assert 8 * len(ring.gcm_key(ring.active_id)) == int(row("numbers, names")[2]) == 256
    assert 8 * len(vault.encrypt("", context="t.c:1")[5:17]) == 96
    assert len(vault.encrypt("", context="t.c:1")) == 1 + 4 + 12 + 128 // 8
    assert 8 * len(ring.siv_key(ring.active_id)) == 512  # two keys of 256 bits (RFC 5297, 2.6)
    assert 8 * len(vault.blind_index("1", purpose="p")) == int(row("finding people")[2])
    assert 5 * len(vault.pseudonym("1", purpose="p")) >= int(row("pseudonyms")[2])
    assert 8 * keyring.ROOT_BYTES == 8 * sealed._KEY_BYTES == 256
    assert isinstance(export_keys.signing_key(), Ed25519PrivateKey)


def test_slow_hashes_are_as_slow_as_written() -> None:
    """Appendix C: PBKDF2-HMAC-SHA-256 of 600,000 rounds and more; scrypt of N = 2^17, r = 8 and more."""
    hasher = get_hasher()
    if not isinstance(hasher, PBKDF2PasswordHasher):  # the test run's own settings may use a fast one
        hasher = PBKDF2PasswordHasher()
    assert f"{hasher.iterations} rounds" in row("passwords")[1]
    assert hasher.iterations >= 600_000
    assert hasher.digest().name == "sha256"
    assert len(hasher.salt()) * 5.95 >= 128
    source = Path(custody.__file__).read_text(encoding="utf-8")
    made = next(
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and _dotted(node.func) == "Scrypt"
    )
    told = {word.arg: ast.unparse(word.value) for word in made.keywords}
    assert (eval(told["n"], vars(custody)), told["r"], told["p"]) == (2**17, "8", "1")
    assert "N=2^17 r=8 p=1" in row("keys on their way")[1]


@pytest.mark.django_db
def test_what_must_not_be_guessed_holds_128_bits_and_more() -> None:
    names = set()
    for _ in range(20):
        store = SessionStore()
        store.create()
        names.add(str(store.session_key))
    assert len(names) == 20
    assert {len(name) for name in names} == {32}  # of 36 letters and digits: 165 bits
    source = Path(invitations.__file__).read_text(encoding="utf-8")
    assert "secrets.token_urlsafe(32)" in source
    assert "secrets.token_urlsafe(50)" in (SOURCE / "config" / "env.py").read_text(encoding="utf-8")


def test_keys_are_fresh_private_and_from_the_systems_generator(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two installations never share a key; what the generator gives is the key, unchanged."""
    drawn: list[bytes] = []
    real = secrets.token_bytes

    def noted(size: int | None = None) -> bytes:
        drawn.append(real(size))
        return drawn[-1]

    monkeypatch.setattr(secrets, "token_bytes", noted)
    for name in ("one", "two"):
        monkeypatch.setenv("KEYS_DIR", str(keys / name))
        vault.ring()
    sealed.make_key(keys / "backup.key")
    roots = [each for each in drawn if len(each) == keyring.ROOT_BYTES]
    assert len(set(roots)) == len(roots) == 5
    files = [*keys.glob("*/*.key"), keys / "backup.key"]
    assert len(files) == 5
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)


def test_the_policy_tells_every_key_from_its_making_to_its_end() -> None:
    table = TEXT.split("|---|---|---|---|---|---|---|\n", 1)[1].split("\n\n")[0].splitlines()
    keys = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.strip("|").split("|")] for line in table
    }
    assert all(len(cells) == 7 and all(cells) for cells in keys.values())
    used = {
        line.split("|")[4].strip()
        for line in TEXT.split("|---|---|---|---|---|\n", 1)[1].split("\n\n")[0].splitlines()
    }
    elsewhere = {"–", "passphrase", "the authority's", "thrown away", "theirs"}
    assert used - elsewhere <= set(keys)
