"""`dean06 backup FILE` and `dean06 restore FILE`: the database and the photos as one verified file."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from dean06 import __version__
from dean06.cli.output import JsonOption, print_json, say
from dean06.core.errors import Conflict, NotFound
from dean06.runtime import archive, checks, dump, environment
from dean06.runtime.database import database
from dean06.runtime.layout import Layout

FileArgument = Annotated[Path, typer.Argument(help="Tệp sao lưu (.tar) / the backup file.")]


def backup(file: FileArgument, as_json: JsonOption = False) -> None:
    """Sao lưu cơ sở dữ liệu và ảnh vào một tệp / back up the database and the photos."""
    target = file.absolute()
    if not target.parent.is_dir():
        raise NotFound(f"Thư mục {target.parent} không tồn tại.")
    chosen = environment.read()
    checks.check_disk(target)
    with (
        database(chosen) as urls,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".dean06-") as folder,
    ):
        copy = Path(folder) / archive.DUMP
        dump.dump(urls.owner, copy)
        # Photos are written before the rows that name them: those of the dump are all in place by now.
        manifest = archive.write(
            target,
            copy,
            Layout(chosen.data_dir).media,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            program=__version__,
            server=dump.server_major(urls.owner),
        )
    size = target.stat().st_size
    if as_json:
        print_json({"file": target, "bytes": size, "photos": len(manifest.files) - 1})
    else:
        say(f"Đã sao lưu vào {target}: {size:,} byte, {len(manifest.files) - 1} ảnh.")


def restore(
    file: FileArgument,
    force: Annotated[
        bool, typer.Option("--force", help="Thay thế dữ liệu đang có / replace the present data.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Khôi phục từ tệp sao lưu, toàn bộ hoặc không gì cả / restore a backup, wholly or not at all."""
    source = file.absolute()
    if not source.is_file():
        raise NotFound(f"Không có tệp {source}.")
    manifest = archive.verify(source)
    chosen = environment.read()
    checks.check_disk(chosen.data_dir)
    with database(chosen) as urls:
        photos = _replace(urls.owner, source, Layout(chosen.data_dir), force=force)
    if as_json:
        print_json({"file": source, "created": manifest.created, "photos": photos})
    else:
        say(f"Đã khôi phục dữ liệu sao lưu lúc {manifest.created} cùng {photos} ảnh.")


def _replace(url: str, source: Path, layout: Layout, *, force: bool) -> int:
    """Put the verified backup in place; returns how many photos. Raises Conflict when data would be lost."""
    if not force and not dump.is_empty(url):
        raise Conflict("Cơ sở dữ liệu đang có dữ liệu; thêm --force nếu muốn thay thế toàn bộ.")
    if dump.others_connected(url):
        raise Conflict("Hệ thống đang chạy trên cơ sở dữ liệu này; hãy dừng «dean06 up» trước khi khôi phục.")
    layout.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=layout.root, prefix=".restore-") as folder:
        copy = Path(folder) / archive.DUMP
        archive.extract_dump(source, copy)
        photos = archive.extract_media(source, layout.media)
        dump.restore(url, copy)
    return photos
