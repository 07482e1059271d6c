"""A stolen copy: the dump of the database and the whole repository show no number of a canary person."""

from __future__ import annotations

import re
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha1, sha256
from pathlib import Path

import pytest
from django.db import transaction

from dean06.core import clock, vault
from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.people import actions, reading
from dean06.core.units.models import Kind
from dean06.runtime import dump
from dean06.runtime.binaries import bindirs, major_of
from tests import server
from tests.core.people.conftest import given
from tests.core.units.trees import unit

ROOT = Path(__file__).parents[3]
CANARY = "".join(("0001", "7766", "5543"))  # put together, so that this file does not hold it


@pytest.fixture
def stolen(race_db: str, keys: Path) -> Iterator[str]:
    """The plain-text dump of a database where the canary was registered, revealed and looked up."""
    with transaction.atomic(), wide("test"):
        place = unit("xa-mot", "Xã Một", Kind.COMMUNE)
        who = system_actor("test")
        (person,) = actions.register(actor=who, unit_id=place.pk, people=[given(CANARY)])
        reading.find_by_number(actor=who, number=CANARY)
        told = {"purpose": "people.reveal.verify", "reason": "Đối chiếu khi người dân có mặt"}
        assert reading.reveal(actor=who, person_id=person.pk, **told) == CANARY
    yield _dump(server.url(True, race_db))
    clock.forget()


def _dump(url: str) -> str:
    """The database as SQL text, by the pg_dump of the server's version."""
    wanted = dump.server_major(url)
    program = next(place for place in bindirs() if major_of(place) == wanted) / "pg_dump"
    done = subprocess.run([program, "--dbname", url], check=True, capture_output=True)
    return done.stdout.decode()


def _forms(number: str) -> set[str]:
    """The number as text and as everybody could compute it without a key."""
    raw = number.encode()
    hashes = {sha256(raw).hexdigest(), sha1(raw).hexdigest(), sha256(raw).digest().hex()}
    return {number, raw.hex(), re.sub(r"(...)(?=.)", r"\1 ", number)} | hashes


def test_the_dump_holds_the_row_but_not_the_number(stolen: str) -> None:
    assert "Hoàng Yến" in stolen, "the dump holds the person's row"
    assert [form for form in _forms(CANARY) if form in stolen] == []


def test_the_dump_holds_no_key(stolen: str, keys: Path) -> None:
    secrets = [path.read_text().strip() for path in keys.glob("*.key")]
    assert len(secrets) == 2
    assert not any(secret in stolen for secret in secrets)
    assert not any(b64decode(secret).hex() in stolen for secret in secrets)


def test_guessing_numbers_against_the_dump_needs_the_key_file(
    stolen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = vault.blind_index(CANARY, purpose="people").hex()
    assert index in stolen, "with the key file the row is found"
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "thief"))
    monkeypatch.setattr(vault.keyring, "_checks", [])
    monkeypatch.setattr(vault.keyring, "_told", [])
    guesses = {vault.blind_index(CANARY, purpose=purpose).hex() for purpose in ("people", "usage")}
    assert not any(guess in stolen for guess in guesses)


def test_the_repository_holds_no_canary() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("src", "tests", "docs", "plans", "tools")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix not in {".pyc", ".woff2", ".png"}
        and CANARY.encode() in path.read_bytes()
    ]
    assert found == []
