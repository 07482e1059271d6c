"""Exports of the logs that anybody can check (docs/audit.md; verify_log.py shares no code with this file)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from django.db import connection, transaction

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import scoped, wide
from dean06.core.audit import chain, keys
from dean06.core.audit.models import AuditAnchor

FORMAT = "dean06-log-1"
_CHUNK = 2000

# What another unit did stays outside a narrow scope, but for its hash: the chain holds all the same.
_LINKS = """
select l.stream, l.seq, encode(l.prev, 'hex'), encode(l.hash, 'hex'), encode(l.digest, 'hex'),
       case when %(all)s or l.unit_id = any(%(units)s) then l.payload end
from audit_link l
join unnest(%(streams)s::text[], %(firsts)s::bigint[], %(lasts)s::bigint[]) b(stream, first, last)
  on l.stream = b.stream and l.seq between b.first and b.last
order by l.stream, l.seq
"""
_STARTS = "select stream, min(seq) from audit_link where at >= %s group by stream"
_PREVS = """
select l.stream, encode(l.prev, 'hex') from audit_link l
join unnest(%s::text[], %s::bigint[]) b(stream, first) on l.stream = b.stream and l.seq = b.first
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file holds."""

    records: int
    anchors: int
    sha256: str
    key: str


class _Writer:
    """Lines out, with the hash of all of them."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write, self.whole = write, hashlib.sha256()

    def raw(self, line: bytes) -> None:
        self.whole.update(line)
        self._write(line)

    def line(self, value: Mapping[str, object]) -> None:
        self.raw(_plain(value))


def _plain(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def export(
    *,
    actor: Actor,
    write: Callable[[bytes], object],
    after: Mapping[str, int] | None = None,
    since: date | None = None,
) -> Exported:
    """Write both logs, or what follows an earlier export (`after`: stream → last seq) or stands since a day.

    Rows outside the actor's scope are there by their hash only. The export itself is an entry of the log.
    Raises Denied without the right to export.
    """
    with transaction.atomic():
        require(actor, Action.EXPORT)
        units = _units(actor)
        with wide("the chains run across all units; rows outside the scope keep to their hash"):
            done = _export(actor, units, _Writer(write), after, since)
        audit.record(
            actor=actor,
            action="audit.export",
            object_type="log",
            object_id=done.sha256[:16],
            unit_id=None,
            detail={"records": done.records, "sha256": done.sha256},
        )
    return done


def _units(actor: Actor) -> list[int] | None:
    """The units of the actor's scope, None for all."""
    if actor.is_wide:
        return None
    with scoped(actor), connection.cursor() as cursor:
        cursor.execute("select app_scope()")
        return list(cursor.fetchone()[0])


def _export(
    actor: Actor, units: list[int] | None, out: _Writer, after: Mapping[str, int] | None, since: date | None
) -> Exported:
    anchors = list(_anchors())  # before the heads, so that they never run ahead of them
    heads = chain.heads()
    starts = _starts(heads, after, since)
    key = keys.signing_key()
    public = key.public_key().public_bytes_raw().hex()
    out.line(
        {
            "type": "header",
            "format": FORMAT,
            "installation": chain.installation(),
            "exported_at": clock.machine_now().astimezone(UTC).isoformat(timespec="seconds"),
            "exported_by": actor.username if actor.user_id else actor.full_name,
            "since": since.isoformat() if since else None,
            "scope": "all" if units is None else "units",
            "key": public,
            "streams": starts,
        }
    )
    for anchor in anchors:
        token = base64.b64encode(bytes(anchor.token)).decode()
        out.line({"type": "anchor", "heads": anchor.heads, "token": token})
    count = 0
    for row in _links(heads, starts, units):
        out.raw(_record(row))
        count += 1
    footer: dict[str, object] = {
        "type": "footer",
        "streams": {head.stream: {"last": head.seq, "hash": head.hash} for head in heads},
        "records": count,
        "sha256": out.whole.hexdigest(),
    }
    out.line(footer | {"signature": key.sign(_plain(footer)).hex()})
    return Exported(count, len(anchors), str(footer["sha256"]), public)


def _anchors() -> Iterator[AuditAnchor]:
    """The last of each day, the newest among them."""
    yield from AuditAnchor.objects.order_by("at__date", "-at").distinct("at__date")


def _starts(
    heads: list[chain.Head], after: Mapping[str, int] | None, since: date | None
) -> dict[str, dict[str, Any]]:
    """Stream → where the export begins, and the hash before it."""
    firsts = {head.stream: min((after or {}).get(head.stream, 0), head.seq) + 1 for head in heads}
    with connection.cursor() as cursor:
        if since is not None:
            cursor.execute(_STARTS, [clock.local_midnight(since)])
            found = dict(cursor.fetchall())
            firsts = {head.stream: found.get(head.stream, head.seq + 1) for head in heads}
        cursor.execute(_PREVS, [list(firsts), list(firsts.values())])
        prevs = dict(cursor.fetchall())
    return {
        head.stream: {"first": firsts[head.stream], "prev": prevs.get(head.stream, head.hash)}
        for head in heads
    }


def _links(
    heads: list[chain.Head], starts: Mapping[str, Mapping[str, Any]], units: list[int] | None
) -> Iterator[tuple[str, int, str, str, str, str | None]]:
    asked: dict[str, Any] = {
        "all": units is None,
        "units": units or [],
        "streams": [head.stream for head in heads],
        "firsts": [starts[head.stream]["first"] for head in heads],
        "lasts": [head.seq for head in heads],
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LINKS, asked)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _record(row: tuple[str, int, str, str, str, str | None]) -> bytes:
    stream, seq, prev, digest_of_link, digest, payload = row
    start = f'{{"stream":"{stream}","seq":{seq},"prev":"{prev}","hash":"{digest_of_link}",'
    rest = (
        f'"digest":"{digest}"' if payload is None else f'"payload":{json.dumps(payload, ensure_ascii=False)}'
    )
    return f"{start}{rest}}}\n".encode()
