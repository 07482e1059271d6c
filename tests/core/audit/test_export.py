"""Exports of a real database pass the verifier; a flipped bit in the database shows in them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.test.utils import override_settings

from dean06 import verify_log
from dean06.core import clock
from dean06.core.access.actor import Actor
from dean06.core.access.scope import wide
from dean06.core.audit import keys
from dean06.core.audit.export import export
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind
from tests import server
from tests.core.access.probe import officer
from tests.core.audit.rows import ACTOR, commit, moment
from tests.core.units.trees import unit

NOBODY = Actor(user_id=7, username="khong.quyen", full_name="Không Quyền", grants=())


@pytest.fixture
def log(race_db: str, tmp_path: Path) -> Any:
    """A database with some rows, and a folder of keys of its own."""
    with override_settings(DATA_DIR=tmp_path):
        commit(3, reads=2)
        commit(2)
        yield race_db


def exported(actor: Actor = ACTOR, **options: Any) -> bytes:
    out = io.BytesIO()
    export(actor=actor, write=out.write, **options)
    return out.getvalue()


def verified(tmp_path: Path, data: bytes, **known: str) -> tuple[int, dict[str, Any]]:
    (tmp_path / "log.jsonl").write_bytes(data)
    return verify_log.verify(str(tmp_path / "log.jsonl"), **known)


def test_an_export_passes_the_verifier(log: str, tmp_path: Path) -> None:
    code, told = verified(tmp_path, exported(), key=keys.public_hex())
    assert (code, told["records"], told["from_the_start"], told["signature"]) == (0, 7, True, "pinned")
    assert told["clock_went_back"] == []


def test_an_export_is_an_entry_of_the_log_itself(log: str) -> None:
    data = exported()
    with transaction.atomic(), wide("test"):
        row = AuditEntry.objects.get(action="audit.export")
    assert row.detail["records"] == 7
    assert row.detail["sha256"] == json.loads(data.splitlines()[-1])["sha256"]


def test_what_follows_an_earlier_export_joins_it(log: str, tmp_path: Path) -> None:
    first = exported()
    earlier = tmp_path / "first.jsonl"
    earlier.write_bytes(first)
    commit(2)
    ends = {stream: end["last"] for stream, end in json.loads(first.splitlines()[-1])["streams"].items()}
    code, told = verified(tmp_path, exported(after=ends), since=str(earlier))
    assert (code, told["records"], told["from_the_start"]) == (0, 3, False)
    assert verified(tmp_path, exported(), since=str(earlier))[0] == 0
    ends["action-0"] += 1
    code, told = verified(tmp_path, exported(after=ends), since=str(earlier))
    assert code == 1
    assert "không nối với tệp xuất trước" in told["problem"]


def test_since_a_day(log: str, tmp_path: Path) -> None:
    code, told = verified(tmp_path, exported(since=clock.today()))
    assert (code, told["records"]) == (0, 7)
    later = clock.today().replace(year=clock.today().year + 1)
    code, told = verified(tmp_path, exported(since=later))
    assert (code, told["records"], told["from_the_start"]) == (0, 0, False)


def _as_owner(log: str, *statements: str) -> None:
    with psycopg.connect(server.url(True, log)) as owner:
        owner.execute("set session_replication_role = replica")
        for statement in statements:
            owner.execute(statement.encode())


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("update audit_link set payload = replace(payload, 'số 1', 'số 7') where seq = 2", 2),
        ("delete from audit_link where stream = 'action-0' and seq = 3", 4),
        ("update audit_link set hash = sha256(hash) where stream = 'action-0' and seq = 4", 4),
        ("update audit_head set hash = sha256(hash) where stream = 'action-0'", 0),
        ("delete from audit_link where stream = 'action-0' and seq = 5", 0),
    ],
)
def test_what_the_owner_of_the_database_changed_is_named(
    log: str, tmp_path: Path, statement: str, seq: int
) -> None:
    _as_owner(log, statement)
    code, told = verified(tmp_path, exported())
    assert (code, told["seq"]) == (1, seq), told
    assert seq == 0 or told["stream"] == "action-0"


def test_a_narrow_scope_gets_hashes_for_what_is_outside(log: str, tmp_path: Path) -> None:
    with transaction.atomic(), wide("test"):
        mine, other = (unit(key, f"Xã {key}", Kind.COMMUNE).pk for key in ("toi", "khac"))
        rebuild()
    commit(2, mine)
    commit(3, other)
    data = exported(officer(mine))
    shown = [json.loads(line) for line in data.splitlines()[1:-1]]
    assert {json.loads(one["payload"])["unit_id"] for one in shown if "payload" in one} == {mine}
    code, told = verified(tmp_path, data)
    assert (code, told["records"], told["withheld"]) == (0, 12, 10)


def test_erased_usage_rows_keep_the_export_whole(log: str, tmp_path: Path) -> None:
    from dean06.core.audit.chain import forget_usage

    with transaction.atomic(), wide("test"):
        forget_usage(moment())
    code, told = verified(tmp_path, exported())
    assert (code, told["records"], told["withheld"]) == (0, 7, 2)


def test_nobody_exports_without_the_right(log: str) -> None:
    lines: list[bytes] = []
    with pytest.raises(Denied):
        export(actor=NOBODY, write=lines.append)
    assert lines == []


def test_a_demo_clock_set_back_is_a_note_only(log: str, tmp_path: Path) -> None:
    with transaction.atomic(), wide("test"):
        clock.set_business_date(clock.today().replace(year=2023, day=10))
    commit(1)
    code, told = verified(tmp_path, exported())
    assert code == 0
    assert len(told["clock_went_back"]) == 1


@pytest.mark.parametrize(
    "damage", [lambda path: path.chmod(0o644), lambda path: path.write_bytes(b"nothing")]
)
def test_a_damaged_key_is_refused(log: str, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    first = keys.public_hex()
    assert keys.public_hex() == first
    path = tmp_path / "keys" / keys.FILE
    assert path.stat().st_mode & 0o777 == 0o600
    damage(path)
    with pytest.raises(Conflict, match=r"log-export\.pem"):
        exported()
