"""A stolen copy: the dump of the database and the whole repository show nothing of who a canary person is."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import date
from hashlib import md5, sha1, sha256
from pathlib import Path

import pytest
from django.db import transaction

from dean06.core import clock, vault
from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.people import actions, identity, reading
from dean06.core.privacy import answer, requests
from dean06.core.units.models import Kind
from dean06.runtime import dump
from dean06.runtime.binaries import bindirs, major_of
from tests import server
from tests.core.units.trees import unit
from vnid.text import fold

ROOT = Path(__file__).parents[3]
# Put together, so that this file does not hold them.
CANARY = "".join(("0001", "7766", "5543"))
NAME = " ".join(("Khúc", "Thị", "Vàng", "Ảnh"))
LATER = " ".join(("Khúc", "Thị", "Hồng", "Ảnh"))
BORN = date(1961, 2, 3)


@pytest.fixture
def stolen(race_db: str, keys: Path) -> Iterator[str]:
    """The plain-text dump of a database where the canary was registered, revealed and looked up."""
    with transaction.atomic(), wide("test"):
        place = unit("xa-mot", "Xã Một", Kind.COMMUNE)
        who = system_actor("test")
        canary = actions.PersonInput(full_name=NAME, birth_date=BORN, sex="female", number=CANARY)
        (person,) = actions.register(actor=who, unit_id=place.pk, people=[canary])
        reading.find_by_number(actor=who, number=CANARY)
        told = {"purpose": "people.reveal.verify", "reason": "Đối chiếu khi người dân có mặt"}
        assert reading.reveal(actor=who, person_id=person.pk, **told) == CANARY
        changed = {"full_name": LATER, "birth_date": BORN, "sex": "female"}
        actions.correct(actor=who, person_id=person.pk, version=1, **changed)  # type: ignore[arg-type]
        actions.keep_on_hold(actor=who, person_id=person.pk, reason="Đang giải quyết khiếu nại")
        asked = requests.open_request(
            actor=who, person_id=person.pk, kind="view", received_on=clock.today(), asked="Xin xem dữ liệu"
        )
        told_on = requests.acknowledge(actor=who, key=asked.key, version=asked.version)
        data = answer.subject_data(actor=who, key=told_on.key, reason="Trao tận tay người yêu cầu")
        assert data["person"]["full_name"] == LATER
    yield _dump(server.url(True, race_db))
    clock.forget()


def _dump(url: str) -> str:
    """The database as SQL text, by the pg_dump of the server's version."""
    wanted = dump.server_major(url)
    program = next(place for place in bindirs() if major_of(place) == wanted) / "pg_dump"
    done = subprocess.run([program, "--dbname", url], check=True, capture_output=True)
    return done.stdout.decode()


def _forms(text: str) -> set[str]:
    """A text as it is and as everybody could write it without a key."""
    plain = {text, text.upper(), text.lower(), unicodedata.normalize("NFD", text), fold(text)}
    plain |= {"".join(text.split()), fold(text).replace(" ", ""), re.sub(r"(...)(?=.)", r"\1 ", text)}
    coded = {code for one in plain for code in _codes(one.encode())}
    return {form for form in plain | coded if len(form) > 5}


def _codes(raw: bytes) -> set[str]:
    """Hexadecimal, base64 wherever it begins, and the usual hashes."""
    inner = {b64encode(raw).decode()[:-4], b64encode(b"x" + raw).decode()[4:-4]}
    inner.add(b64encode(b"xx" + raw).decode()[4:-4])
    hashes = {make(raw).hexdigest() for make in (md5, sha1, sha256)}
    return {raw.hex(), json.dumps(raw.decode())[1:-1]} | inner | hashes


def _days(day: date) -> set[str]:
    return {f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%d-%m-%Y}", f"{day:%d%m%Y}"}


def test_the_dump_holds_the_row_but_nothing_of_who_it_is(stolen: str) -> None:
    assert "COPY public.people_person" in stolen
    assert "Đang giải quyết khiếu nại" in stolen, "the dump holds the person's row"
    secrets = {form for name in (NAME, LATER, CANARY) for form in _forms(name)}
    secrets |= {form for name in (NAME, LATER) for word in name.split()[2:] for form in (word, fold(word))}
    secrets = {form for form in secrets if len(form) > 4} | {"Khúc", "Vàng", "Hồng"}
    secrets |= _days(BORN) | {code for day in _days(BORN) for code in _codes(day.encode())}
    assert [form for form in sorted(secrets) if form in stolen] == []


def test_no_digit_of_the_number_stands_in_clear(stolen: str) -> None:
    """With the sex and the year of birth a few digits would leave few numbers to try."""
    block = stolen.partition("COPY public.people_person ")[2].partition("\n\\.\n")[0]
    head, _, rows = block.partition("FROM stdin;\n")
    assert "number_cipher" in head
    fields = [field for row in rows.splitlines() for field in row.split("\t")]
    assert len(fields) == len(head.split(","))
    assert set(fields).isdisjoint({CANARY[at:end] for at in range(12) for end in range(at + 2, 13)})


def test_guessing_names_against_the_dump_needs_the_key_file(
    stolen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {identity.tokens(word, vault.ring())[vault.ring().index_id].hex() for word in ("khuc", "hong")}
    assert all(token in stolen for token in own), "with the key file the row is found"
    monkeypatch.setenv("KEYS_DIR", str(tmp_path / "thief"))
    monkeypatch.setattr(vault.keyring, "_checks", [])
    monkeypatch.setattr(vault.keyring, "_told", [])
    thief = vault.ring()
    assert not any(identity.tokens(word, thief)[thief.index_id].hex() in stolen for word in ("khuc", "hong"))


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
        and any(text.encode() in path.read_bytes() for text in (CANARY, NAME, LATER))
    ]
    assert found == []
