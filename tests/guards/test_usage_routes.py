"""Whatever shows a person's name or number writes a usage row: every address and every command.

The demo province is asked for real: each case of tests/guards/routes.py as each role that may see it, each
command of `dean06`. Then its answer is searched for the names and numbers of all people of the province.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path, reverse

from dean06.cli.main import app
from dean06.config import urls as project
from dean06.core.access.models import User
from dean06.core.access.scope import wide
from dean06.core.people.models import Person
from dean06.core.usage.models import UsageRecord
from dean06.core.vault import blind_index
from dean06.gateways.vneid.citizens import CITIZENS_FILE
from tests.core.access.visitors import freshen
from tests.filled import Filled
from tests.guards.personal import People
from tests.guards.routes import CASES, ROLES, Case, Samples, find_samples

#: Pages that show names which are no personal data under this record, and why.
PUBLIC: dict[str, str] = {}
SHOWING = {"people:list", "people:person", "guidance:officer"}  # must be among what the guard finds
REASON = "Đối chiếu khi công dân nộp hồ sơ tại bộ phận một cửa"


@pytest.fixture(scope="module")
def samples(province: Filled) -> Samples:
    return find_samples(province)


@pytest.fixture(scope="module")
def people(province: Filled) -> People:
    return People(province)


@pytest.fixture(autouse=True)
def _folders(province: Filled, settings: Any) -> None:
    settings.MEDIA_ROOT = province.data_dir / "media"
    settings.RATE_LIMITS = False


def _rows() -> int:
    with transaction.atomic(), wide("the guard counts"):
        return UsageRecord.objects.count()


@cache
def _client(role: str) -> tuple[Client, str]:
    client, user = Client(raise_request_exception=False), User.objects.get(username=role)
    client.force_login(user)
    freshen(client, user)
    return client, user.full_name


def _text(answer: Any) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    if "spreadsheetml" not in answer.headers.get("Content-Type", ""):
        return str(body.decode("utf-8", errors="replace"))
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml"))


def _visit(people: People, role: str, address: str) -> tuple[set[str], bool]:
    """(whose data came back, whether the visit left a row) for a GET."""
    client, own = _client(role)
    before = _rows()
    shown = people.shown(_text(client.get(address)), own=own)
    return shown, _rows() > before


def survey(people: People, samples: Samples, cases: tuple[Case, ...]) -> dict[str, set[str]]:
    """Route → "shown" and "silent": what was found by visiting cases as the roles that may."""
    found: dict[str, set[str]] = {"shown": set(), "silent": set()}
    for case in cases:
        for role in (role for role in ROLES if case.statuses[role] == 200):
            for query in ("", "export=csv") if case.route.endswith((":list", ":index")) else ("",):
                address = case.address(samples)
                address += ("&" if "?" in address else "?") + query if query else ""
                shown, noted = _visit(people, role, address)
                if shown and case.route not in PUBLIC:
                    found["shown"].add(case.route)
                    if not noted:
                        found["silent"].add(f"{role} {address}: {sorted(shown)[:3]}")
    return found


def test_every_route_that_shows_people_writes_a_row(people: People, samples: Samples) -> None:
    found = survey(people, samples, CASES)
    assert found["silent"] == set()
    assert found["shown"] >= SHOWING, "the guard no longer sees what it should find"


def test_revealing_and_finding_by_number_write_a_row(province: Filled, people: People) -> None:
    client, own = _client("canbo")
    key = province.value(
        "select p.key from people_person p join access_grant g on g.unit_id = p.unit_id"
        " join access_user u on u.id = g.user_id where u.username = 'canbo' order by p.id limit 1"
    )
    before = _rows()
    answer = client.post(
        reverse("people:reveal", args=[key]), {"purpose": "people.reveal.verify", "reason": REASON}
    )
    assert answer.status_code == 200, _text(answer)
    numbers = {text for text in people.shown(_text(answer), own=own) if text.isdigit()}
    assert len(numbers) == 1
    assert _rows() > before
    before = _rows()
    client.post(reverse("people:find"), {"number": numbers.pop()})
    assert _rows() > before


def test_the_demo_shows_an_officers_look_to_the_citizen_at_vneid(province: Filled) -> None:
    file = province.data_dir / CITIZENS_FILE
    assert file.stat().st_mode & 0o077 == 0
    number = json.loads(file.read_text(encoding="utf-8"))[0]["number"]
    key = blind_index(number, purpose="usage")
    person = province.value("select key from people_person where usage_key = %s", key)
    reveal = {"purpose": "people.reveal.verify", "reason": REASON}
    assert _client("canbo")[0].post(reverse("people:reveal", args=[person]), reveal).status_code == 200
    user, _new = User.objects.get_or_create(
        subject_key=key,
        defaults={"username": "cd-guard", "full_name": "Đoàn Thị Canh Gác", "citizen_level": 2},
    )
    citizen = Client()
    citizen.force_login(user)
    text = _text(citizen.get(reverse("usage:mine")))
    assert "đã xem số định danh đầy đủ của anh/chị để đối chiếu nhân thân" in text
    assert number not in text


def hasty(request: HttpRequest) -> HttpResponse:
    """A page as somebody might write it in a hurry."""
    return HttpResponse(", ".join(person.full_name for person in Person.objects.all()))


def test_control_a_hasty_page_is_noticed(
    people: People, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = [*project.urlpatterns, path("voi-vang", hasty, name="hasty")]
    monkeypatch.setattr(project, "urlpatterns", added)
    clear_url_caches()
    try:
        shown, noted = _visit(people, "canbo", "/voi-vang")
    finally:
        monkeypatch.undo()
        clear_url_caches()
    assert len(shown) > 3
    assert not noted


# --- commands ---------------------------------------------------------------------------------------------

#: Every command: the words to run it with, or why it is not run here.
FILE = "<file>"  # stands for a file of the test, which is searched too
COMMANDS: dict[str, list[str] | str] = {
    "archive-wal": "writes an encrypted file, no text",
    "audit anchor": [],
    "audit check": [],
    "audit export": [FILE],
    "audit key": [],
    "audit state": [],
    "backup": "writes an encrypted file, no text",
    "demo": "refuses a province that holds data",
    "doc check": "measures a file, no database",
    "id decide": "reads facts, no database",
    "id make": "writes a made-up card",
    "id parse": "reads what it is given, no database",
    "id read": "reads the card on a reader; nothing is kept but by --out",
    "id verify": "reads files, no database",
    "indicator evidence": ["guidance.point_guided", "--period", "2023-11"],
    "indicator gaps": ["guidance.desk_staff_trained", "--period", "2023-11"],
    "indicator refresh": "prints counts of rows",
    "indicator show": ["guidance.desk_staff_trained", "--period", "2023-11"],
    "keys export": "writes a sealed file, no text",
    "keys import": "prints how many keys",
    "keys retire": "prints the name of a key",
    "keys rotate": "prints counts of rows",
    "keys show": [],
    "migrate": "prints the names of migrations",
    "people retention": ["--dry-run"],
    "plan adopt": "prints the goal that was given",
    "plan check": "reads files, no database",
    "plan decide": "prints the reading that was given",
    "plan load": "prints counts of rows",
    "plan show": [],
    "plan withdraw": "prints the goal that holds again",
    "prepare": "prints how long each step took",
    "restart": "says whether the new processes run",
    "restore": "reads a file back",
    "restore-base": "unpacks a base backup into a folder",
    "restore-wal": "writes a file of the database server",
    "unit export": [],
    "unit find": ["bac ly"],
    "unit import": "prints counts of rows",
    "unit show": ["tinh-24"],
    "up": "runs the web, which the cases above visit",
    "user create": "prints the name that was given",
    "user disable": "prints the name that was given",
    "user enable": "prints the name that was given",
    "user grant": "prints the name that was given",
    "user list": [],
    "user password": "prints the name that was given",
    "user review": [],
    "user reset-factors": "prints the name that was typed",
    "user revoke": "prints the name that was given",
    "user show": ["canbo"],
    "user unlock": "prints the name that was given",
    "verify-log": "reads a file, no database",
}


def _commands(group: Any, before: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*before, name))
        else:
            yield " ".join((*before, name))


def test_every_command_stands_in_the_table() -> None:
    known = set(_commands(typer.main.get_command(app)))
    assert known == set(COMMANDS), "say in COMMANDS how to run it, or why it shows nobody"


@pytest.mark.parametrize("name", [name for name, words in COMMANDS.items() if isinstance(words, list)])
def test_every_command_that_shows_people_writes_a_row(
    province: Filled, people: People, name: str, tmp_path: Path
) -> None:
    before, file = _rows(), tmp_path / "out"
    words = [str(file) if word == FILE else word for word in COMMANDS[name]]
    done = subprocess.run(
        [sys.executable, "-m", "dean06", *name.split(), *words],
        env={**os.environ, **province.variables, "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Usage" not in done.stderr, done.stderr
    written = file.read_text(encoding="utf-8") if file.exists() else ""
    assert bool(written) is (FILE in COMMANDS[name])
    shown = people.shown(done.stdout + done.stderr + written)
    assert not shown or _rows() > before, sorted(shown)[:3]
