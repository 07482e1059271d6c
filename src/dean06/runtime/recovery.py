"""Point-in-time recovery: a base backup, the WAL after it, the checks, and only then the exchange.

Everything happens beside the present data; until the last step nothing of them changes, and the exchanged
cluster is kept.
"""

from __future__ import annotations

import ctypes
import os
import re
import secrets
import shutil
import signal
import subprocess
import tarfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from dean06.core.errors import Conflict
from dean06.runtime import archiving, cluster, process, rehearsal
from dean06.runtime.account import service_account
from dean06.runtime.archiver import catch_up
from dean06.runtime.binaries import find
from dean06.runtime.desk import Desk
from dean06.runtime.feeder import Feeder, ancestry
from dean06.runtime.layout import Layout
from dean06.runtime.locks import FileLock
from dean06.runtime.logs import open_log
from dean06.runtime.postgres import DEFAULT_OPTIONS, answers, socket_url
from dean06.runtime.process import Account
from dean06.runtime.refusals import refused
from dean06.runtime.sealed import BackupKey
from dean06.runtime.store import BASE, MEDIA, WAL, Base, Store
from dean06.runtime.walfile import system_of_cluster

_LAST = re.compile(r"last completed transaction was at log time (\S+ \S+)")
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_FDCWD = -100


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came back: the base it began with, the last transaction, rows, photos; where the old data are."""

    base: datetime
    last: datetime | None
    rows: int
    photos: int
    kept: Path | None


def choose_store(layout: Layout, folder: Path, key: BackupKey) -> Store:
    """The archive of this data directory's server; of another one when it is the only one in `folder`.

    Raises Invalid where there is none, or several and none is ours.
    """
    systems = [int(path.name) for path in folder.glob("*") if path.name.isdigit() and (path / BASE).is_dir()]
    mine = system_of_cluster(layout.cluster)
    if mine in systems and mine is not None:
        return Store(folder, mine, key)
    if len(systems) == 1:
        return Store(folder, systems[0], key)
    listed = ", ".join(map(str, sorted(systems))) or "–"
    raise refused(
        f"Kho lưu {folder} không có đúng một máy chủ để khôi phục (hiện có: {listed}).",
        f"The archive {folder} does not hold exactly one server to restore (it holds: {listed}).",
    )


def choose_base(store: Store, target: datetime | None) -> Base:
    """The newest base backup before `target` on the way to the newest timeline. Raises Invalid: none."""
    histories = [name for name in store.names(WAL) if name.endswith(".history")]
    history = _Text()
    if histories:
        store.read(WAL, histories[-1], history)
    way = ancestry(store, history.text)
    usable = [
        base
        for base in store.bases()
        if base.timeline in way and (not way[base.timeline] or base.start[8:] <= way[base.timeline])
    ]
    if not usable:
        raise refused(
            f"Kho lưu {store.folder} không có bản nền nào.",
            f"The archive {store.folder} holds no base backup.",
        )
    before = [base for base in usable if target is None or base.at <= target]
    if not before:
        raise refused(
            f"Thời điểm {target} trước bản nền cũ nhất trong kho lưu; sớm nhất có thể là {usable[0].at}.",
            f"The time {target} is before the oldest base backup; the earliest possible is {usable[0].at}.",
        )
    return before[-1]


def recover(layout: Layout, folder: Path, key: BackupKey, target: datetime | None) -> Recovered:
    """Bring the data back as they were at `target` (None: the last archived moment).

    Raises Conflict while the system runs; Invalid: wrong key, a segment missing or changed, a time outside
    the archive, a broken log; StartError of the machine. Then nothing has changed.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(layout.root / "owner.lock")
    if not lock.acquire(timeout=2.0):
        raise Conflict(
            "Hệ thống đang chạy trên thư mục dữ liệu này; hãy dừng «dean06 up» trước khi khôi phục."
        )
    scratch = Layout(layout.root / f".pitr-{secrets.token_hex(4)}")
    try:
        return _recover(layout, scratch, choose_store(layout, folder, key), target)
    finally:
        shutil.rmtree(scratch.root, ignore_errors=True)
        lock.release()


def _recover(layout: Layout, scratch: Layout, store: Store, target: datetime | None) -> Recovered:
    account = service_account(layout.cluster)
    layout.prepare(account)
    present = layout.cluster / "pg_wal" if system_of_cluster(layout.cluster) == store.system else None
    if present is not None:
        cluster.clear_leftovers(layout.cluster)
        catch_up(layout, store)
    base = choose_base(store, target)
    scratch.prepare(account)
    unpack(store, base, scratch.cluster, account)
    cluster.clear_leftovers(scratch.cluster)  # who may connect is this machine's matter, not the base's
    desk = Desk(archiving.desk_folder(scratch), account)
    desk.open()
    server = _start(scratch, desk, account, target)
    try:
        _replay(server, scratch, Feeder(store, desk, present), target)
        url = socket_url(scratch, cluster.OWNER)
        last, rows = _check(url, store, layout.media)
    finally:
        process.stop(server, (signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))
    photos = place_photos(store, layout.media)
    kept = exchange(scratch.cluster, layout.cluster)
    archiving.remember(layout, str(store.folder.parent))  # a new timeline wants a base backup of its own
    return Recovered(base.at, last, rows, photos, kept)


