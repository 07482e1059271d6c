"""The continuous archive: base backups, recovery to a moment, the two commands an external server calls."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from dean06.cli.output import print_json, say
from dean06.core.errors import Conflict, Invalid
from dean06.runtime import archiving, basebackup, checks, environment, recovery
from dean06.runtime.archiver import Archiver, Photos, seal
from dean06.runtime.database import database
from dean06.runtime.failures import Exit, StartError
from dean06.runtime.layout import Layout
from dean06.runtime.refusals import refused
from dean06.runtime.sealed import load_key
from dean06.runtime.store import WAL, WAL_NAME, Store
from dean06.runtime.walfile import check, system_of_cluster

LATEST = "latest"
_ABSENT = 1  # what PostgreSQL takes for "no such file"
_HERE = ZoneInfo("Asia/Ho_Chi_Minh")
_BROKEN = 200  # any code above 125 makes PostgreSQL stop the recovery instead of going on without the file


def tell_new_key(path: Path) -> None:
    """What the operator must do with a key that was made just now."""
    say(f"Đã tạo khóa sao lưu {path}; hãy cất một bản ở nơi khác: mất khóa thì không khôi phục được.")
    say(f"Made the backup key {path}; keep a copy elsewhere: nothing can be restored without it.")


def make_base(key: Path | None, *, as_json: bool) -> None:
    """`dean06 backup --base`. Raises StartError when nothing is archived, or pg_basebackup refuses."""
    chosen = environment.read()
    layout = Layout(chosen.data_dir)
    choice = archiving.choose(layout)
    if choice is None:
        raise _nothing_archived()
    seal_key, made = archiving.sealing_key(layout, key)
    if made:
        tell_new_key(archiving.key_path(layout))
    with database(chosen) as urls:
        system = basebackup.system_of_server(urls.owner)
        store = Store(Path(choice.folder), system, seal_key)
        Photos(layout.media, store).sync()
        worker = Archiver(layout, choice, store, None, urls.owner)
        base = worker.make_base()
    size = store.size("base", base.name)
    if as_json:
        print_json({"base": base.name, "at": base.at, "bytes": size, "folder": store.folder})
    else:
        say(f"Đã tạo bản nền {base.name} trong {store.folder}: {size:,} byte.")


def restore_to(moment: str, key: Path | None, *, as_json: bool) -> None:
    """`dean06 restore --to-time`. Raises as `recovery.recover` does."""
    target = parse_moment(moment)
    chosen = environment.read()
    layout = Layout(chosen.data_dir)
    if chosen.database_url is not None:
        raise _external()
    choice = archiving.choose(layout)
    if choice is None:
        raise _nothing_archived()
    checks.check_disk(chosen.data_dir)
    sealing = load_key(archiving.key_path(layout, key))
    done = recovery.recover(layout, Path(choice.folder), sealing, target)
    if as_json:
        print_json(done)
        return
    say(f"Đã khôi phục đến giao dịch cuối lúc {done.last}: {done.rows:,} dòng, thêm {done.photos} ảnh.")
    if done.kept is not None:
        say(f"Dữ liệu trước đó được giữ tại {done.kept}; hãy xóa khi không cần nữa.")


def parse_moment(text: str) -> dt.datetime | None:
    """None for "latest"; a time without a zone is that of Viet Nam. Raises Invalid."""
    if text == LATEST:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise refused(
            f"Thời điểm «{text}» không đọc được; ví dụ: 2026-11-23 10:00:00+07, hoặc latest.",
            f"The time “{text}” is not understood; for example 2026-11-23 10:00:00+07, or latest.",
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=_HERE)


def restore_base(
    folder: Annotated[Path, typer.Argument(help="Thư mục mới / a folder that does not exist yet.")],
    to_time: Annotated[str, typer.Option("--to-time", help="Như của restore / as of restore.")] = LATEST,
    key: Annotated[Path | None, typer.Option("--key", help="Tệp khóa sao lưu / the backup key.")] = None,
) -> None:
    """Mở bản nền của máy chủ ngoài thành thư mục dữ liệu / unpack a base backup of an external server."""
    target = parse_moment(to_time)
    layout = Layout(environment.read().data_dir)
    choice = archiving.choose(layout)
    if choice is None:
        raise _nothing_archived()
    if folder.exists():
        raise Conflict(f"Đã có {folder}; hãy chỉ một thư mục mới (it exists; name a new folder).")
    sealing = load_key(archiving.key_path(layout, key))
    store = recovery.choose_store(layout, Path(choice.folder), sealing)
    base = recovery.choose_base(store, target)
    recovery.unpack(store, base, folder.absolute(), None)
    photos = recovery.place_photos(store, layout.media)
    say(f"Đã mở bản nền {base.name} vào {folder}, thêm {photos} ảnh.")
    say("Tiếp theo đặt: restore_command = 'dean06 restore-wal %f %p', recovery_target_action = promote")
    if target is not None:
        say(f"và recovery_target_time = '{target.isoformat()}' (docs/operations.md).")


def archive_wal(
    path: Annotated[Path, typer.Argument(metavar="%p", help="Đường dẫn đoạn WAL / path of the segment.")],
) -> None:
    """Lưu một đoạn WAL của máy chủ ngoài (archive_command) / archive a segment of an external server."""
    store = _external_store()
    seal(store, Photos(_media(), store), path.absolute(), _wal_name(path.name))


def restore_wal(
    name: Annotated[str, typer.Argument(metavar="%f", help="Tên đoạn WAL / name of the segment.")],
    target: Annotated[Path, typer.Argument(metavar="%p", help="Nơi ghi / where to write it.")],
) -> None:
    """Lấy lại một đoạn WAL (restore_command); mã 1 khi không có / give a segment back; code 1 without it."""
    store = _external_store()
    if not store.has(WAL, _wal_name(name)):
        raise typer.Exit(_ABSENT)
    half = target.absolute().with_name(f".{name}.partial")
    half.unlink(missing_ok=True)
    try:
        store.get(WAL, name, half)
        check(half, name, store.system)
    except (Invalid, OSError) as error:
        half.unlink(missing_ok=True)
        say(str(error))
        raise typer.Exit(_BROKEN) from error
    half.rename(target)


def _external_store() -> Store:
    """PostgreSQL runs these commands in its data directory. Raises StartError, Invalid."""
    folder, key = os.environ.get("ARCHIVE_DIR") or "", os.environ.get("BACKUP_KEY_FILE") or ""
    system = system_of_cluster(Path.cwd())
    if not folder or not key or system is None:
        raise StartError(
            Exit.PROGRAM,
            "Lệnh này do PostgreSQL gọi trong thư mục dữ liệu của nó; cần ARCHIVE_DIR và BACKUP_KEY_FILE.",
            "PostgreSQL calls this command in its data directory; it needs ARCHIVE_DIR and BACKUP_KEY_FILE.",
        )
    return Store(Path(folder).absolute(), system, load_key(Path(key)))


def _media() -> Path:
    """Where this machine holds the photos too, they go along; DATA_DIR names it."""
    return Layout(Path(os.environ.get("DATA_DIR") or "/nonexistent")).media


def _wal_name(name: str) -> str:
    if not WAL_NAME.fullmatch(name):
        raise refused(f"«{name}» không phải tên tệp WAL.", f"“{name}” is no name of a WAL file.")
    return name


def _nothing_archived() -> StartError:
    return StartError(
        Exit.PROGRAM,
        "Chưa bật lưu WAL liên tục; hãy đặt PITR=1 hoặc ARCHIVE_DIR.",
        "WAL is not archived; set PITR=1 or ARCHIVE_DIR.",
    )


def _external() -> StartError:
    return StartError(
        Exit.PROGRAM,
        "Máy chủ ngoài (DATABASE_URL) được khôi phục theo thời điểm bằng restore_command của chính nó: "
        "xem docs/operations.md.",
        "An external server (DATABASE_URL) is recovered by its own restore_command: see docs/operations.md.",
    )
