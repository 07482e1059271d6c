"""`dean06 backup FILE`, `dean06 restore FILE`: the database and the photos as one sealed, verified file."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from dean06 import __version__
from dean06.cli import recovery
from dean06.cli.output import JsonOption, print_json, say
from dean06.core.errors import Conflict, Invalid, NotFound
from dean06.runtime import archive, archiving, checks, dump, environment, rehearsal, sealed
from dean06.runtime.database import DatabaseUrls, database
from dean06.runtime.layout import Layout
from dean06.runtime.refusals import refused

_NOTE = "backup.json"  # read by core.operations.queries

FileArgument = Annotated[
    Path | None, typer.Argument(help="Tệp sao lưu / the backup file.", show_default=False)
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", help="Tệp khóa sao lưu; mặc định DATA_DIR/backup.key / the backup key's file."),
]
VerifyOption = Annotated[
    bool,
    typer.Option("--verify", help="Khôi phục thử vào cụm tạm và so khớp / restore into a scratch server."),
]


def backup(
    file: FileArgument = None,
    verify: VerifyOption = False,
    base: Annotated[
        bool,
        typer.Option("--base", help="Bản nền cho khôi phục theo thời điểm / a base backup into ARCHIVE_DIR."),
    ] = False,
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sao lưu cơ sở dữ liệu và ảnh vào một tệp mã hóa / back up the database and the photos, encrypted."""
    if (file is None) is not base:
        raise _one_of("--base")
    if file is None:
        recovery.make_base(key, as_json=as_json)
    else:
        _backup(file.absolute(), verify, key, as_json=as_json)


def _one_of(option: str) -> Invalid:
    return refused(
        f"Hãy chỉ một tệp sao lưu hoặc {option}, không cả hai.", f"Name a backup file or {option}, not both."
    )


def _backup(target: Path, verify: bool, key: Path | None, *, as_json: bool) -> None:
    if not target.parent.is_dir():
        raise NotFound(f"Thư mục {target.parent} không tồn tại.")
    chosen = environment.read()
    checks.check_disk(target)
    layout = Layout(chosen.data_dir)
    with database(chosen) as urls:
        seal = _key_for_backup(layout, key)
        manifest = _write(urls, layout, target, seal)
        rows = _rehearse(target, layout, seal) if verify else None
    _note(layout, target, verified=verify)
    size, photos = target.stat().st_size, len(manifest.files) - 1
    if as_json:
        print_json({"file": target, "bytes": size, "photos": photos, "key": seal.id.hex(), "rows": rows})
        return
    say(f"Đã sao lưu vào {target}: {size:,} byte, {photos} ảnh, mã hóa bằng khóa {seal.id.hex()}.")
    if rows is not None:
        say(f"Đã khôi phục thử: {rows:,} dòng và các chuỗi nhật ký khớp với lúc sao lưu.")