def unpack(store: Store, base: Base, folder: Path, account: Account | None) -> None:
    """The base backup as a data directory that the server's account owns, ready to recover.

    Raises Invalid: another key, changed; FileExistsError when `folder` is there already.
    """
    folder.mkdir(mode=0o700)
    plain = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tar")
    try:
        store.get(BASE, base.name, plain)
        with tarfile.open(plain) as archive:
            archive.extractall(folder, filter="data")
    finally:
        plain.unlink(missing_ok=True)
    (folder / "recovery.signal").touch(mode=0o600)
    if account is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    folder.chmod(0o700)


def _start(
    scratch: Layout, desk: Desk, account: Account | None, target: datetime | None
) -> subprocess.Popen[bytes]:
    binaries = find(cluster.major_of_cluster(scratch.cluster), account, scratch.stage)
    options = {
        **DEFAULT_OPTIONS,
        **archiving.options(""),
        "hot_standby": "off",
        "restore_command": desk.restore_command,
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
    }
    if target is not None:
        options["recovery_target_time"] = target.astimezone(UTC).isoformat()
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    with open_log(scratch.logs / "postgres.log") as sink:
        return process.spawn(
            [binaries.program("postgres"), "-D", scratch.cluster, "-k", scratch.sockets, *arguments],
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            log=sink,
            account=account,
            death_signal=signal.SIGQUIT,
            folder=Path("/"),
        )


def _replay(
    server: subprocess.Popen[bytes], scratch: Layout, feeder: Feeder, target: datetime | None
) -> None:
    """Feed the server until it has promoted itself. Raises Invalid when it gives up."""
    url = socket_url(scratch, cluster.OWNER, "postgres")
    looked = time.monotonic()
    while server.poll() is None:
        if feeder.step() == 0:
            time.sleep(0.02)
        if time.monotonic() - looked > 0.3:
            if answers(url):
                return
            looked = time.monotonic()
    report = (scratch.logs / "postgres.log").read_text(encoding="utf-8", errors="replace")
    last = _LAST.search(report)
    if "recovery ended before configured recovery target was reached" in report:
        when = last[1] if last else "?"
        raise refused(
            f"Thời điểm {target} sau giao dịch cuối cùng trong kho lưu ({when}); "
            "muốn về thời điểm cuối cùng: --to-time latest.",
            f"The time {target} is after the last transaction of the archive ({when}); "
            "to go to the last moment: --to-time latest.",
        )
    raise cluster.explain(report, scratch.cluster)


def _check(url: str, store: Store, media: Path) -> tuple[datetime | None, int]:
    """The last transaction, and the rows; nobody's session goes on. Raises Invalid: log, photo missing."""
    with psycopg.connect(url) as connection:
        row = connection.execute("select pg_last_xact_replay_timestamp()").fetchone()
        rehearsal.check_chains(connection)
        for table in rehearsal.LEFT_OUT:
            if table in rehearsal.counts(connection):
                connection.execute(f"delete from {table}")  # noqa: S608 - names of our own
        for digest in rehearsal.photos(connection):
            name = f"photos/{digest[:2]}/{digest}.jpg"
            if not store.has(MEDIA, name) and not (media / name).exists():
                raise refused(
                    f"Kho lưu thiếu ảnh {name} mà dữ liệu khôi phục có nhắc đến.",
                    f"The archive lacks the photo {name} that the restored data name.",
                )
        return row[0] if row else None, sum(rehearsal.counts(connection).values())


def place_photos(store: Store, media: Path) -> int:
    """Put the archived photos that `media` lacks in place, each whole; how many. Raises as `Store.get`."""
    count = 0
    for name in store.names(MEDIA):
        target = media / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
            store.get(MEDIA, name, half)
            half.rename(target)
            count += 1
    return count


def exchange(fresh: Path, present: Path) -> Path | None:
    """Put `fresh` in the place of `present` in one step of the file system; where the old one is kept.

    None when there was none. Raises OSError.
    """
    if not present.exists():
        fresh.rename(present)
        return None
    kept = present.with_name(f"{present.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (_AT_FDCWD, os.fsencode(fresh), _AT_FDCWD, os.fsencode(present), _EXCHANGE)
    if hasattr(libc, "renameat2") and libc.renameat2(*arguments) == 0:
        fresh.rename(kept)
        return kept
    present.rename(kept)  # a system or file system without the exchange
    fresh.rename(present)
    return kept


class _Text:
    text = ""

    def write(self, data: bytes, /) -> int:
        self.text += data.decode("ascii", "replace")
        return len(data)
