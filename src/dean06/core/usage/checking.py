"""Whether both logs still say what was written: every row against its link, every look against its people."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from dean06.core import clock
from dean06.core.access.scope import wide
from dean06.core.audit import chain
from dean06.core.audit.chain import Mismatch
from dean06.core.usage import recording

NOTE = "log-check.json"  # in the data directory: what the last nightly check found
PEOPLE = "usage_subject"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """When the logs were last compared with their chains, and how many rows differed."""

    at: datetime
    wrong: int


def mismatches() -> list[Mismatch]:
    """Rows that differ from their link, then looks (`table` usage_subject) whose people differ from the
    commitment in the linked row. In a wide scope."""
    people = [Mismatch(PEOPLE, number, None, None, unlinked=False) for number in recording.mismatches()]
    return [*chain.mismatches(), *people]


def run() -> int:
    """The nightly check: how many rows are wrong; each is a line in the program's log, the count a note."""
    with transaction.atomic(), wide("the log is checked as a whole"):
        found = mismatches()
    for one in found:
        _log.error("the log was changed: %s %s, %s %s", one.table, one.entry_id, one.stream, one.seq)
    told = {"at": clock.machine_now().isoformat(), "wrong": len(found)}
    place = Path(settings.DATA_DIR) / NOTE
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{NOTE}.part")
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(place)
    return len(found)


def last() -> Checked | None:
    """None when no check has been made from this data directory, or its note cannot be read."""
    try:
        note = json.loads((Path(settings.DATA_DIR) / NOTE).read_text(encoding="utf-8"))
        return Checked(datetime.fromisoformat(note["at"]), int(note["wrong"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