def restore(
    file: FileArgument = None,
    force: Annotated[
        bool, typer.Option("--force", help="Thay thế dữ liệu đang có / replace the present data.")
    ] = False,
    to_time: Annotated[
        str,
        typer.Option(
            "--to-time", help='Từ kho lưu về một thời điểm, ví dụ "2026-11-23 10:00:00+07", hoặc latest.'
        ),
    ] = "",
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Khôi phục từ tệp sao lưu, toàn bộ hoặc không gì cả / restore a backup, wholly or not at all."""
    if (file is None) is not bool(to_time):
        raise _one_of("--to-time")
    if file is None:
        recovery.restore_to(to_time, key, as_json=as_json)
    else:
        _restore(file.absolute(), force, key, as_json=as_json)


def _restore(source: Path, force: bool, key: Path | None, *, as_json: bool) -> None:
    if not source.is_file():
        raise NotFound(f"Không có tệp {source}.")
    chosen = environment.read()
    checks.check_disk(chosen.data_dir)
    layout = Layout(chosen.data_dir)
    layout.root.mkdir(parents=True, exist_ok=True)
    with _opened(source, layout, _key_for_restore(source, layout, key)) as plain:
        manifest = archive.verify(plain)
        _refuse_newer(manifest)
        with database(chosen) as urls:
            _refuse_newer_server(manifest, urls.owner)
            photos = _replace(urls.owner, plain, layout, force=force)
    if as_json:
        print_json({"file": source, "created": manifest.created, "photos": photos})
    else:
        say(f"Đã khôi phục dữ liệu sao lưu lúc {manifest.created} cùng {photos} ảnh.")


def _key_for_backup(layout: Layout, given: Path | None) -> sealed.BackupKey:
    """The key; made the first time where none was named."""
    key, made = archiving.sealing_key(layout, given)
    if made:
        recovery.tell_new_key(archiving.key_path(layout))
    return key


def _key_for_restore(source: Path, layout: Layout, given: Path | None) -> sealed.BackupKey | None:
    """None for a backup of an earlier version, which was not encrypted."""
    return sealed.load_key(archiving.key_path(layout, given)) if sealed.is_sealed(source) else None


def _write(urls: DatabaseUrls, layout: Layout, target: Path, key: sealed.BackupKey) -> archive.Manifest:
    """The plain dump lies in the data directory, where the same data lie, never beside the backup."""
    with tempfile.TemporaryDirectory(dir=layout.root, prefix=".backup-") as folder:
        copy = Path(folder) / archive.DUMP
        with rehearsal.snapshot(urls.owner) as (connection, name):
            facts = archive.Facts(
                tuple(rehearsal.migrations(connection)),
                rehearsal.counts(connection),
                tuple(tuple(head) for head in rehearsal.heads(connection)),
            )
            dump.dump(urls.owner, copy, snapshot=name, without_rows=_present(facts))
        # Photos are written before the rows that name them: those of the dump are all in place by now.
        return archive.write(
            target,
            copy,
            layout.media,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            program=__version__,
            server=dump.server_major(urls.owner),
            facts=facts,
            key=key,
        )


def _present(facts: archive.Facts) -> list[str]:
    return [table for table in rehearsal.LEFT_OUT if table in facts.counts]


def _rehearse(target: Path, layout: Layout, key: sealed.BackupKey) -> int:
    """From the finished file, as a restore would read it."""
    with _opened(target, layout, key) as plain:
        manifest = archive.verify(plain)
        copy = plain.with_name("copy")
        archive.extract_dump(plain, copy)
        return rehearsal.rehearse(copy, dict(manifest.counts), [list(head) for head in manifest.heads])


def _note(layout: Layout, target: Path, *, verified: bool) -> None:
    """For the page of operations and the metrics: when the last backup was made."""
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    note = {"at": at, "bytes": target.stat().st_size, "encrypted": True, "verified": verified}
    half = layout.root / f".{_NOTE}.partial"
    half.write_text(json.dumps(note), encoding="utf-8")
    half.replace(layout.root / _NOTE)


@contextlib.contextmanager
def _opened(source: Path, layout: Layout, key: sealed.BackupKey | None) -> Iterator[Path]:
    """The plain tar for the time of the block."""
    if key is None:
        yield source
        return
    with tempfile.TemporaryDirectory(dir=layout.root, prefix=".restore-") as folder:
        plain = Path(folder) / "backup.tar"
        sealed.unseal(source, plain, key)
        yield plain


def _refuse_newer(manifest: archive.Manifest) -> None:
    """Raise Invalid for the data of a version of the program that knew more than this one."""
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dean06.config.settings")
    import django
    from django.db.migrations.loader import MigrationLoader

    django.setup()
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        raise Invalid(
            f"Bản sao lưu do phiên bản {manifest.program} tạo, có bước lược đồ {unknown[0]} mà phiên bản "
            f"{__version__} này chưa biết; hãy khôi phục bằng phiên bản đã tạo nó hoặc mới hơn."
        )


def _refuse_newer_server(manifest: archive.Manifest, url: str) -> None:
    """Raise Invalid for the dump of a newer PostgreSQL: it may not be readable here."""
    here = dump.server_major(url)
    if manifest.server > here:
        raise Invalid(
            f"Bản sao lưu lấy từ PostgreSQL {manifest.server}, máy chủ này là PostgreSQL {here}; "
            f"hãy khôi phục vào PostgreSQL {manifest.server} trở lên."
        )


def _replace(url: str, source: Path, layout: Layout, *, force: bool) -> int:
    """Put the verified backup in place; returns how many photos. Raises Conflict when data would be lost."""
    if not force and not dump.is_empty(url):
        raise Conflict("Cơ sở dữ liệu đang có dữ liệu; thêm --force nếu muốn thay thế toàn bộ.")
    if dump.others_connected(url):
        raise Conflict("Hệ thống đang chạy trên cơ sở dữ liệu này; hãy dừng «dean06 up» trước khi khôi phục.")
    with tempfile.TemporaryDirectory(dir=layout.root, prefix=".restore-") as folder:
        copy = Path(folder) / archive.DUMP
        archive.extract_dump(source, copy)
        photos = archive.extract_media(source, layout.media)
        dump.restore(url, copy)
    return photos
