"""The process that seals WAL into the archive while the server runs (`python -m dean06.runtime.archiver`).

A segment is stored only after the photos that its rows may name: a photo's file is on the disk before its row
is committed, so all of them lie in the media folder when the segment is handed over.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

import psycopg

from dean06.core.errors import Invalid
from dean06.runtime import archiving, basebackup, environment, walfile
from dean06.runtime.account import service_account
from dean06.runtime.database import embedded_urls
from dean06.runtime.desk import Desk
from dean06.runtime.failures import StartError
from dean06.runtime.layout import Layout
from dean06.runtime.process import exit_after_parent
from dean06.runtime.store import MEDIA, WAL, Base, Store

EVERY_HOURS = 24  # between base backups; BASE_BACKUP_HOURS
KEPT = 7  # base backups; BASE_BACKUPS_KEPT
_LOOK = 0.05  # seconds between looks at the desk
_LOOK_BASE = 60.0  # seconds between looks at the base backups
_LOOK_PHOTOS = 10.0  # seconds, where the segments do not pass through here
_SETTLED = 2.0  # seconds: a folder changed later than this before a look may change again unseen
_ORPHANED = 5.0
_NO_BASE = "bản nền"
_log = logging.getLogger("dean06.archiver")


class Photos:
    """Copies what is new in the media folder; unchanged folders are not listed again."""

    def __init__(self, media: Path, store: Store) -> None:
        self._media, self._store = media, store
        self._seen: dict[Path, float] = {}

    def sync(self) -> int:
        """Store every file that is not stored yet; how many. Raises as `Store.put` does."""
        return self._folder(self._media) if self._media.is_dir() else 0

    def _folder(self, folder: Path) -> int:
        count, began, changed = 0, time.time(), folder.stat().st_mtime
        listed = self._seen.get(folder) != changed
        for entry in sorted(folder.iterdir()) if listed else ():
            if entry.is_file() and not entry.name.startswith("."):
                count += self._file(entry)
        for entry in sorted(folder.iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                count += self._folder(entry)
        if began - changed > _SETTLED:
            self._seen[folder] = changed
        return count

    def _file(self, path: Path) -> int:
        name = path.relative_to(self._media).as_posix()
        if self._store.has(MEDIA, name):  # files are named by their content
            return 0
        try:
            return int(self._store.put(MEDIA, name, path))
        except FileNotFoundError:  # an orphan that was cleaned meanwhile
            return 0


def seal(store: Store, photos: Photos, source: Path, name: str) -> bool:
    """Store one file of WAL and all photos before it. Raises Invalid, OSError; then nothing was stored."""
    walfile.check(source, name, store.system)
    photos.sync()
    return store.put(WAL, name, source)


def catch_up(layout: Layout, store: Store) -> int:
    """Store what a server that no longer runs had left to be archived; how many files."""
    photos, count = Photos(layout.media, store), 0
    for mark in sorted((layout.cluster / "pg_wal" / "archive_status").glob("*.ready")):
        source = layout.cluster / "pg_wal" / mark.stem
        if source.exists():
            count += seal(store, photos, source, mark.stem)
    return count


class Archiver:
    """Answers the server's slips, and makes a base backup when one is due.

    Without a desk the server is an external one, which calls `dean06 archive-wal` itself: photos are copied
    every ten seconds then.
    """

    def __init__(
        self, layout: Layout, choice: archiving.Choice, store: Store, desk: Desk | None, url: str
    ) -> None:
        self.layout, self.choice, self.store, self.desk, self.url = layout, choice, store, desk, url
        self.photos = Photos(layout.media, store)
        self.state = archiving.state(layout)
        self.stopping = False
        self._base: threading.Thread | None = None
        self._looked, self._copied = -_LOOK_BASE, 0.0

    def step(self) -> None:
        """One look at the desk, and at times at the base backups."""
        now = time.monotonic()
        self._answer()
        if self.desk is None and now - self._copied >= _LOOK_PHOTOS:
            self._copied = now
            self._copy_photos()
        if now - self._looked >= _LOOK_BASE and (self._base is None or not self._base.is_alive()):
            self._looked = now
            self._base = threading.Thread(target=self._bases, name="base-backup", daemon=True)
            self._base.start()

    def _answer(self) -> None:
        if self.desk is not None:
            for name in self.desk.asked():
                self._one(self.desk, name)

    def _copy_photos(self) -> None:
        try:
            self.photos.sync()
        except (Invalid, OSError) as error:
            _log.exception("photos were not archived")
            self._note(problem=f"ảnh: {error}")
        else:
            self._well()

    def _well(self) -> None:
        """Whatever stopped segments is over; a base backup that failed is not."""
        if self.state.problem and not self.state.problem.startswith(_NO_BASE):
            self._note(problem="")

    def _one(self, desk: Desk, name: str) -> None:
        source = self.layout.cluster / "pg_wal" / name

        def serve(_half: Path) -> bool:
            return seal(self.store, self.photos, source, name) or True

        try:
            desk.answer(name, serve)
        except (Invalid, OSError) as error:
            _log.exception("%s was not archived", name)
            self._note(problem=f"{name}: {error}")
        else:
            self._well()

    def _bases(self) -> None:
        since = datetime.fromisoformat(self.choice.since)
        try:
            if basebackup.is_due(
                self.store, since, timedelta(hours=_number("BASE_BACKUP_HOURS", EVERY_HOURS))
            ):
                self.make_base()
        except (StartError, Invalid, OSError, psycopg.Error) as error:
            _log.exception("no base backup")
            self._note(problem=f"{_NO_BASE}: {error}")

    def make_base(self) -> Base:
        """Make a base backup now, and let the oldest go. Raises as `basebackup.make` does."""
        made = basebackup.make(self.url, self.store)
        self._note(base_at=made.at.isoformat(), base_bytes=self.store.size("base", made.name), problem="")
        basebackup.prune(self.store, _number("BASE_BACKUPS_KEPT", KEPT), self.layout.media)
        return made

    def _note(self, *, problem: str, base_at: str = "", base_bytes: int = 0) -> None:
        at, size = (base_at, base_bytes) if base_at else (self.state.base_at, self.state.base_bytes)
        self.state = archiving.State(at, size, problem)
        archiving.note_state(self.layout, self.state)

    def run(self) -> None:
        """Until told to stop; the slips that lie there then are answered first."""
        while not self.stopping:
            self.step()
            time.sleep(_LOOK)
        self._answer()


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        _log.error("%s=%s is no positive number; %s holds", variable, text, default)
        return default
    return int(text)


def main() -> None:
    """Archive for the server of DATA_DIR or DATABASE_URL until SIGTERM."""
    exit_after_parent(_ORPHANED)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    chosen = environment.read()
    layout = Layout(chosen.data_dir)
    choice = archiving.remembered(layout)
    if choice is None:
        return
    key, _made = archiving.sealing_key(layout)
    if chosen.database_url is not None:
        store = Store(Path(choice.folder), basebackup.system_of_server(chosen.database_url), key)
        working = Archiver(layout, choice, store, None, chosen.database_url)
    else:
        desk = Desk(archiving.desk_folder(layout), service_account(layout.cluster))
        desk.open()
        url = embedded_urls(layout.root).owner
        working = Archiver(layout, choice, archiving.store(layout, choice, key), desk, url)

    def ask(_number: int, _frame: FrameType | None) -> None:
        working.stopping = True

    signal.signal(signal.SIGTERM, ask)
    working.run()


if __name__ == "__main__":
    main()
