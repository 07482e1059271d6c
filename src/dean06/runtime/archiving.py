"""Whether and where WAL is archived; remembered in the data directory, so that no command forgets it.

A command started without the variables must not run the server with archiving off: the segments of that time
would be missing for ever. `PITR=0` alone switches it off.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from dean06.runtime.failures import Exit, StartError
from dean06.runtime.layout import Layout
from dean06.runtime.sealed import BackupKey, load_key, make_key
from dean06.runtime.store import Store
from dean06.runtime.walfile import system_of_cluster

TIMEOUT = 60  # seconds after which a segment that is not full is archived
_NOTE = "archive.json"
STATE = "archive-state.json"  # read by core.operations.queries
_DESK = "wal-desk"


@dataclass(frozen=True, slots=True)
class Choice:
    """The archive lies in `folder`; nothing before `since` (ISO) can be relied on without a base backup."""

    folder: str
    since: str


@dataclass(frozen=True, slots=True)
class State:
    """How archiving goes: the newest base backup, and what stops segments now (empty: nothing)."""

    base_at: str = ""
    base_bytes: int = 0
    problem: str = ""


def choose(layout: Layout, variables: Mapping[str, str] | None = None) -> Choice | None:
    """The choice of PITR and ARCHIVE_DIR, or the remembered one; None when WAL is not archived.

    Raises StartError for a malformed variable.
    """
    given = os.environ if variables is None else variables
    wanted, folder = given.get("PITR") or "", given.get("ARCHIVE_DIR") or ""
    if wanted not in ("", "0", "1") or (wanted == "0" and folder):
        raise StartError(
            Exit.PROGRAM,
            f"Biến môi trường PITR có giá trị «{wanted}» không hợp lệ; cần 0 hoặc 1 (0 thì bỏ ARCHIVE_DIR).",
            f"The variable PITR has the invalid value “{wanted}”; expected 0 or 1 (0 without ARCHIVE_DIR).",
        )
    known = remembered(layout)
    if wanted == "0":
        (layout.root / _NOTE).unlink(missing_ok=True)
        return None
    if not wanted and not folder:
        return known
    place = str(Path(folder).expanduser().absolute()) if folder else str(layout.root / "archive")
    if known is not None and known.folder == place:
        return known
    return remember(layout, place)


def remembered(layout: Layout) -> Choice | None:
    """The choice that the data directory remembers."""
    try:
        note = json.loads((layout.root / _NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Choice(str(note["folder"]), str(note["since"]))


def remember(layout: Layout, folder: str) -> Choice:
    """Archive into `folder` from now on: a new base backup comes first."""
    layout.root.mkdir(parents=True, exist_ok=True)
    made = Choice(folder, datetime.now(UTC).isoformat())
    _write(layout.root / _NOTE, asdict(made))
    return made


def note_state(layout: Layout, state: State) -> None:
    """For the page of operations and the metrics."""
    _write(layout.root / STATE, asdict(state))


def state(layout: Layout) -> State:
    """The last note; an empty one before the first."""
    try:
        note = json.loads((layout.root / STATE).read_text(encoding="utf-8"))
        return State(str(note["base_at"]), int(note["base_bytes"]), str(note["problem"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return State()


def options(command: str) -> dict[str, str]:
    """The server's settings; without a command segments are kept until somebody archives them."""
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_timeout": str(TIMEOUT),
        "archive_command": command,
    }


def desk_folder(layout: Layout) -> Path:
    """Where the server lays its slips (desk.py)."""
    return layout.root / _DESK


def store(layout: Layout, choice: Choice, key: BackupKey) -> Store:
    """The archive of the server of this data directory. Raises StartError when there is no server yet."""
    system = system_of_cluster(layout.cluster)
    if system is None:
        raise StartError(
            Exit.DATA_DIR,
            f"Không đọc được {layout.cluster}/global/pg_control.",
            f"{layout.cluster}/global/pg_control cannot be read.",
        )
    return Store(Path(choice.folder), system, key)


def key_path(layout: Layout, given: Path | None = None) -> Path:
    """The file of the backup key: the given one, BACKUP_KEY_FILE's, or the data directory's own."""
    return given or Path(os.environ.get("BACKUP_KEY_FILE") or layout.root / "backup.key")


def sealing_key(layout: Layout, given: Path | None = None) -> tuple[BackupKey, bool]:
    """The key that seals, and whether it was made just now, which is where none was named. Raises Invalid."""
    path = key_path(layout, given)
    if path.exists() or given or os.environ.get("BACKUP_KEY_FILE"):
        return load_key(path), False
    return make_key(path), True


def _write(path: Path, content: object) -> None:
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    with half.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
