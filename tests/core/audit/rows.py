"""Rows of the logs for tests, and the chains they make."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import psycopg
from django.db import connection, transaction

from dean06.core import audit, clock
from dean06.core.access.actor import Actor, system_actor
from dean06.core.access.scope import wide

ACTOR = system_actor("test")


def entry(unit_id: int | None = None, note: str = "x", *, actor: Actor = ACTOR) -> None:
    """One audit row in the caller's transaction."""
    audit.record(
        actor=actor, action="test.act", object_type="thing", object_id=1, unit_id=unit_id, detail={"n": note}
    )


def read(unit_id: int | None = None) -> None:
    """One usage row in the caller's transaction; the rules of core.usage do not matter here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into usage_record (at, actor_name, purpose, route, unit_id, subjects)"
            " values (%s, 'test', 'test', '/test', %s, 1)",
            [clock.now(), unit_id],
        )


def commit(count: int = 1, unit_id: int | None = None, *, reads: int = 0) -> None:
    """Some rows in one committed transaction."""
    with transaction.atomic(), wide("test"):
        for number in range(count):
            entry(unit_id, f"số {number}")
        for _ in range(reads):
            read(unit_id)


Link = tuple[str, int, bytes, bytes, bytes, str | None]


def links(owner_url: str) -> list[Link]:
    """Every link, as the owner of the tables sees it."""
    query = "select stream, seq, prev, hash, digest, payload from audit_link order by stream, seq"
    with psycopg.connect(owner_url) as owner:
        return [
            (s, n, bytes(p), bytes(h), bytes(d), x) for s, n, p, h, d, x in owner.execute(query).fetchall()
        ]


def faults(owner_url: str) -> list[str]:
    """By the words of docs/audit.md: every link that does not follow the one before it."""
    with psycopg.connect(owner_url) as owner:
        name = owner.execute("select key::text from audit_installation").fetchone()
    assert name is not None
    told, before = [], dict[str, tuple[int, str]]()
    for stream, seq, prev, given, digest, payload in links(owner_url):
        genesis = hashlib.sha256(f"dean06-genesis-1 {name[0]} {stream}".encode()).hexdigest()
        last, known = before.get(stream, (0, genesis))
        body = digest.hex() if payload is None else hashlib.sha256(payload.encode()).hexdigest()
        text = f"dean06-link-1 {stream} {seq} {prev.hex()} {body}"
        if (seq, prev.hex()) != (last + 1, known):
            told.append(f"{stream} {seq} does not follow {last}")
        if hashlib.sha256(text.encode()).hexdigest() != given.hex() or body != digest.hex():
            told.append(f"{stream} {seq} has another hash")
        before[stream] = (seq, given.hex())
    return told


def moment() -> datetime:
    """Now, for comparing."""
    return datetime.now(UTC)
