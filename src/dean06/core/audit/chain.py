"""The chains as the database keeps them: heads, state, and whether rows and links still agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

#: Kind of a stream → the table whose rows it links.
KINDS: Mapping[str, str] = {"action": "audit_entry", "usage": "usage_record"}

_MISMATCH = """
select '{kind}', e.id, l.stream, l.seq, l.seq is null from {table} e
full join (select * from audit_link where stream like '{kind}-%%') l on l.entry_id = e.id
where l.seq is null
   or (l.payload is not null and (e.id is null or not to_jsonb(e) @> l.payload::jsonb))
order by 2, 4
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a stream; `seq` 0 when there is none yet."""

    stream: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row of a log that is not what was linked: changed, gone, or (`unlinked`) never linked."""

    table: str
    entry_id: int | None
    stream: str | None
    seq: int | None
    unlinked: bool


def installation() -> str:
    """The name under which the chains begin."""
    from dean06.core.audit.models import AuditInstallation

    return str(AuditInstallation.objects.get().key)


def heads() -> list[Head]:
    """The heads of all streams at one moment, by name."""
    from dean06.core.audit.models import AuditHead

    found = AuditHead.objects.order_by("stream").values_list("stream", "seq", "hash")
    return [Head(stream, seq, bytes(digest).hex()) for stream, seq, digest in found]


def heads_text(name: str, found: list[Head]) -> str:
    """The text that is time-stamped: installation, then stream, seq and hash, a line each."""
    lines = [f"{head.stream} {head.seq} {head.hash}" for head in found if head.seq]
    return "\n".join([f"dean06-heads-1 {name}", *lines])


def mismatches() -> Iterator[Mismatch]:
    """Rows that differ from their link, in a wide scope. Columns that a later version added do not count."""
    for kind, table in KINDS.items():
        with connection.cursor() as cursor:
            cursor.execute("set local timezone = 'UTC'")  # as the trigger wrote the payloads
            cursor.execute(_MISMATCH.format(kind=kind, table=table), [])
            for _kind, entry, stream, seq, unlinked in cursor.fetchall():
                yield Mismatch(table, entry, stream, seq, unlinked)


def forget_usage(before: datetime) -> int:
    """Erase what links of usage rows older than `before` say; their hashes stay, so chains still hold.

    For the retention job of core.usage, in its transaction and a wide scope; gives how many were erased.
    """
    with connection.cursor() as cursor:
        cursor.execute("select audit_forget(%s)", [before])
        return int(cursor.fetchone()[0])
