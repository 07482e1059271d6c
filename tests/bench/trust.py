"""What trust costs: the same write bare, under row-level security, and with its lines in both logs.

The writes run in turns against one database whose commits are not flushed to the disk: with a real disk every
write takes longer and the ratio is smaller.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

import psycopg
from django.db import connection, transaction
from django.test import Client

from dean06 import verify_log
from dean06.core import audit, usage
from dean06.core.access.actor import Actor
from dean06.core.access.models import User
from dean06.core.access.scope import scoped, wide
from dean06.pilots.guidance.actions.records import add_record
from dean06.pilots.guidance.records import KINDS
from tests import server
from tests.core.audit.logs import Log, Record
from tests.pilots.guidance import world as worlds

BLOCKS, WRITES = 8, 25
PURPOSE = "people.read"
PASSWORD = "mot-mat-khau-dai-de-do-thoi-gian"
_NUMBERS = itertools.count()
MODES = ("bare", "row-level security", "row-level security, audit, usage")


@dataclass(frozen=True)
class Place:
    """Who writes, and where."""

    actor: Actor
    desk: int


def make_place() -> Place:
    """A small province with an officer who records at a desk."""
    with transaction.atomic(), wide("bench"):
        world = worlds.build()
        return Place(world.actor("officer"), world.desk.pk)


@contextmanager
def _connected(database: str, *, owner: bool) -> Iterator[None]:
    """Django connected as the owner of the tables (no policy binds him), or as the program."""
    parts = psycopg.conninfo.conninfo_to_dict(server.url(owner, database))
    usual = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = parts["user"]
    try:
        connection.ensure_connection()
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = usual


def _action(place: Place, mode: str) -> None:
    """One record as an officer adds it: checked, written, its figures asked for anew."""
    values = {"kind": "poster", "title": f"Áp phích {next(_NUMBERS)}", "hung_on": date(2023, 11, 1)}
    with transaction.atomic(), ExitStack() as stack:
        if mode == MODES[0]:
            stack.enter_context(patch.object(audit, "record", lambda **_: None))
        else:
            if mode == MODES[1]:
                stack.enter_context(patch.object(audit, "record", lambda **_: None))
            stack.enter_context(scoped(place.actor))
        add_record(actor=place.actor, kind=KINDS["vat-pham"], unit_id=place.desk, values=values)
        if mode == MODES[2]:
            _note(place)


def _note(place: Place) -> None:
    usage.record_read(actor=place.actor, purpose=PURPOSE, unit_id=place.desk, subjects=1, route="bench")


_INSERT = (
    "insert into guidance_material (unit_id, recorded_at, revoke_reason, version, kind, title, hung_on)"
    " values (%s, now(), '', 1, 'poster', %s, '2023-11-01')"
)


def _statement(place: Place, mode: str) -> None:
    """The least that a write can be: one INSERT in a transaction."""
    with transaction.atomic(), ExitStack() as stack:
        if mode != MODES[0]:
            stack.enter_context(scoped(place.actor))
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [place.desk, f"Áp phích {next(_NUMBERS)}"])
        if mode == MODES[2]:
            audit.record(
                actor=place.actor,
                action="guidance.add",
                object_type="guidance.vat-pham",
                object_id=1,
                unit_id=place.desk,
                detail={"kind": "poster", "title": "Áp phích"},
            )
            _note(place)


Write = Callable[[Place, str], None]
WAYS: dict[str, Write] = {"action": _action, "one INSERT": _statement}


def measure(database: str, place: Place) -> dict[tuple[str, str], list[float]]:
    """(way, mode) → milliseconds of each write; the modes take turns."""
    times: dict[tuple[str, str], list[float]] = {(way, mode): [] for way in WAYS for mode in MODES}
    for _ in range(BLOCKS):
        for (way, mode), taken in times.items():
            with _connected(database, owner=mode == MODES[0]):
                WAYS[way](place, mode)  # the first on a connection reads the catalogue
                for _ in range(WRITES):
                    began = time.perf_counter()
                    WAYS[way](place, mode)
                    taken.append((time.perf_counter() - began) * 1000)
    return times


def written(database: str) -> dict[str, int]:
    """How many rows stand in each table."""
    tables = ("guidance_material", "audit_entry", "usage_record", "audit_link")
    with psycopg.connect(server.url(True, database)) as owner:
        found = {
            table: owner.execute(f"select count(*) from {table}".encode()).fetchone() for table in tables
        }
    return {table: int(row[0]) for table, row in found.items() if row}


def make_log(path: Path, records: int) -> int:
    """An export like that of a year; its bytes."""
    log = Log({f"action-{n}": [] for n in range(16)})
    for number in range(records):
        payload = {
            "at": f"2023-12-10T03:{number // 60 % 60:02}:{number % 60:02}.123456+00:00",
            "id": number,
            "action": "guidance.revise",
            "detail": {"title": ["Áp phích cũ", "Áp phích mới"], "hung_on": ["2023-11-01", "2023-11-02"]},
            "unit_id": number % 400,
            "actor_id": number % 90,
            "object_id": str(number),
            "actor_name": "can.bo.mot.cua",
            "object_type": "guidance.vat-pham",
        }
        stream = f"action-{number % 16}"
        log.streams[stream].append(Record(stream, 0, json.dumps(payload, ensure_ascii=False)))
    data = log.rechain().write()
    path.write_bytes(data)
    return len(data)


def verify_times(path: Path, records: int, rounds: int) -> list[float]:
    """Microseconds of the processor for each record, of each check."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        code, told = verify_log.verify(str(path))
        times.append((time.process_time() - began) / records * 1e6)
        assert (code, told["records"]) == (0, records), told
    return times


def hash_times(path: Path, rounds: int, records: int) -> list[float]:
    """The same of only reading and hashing the file."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
        times.append((time.process_time() - began) / records * 1e6)
    return times


def sign_in_times(rounds: int) -> list[float]:
    """Milliseconds of the post that carries name and password, without the network."""
    with transaction.atomic(), wide("bench"):
        user = User.objects.get(username="officer")
        user.set_password(PASSWORD)
        user.save()
    times = []
    for _ in range(rounds):
        client = Client()
        client.get("/dang-nhap")
        began = time.perf_counter()
        answer = client.post("/dang-nhap", {"username": "officer", "password": PASSWORD})
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 302, answer.content.decode()[:2000]
    return times
