"""Gives a recovering server the WAL it asks for, and notices when a piece in the middle is missing."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from dean06.core.errors import Invalid
from dean06.runtime import walfile
from dean06.runtime.desk import Desk
from dean06.runtime.refusals import refused
from dean06.runtime.store import WAL, Store


class Feeder:
    """Serves from the archive, then from `present`, the pg_wal of the server that is being replaced.

    The second holds what was committed after the last archived segment, when the machine still has it.
    """

    def __init__(self, store: Store, desk: Desk, present: Path | None) -> None:
        self._store, self._desk, self._present = store, desk, present
        names = set(store.names(WAL))
        if present is not None:
            names |= {path.name for path in present.iterdir() if path.is_file() and self._fits(path)}
        self.known = frozenset(name for name in names if walfile.is_segment(name))

    def step(self) -> int:
        """Answer what is asked; how many files were given. Raises Invalid: one missing, changed, foreign."""
        return sum(self._desk.answer(name, partial(self._give, name)) for name in self._desk.asked())

    def missing(self, name: str) -> bool:
        """Whether a segment is absent although later ones of its timeline are there."""
        if not walfile.is_segment(name) or name in self.known:
            return False
        return any(other[:8] == name[:8] and other > name for other in self.known)

    def _give(self, name: str, half: Path) -> bool:
        if self._store.has(WAL, name):
            self._store.get(WAL, name, half)
            walfile.check(half, name, self._store.system)
            return True
        near = self._present / name if self._present else None
        if near is not None and near.is_file() and self._fits(near):
            shutil.copyfile(near, half)
            half.chmod(0o600)
            return True
        if self.missing(name):
            raise refused(
                f"Kho lưu thiếu đoạn WAL {name} dù có các đoạn sau nó; không khôi phục qua chỗ thiếu được.",
                f"The archive lacks the WAL segment {name} but holds later ones; a gap cannot be passed.",
            )
        return False

    def _fits(self, path: Path) -> bool:
        """PostgreSQL keeps old segments under names of the future; their first page tells."""
        try:
            return not walfile.is_segment(path.name) or not walfile.misfit(
                path, path.name, self._store.system
            )
        except (OSError, Invalid):
            return False


def ancestry(store: Store, history: str | None) -> dict[int, str]:
    """Timelines that lead to the newest one: number → the segment where it was left ("" for the newest).

    `history` is the text of the newest history file (None without one): parent, position, why.
    """
    newest = max((int(name[:8], 16) for name in store.names(WAL) if name.endswith(".history")), default=1)
    found = {newest: ""}
    for line in (history or "").splitlines():
        parts = line.split()
        if len(parts) >= 2 and parts[0].isdigit():
            high, _, low = parts[1].partition("/")
            found[int(parts[0])] = f"{int(high, 16):08X}{int(low, 16) >> 24:08X}"
    return found
