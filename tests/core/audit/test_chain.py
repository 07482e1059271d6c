"""Every row of the logs becomes a link at commit; nobody can change, cut or forge one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import errors

from dean06.core.access.scope import scoped, wide
from dean06.core.audit import chain
from dean06.core.audit.models import AuditEntry
from dean06.core.audit.triggers import BACKFILL, STREAMS
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind
from tests import server
from tests.core.access.probe import officer
from tests.core.audit.rows import commit, entry, faults, links, moment, read
from tests.core.units.trees import unit

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def url(race_db: str) -> str:
    """The database of this test, as its owner."""
    return server.url(True, race_db)


@pytest.fixture
def owner(url: str) -> Iterator[Connection]:
    with psycopg.connect(url) as connection:
        connection.execute("set lock_timeout = '10s'")
        yield connection
        connection.rollback()


def test_rows_of_a_transaction_stand_in_one_stream_of_each_kind(url: str) -> None:
    commit(3, reads=2)
    commit(1)
    found = [(stream, seq) for stream, seq, *_ in links(url)]
    assert found == [("action-0", n) for n in (1, 2, 3, 4)] + [("usage-0", 1), ("usage-0", 2)]
    assert faults(url) == []


def test_the_stream_follows_from_the_unit_of_the_first_row(url: str) -> None:
    with transaction.atomic(), wide("test"):
        units = [unit(f"u{n}", f"Đơn vị {n}", Kind.PROVINCE).pk for n in range(3)]
        entry(units[1])
        entry(units[2])
        read(units[0])
    assert {stream for stream, *_ in links(url)} == {f"{k}-{units[1] % STREAMS}" for k in ("action", "usage")}


def test_what_was_rolled_back_leaves_no_link(url: str) -> None:
    with transaction.atomic(), wide("test"):
        entry()
        transaction.set_rollback(True)
    with transaction.atomic(), wide("test"):
        entry(note="kept")
        point = transaction.savepoint()
        entry(note="gone")
        transaction.savepoint_rollback(point)
    payloads = [json.loads(link[5] or "") for link in links(url)]
    assert [payload["detail"]["n"] for payload in payloads] == ["kept"]


def test_the_payload_is_the_row(url: str) -> None:
    commit(1)
    with transaction.atomic(), wide("test"):
        row = AuditEntry.objects.get()
    payload = json.loads(links(url)[0][5] or "")
    assert payload["id"] == row.pk
    assert payload["action"] == "test.act"
    assert payload["actor_name"] == row.actor_name
    assert payload["at"].endswith("+00:00")
    assert (links(url)[0][5] or "").startswith('{"at": "')


ROLES = ("dean06_app", "dean06_wide")
CHANGES = (
    "update {t} set {c} = {c}",
    "delete from {t}",
    "truncate {t} cascade",
)
TABLES = {
    "audit_entry": "action",
    "usage_record": "purpose",
    "audit_link": "payload",
    "audit_head": "seq",
    "audit_anchor": "heads",
    "audit_installation": "key",
}


def test_even_the_owner_changes_nothing(url: str, owner: Connection) -> None:
    commit(2, reads=2)
    owner.execute("insert into audit_anchor (at, authority, heads, token) values (now(), 'x', 'y', 'z')")
    for table, column in TABLES.items():
        for change in CHANGES:
            sql = change.format(t=table, c=column).encode()
            with pytest.raises(errors.InsufficientPrivilege, match="is append-only"), owner.transaction():
                owner.execute(sql)


def test_the_roles_of_the_program_lack_the_privilege(race_db: str) -> None:
    commit(1)
    with psycopg.connect(server.url(False, race_db)) as app:
        for role, (table, column), change in product(ROLES, TABLES.items(), CHANGES):
            app.execute(f"set role {role}".encode())
            sql = change.format(t=table, c=column).encode()
            with pytest.raises(errors.InsufficientPrivilege, match="permission denied"), app.transaction():
                app.execute(sql)


FORGERIES = (
    "insert into audit_link (stream, seq, prev, hash, digest, payload, entry_id, at) "
    "values ('action-1', 1, '', '', '', '{}', 1, now())",
    "insert into audit_head values ('action-99', 99, 0, '', '')",
    "select audit_append('action-1', 1, null, now(), '{}')",
    "create temp table mine (id int, unit_id int, at timestamptz); "
    "create trigger t after insert on mine for each row execute function audit_link_row()",
    "alter table audit_entry disable trigger audit_link",
    "drop trigger audit_keep on audit_link",
    "set session_replication_role = replica",
)


def test_no_link_is_forged(race_db: str) -> None:
    with psycopg.connect(server.url(False, race_db)) as app:
        for role, sql in product(ROLES, FORGERIES):
            app.execute(f"set role {role}".encode())
            with pytest.raises(errors.InsufficientPrivilege), app.transaction():
                app.execute(sql.encode())


def test_a_chosen_stream_changes_nothing_but_the_stream(url: str) -> None:
    for forged in ("5", "99", "x'; drop table audit_link"):
        with transaction.atomic(), wide("test"), connection.cursor() as cursor:
            cursor.execute("select set_config('audit.stream', %s, true)", [forged])
            entry()
    assert faults(url) == []
    assert [stream for stream, *_ in links(url)] == ["action-0", "action-0", "action-5"]


def test_links_show_the_scope_only(url: str) -> None:
    with transaction.atomic(), wide("test"):
        mine, other = (unit(key, key, Kind.PROVINCE).pk for key in ("toi", "khac"))
        rebuild()
    commit(2, mine)
    commit(1, other)
    with transaction.atomic(), scoped(officer(mine)), connection.cursor() as cursor:
        cursor.execute("select distinct unit_id from audit_link")
        assert cursor.fetchall() == [(mine,)]


def test_rows_from_before_are_linked_in_order(url: str, owner: Connection) -> None:
    commit(2)
    owner.execute("alter table audit_entry disable trigger audit_link")
    for name in ("một", "hai", "ba"):
        owner.execute(
            "insert into audit_entry (at, actor_name, action, object_type, object_id, detail)"
            " values (now(), %s, 'old', 'x', '1', '{}')",
            [name],
        )
    owner.execute("alter table audit_link disable trigger all; alter table audit_head disable trigger all")
    owner.execute("truncate audit_link")
    owner.execute("update audit_head set seq = 0, hash = prev where seq = 1")
    owner.execute(
        "update audit_head h set seq = 0, hash = sha256(convert_to("
        "format('dean06-genesis-1 %s %s', i.key, h.stream), 'UTF8')) from audit_installation i"
    )
    owner.execute(BACKFILL.encode())
    owner.commit()
    names = [json.loads(link[5] or "")["actor_name"] for link in links(url)]
    assert names[-3:] == ["một", "hai", "ba"]
    assert len(names) == 5
    assert faults(url) == []


def test_rows_that_no_longer_match_their_link_are_found(url: str, owner: Connection) -> None:
    commit(3)
    with transaction.atomic(), wide("test"):
        assert list(chain.mismatches()) == []
    owner.execute("set session_replication_role = replica")
    owner.execute("update audit_entry set object_id = 'khác' where id = (select min(id) from audit_entry)")
    owner.execute("delete from audit_entry where id = (select max(id) from audit_entry)")
    owner.execute(
        "insert into audit_entry (at, actor_name, action, object_type, object_id, detail)"
        " values (now(), 'x', 'smuggled', 'x', '1', '{}')"
    )
    owner.commit()
    with transaction.atomic(), wide("test"):
        found = list(chain.mismatches())
    assert [(one.seq, one.unlinked) for one in found] == [(1, False), (None, True), (3, False)]


def test_forgetting_usage_leaves_the_chain_whole(url: str) -> None:
    commit(1, reads=2)
    with transaction.atomic(), wide("test"):
        assert chain.forget_usage(moment()) == 2
    assert [link[5] is None for link in links(url)] == [False, True, True]
    assert faults(url) == []


def test_forgetting_is_not_for_narrow_scopes(race_db: str) -> None:
    commit(0, reads=1)
    with psycopg.connect(server.url(False, race_db)) as app:
        with pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute("select audit_forget(now())")
        app.execute("set role dean06_wide")
        app.execute("select set_config('audit.forget', 'on', false)")
        with pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute("update audit_link set payload = null")


def test_a_narrow_scope_writes_about_what_it_may_not_read(url: str) -> None:
    """Somebody refused at another unit's door, or at sign-in, leaves his line all the same."""
    with transaction.atomic(), scoped(officer()):
        entry(None)
        assert not AuditEntry.objects.exists()
    assert len(links(url)) == 1
