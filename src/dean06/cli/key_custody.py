"""`dean06 keys export`, `dean06 keys import`: a copy of the keys for the day the machine is lost."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from dean06.cli.output import JsonOption, print_json, say
from dean06.core.errors import NotFound
from dean06.runtime import archiving, custody, environment
from dean06.runtime.layout import Layout
from dean06.runtime.refusals import refused

FileArgument = Annotated[Path, typer.Argument(help="Tệp khóa / the file of keys.", show_default=False)]
StdinOption = Annotated[
    bool, typer.Option("--passphrase-stdin", help="Đọc cụm mật khẩu từ một dòng đầu vào / read one line.")
]


def export(file: FileArgument, passphrase_stdin: StdinOption = False, as_json: JsonOption = False) -> None:
    """Xuất mọi khóa vào một tệp niêm phong bằng cụm mật khẩu / all keys into a file under a passphrase."""
    from django.db import transaction

    from dean06.core import audit
    from dean06.core.access.actor import system_actor
    from dean06.core.access.scope import wide

    target, layout = file.absolute(), Layout(environment.read().data_dir)
    if not target.parent.is_dir():
        raise NotFound(f"Thư mục {target.parent} không tồn tại.")
    files = custody.gather(_keys(layout), archiving.key_path(layout))
    passphrase = _passphrase(passphrase_stdin, twice=True)
    with transaction.atomic(), wide("keys belong to no unit"):
        audit.record(
            actor=system_actor("dean06 keys export"),
            action="keys.export",
            object_type="key",
            object_id="all",
            unit_id=None,
            detail={"files": sorted(files)},
        )
        custody.seal(files, passphrase, target)
    if as_json:
        print_json({"file": target, "keys": sorted(files)})
    else:
        say(f"Đã xuất {len(files)} khóa vào {target}; cất tệp và cụm mật khẩu ở hai nơi khác nhau.")


def import_(file: FileArgument, passphrase_stdin: StdinOption = False, as_json: JsonOption = False) -> None:
    """Đưa khóa trở lại máy này; không ghi đè khóa khác / put keys back, never over other ones."""
    source, layout = file.absolute(), Layout(environment.read().data_dir)
    if not source.is_file():
        raise NotFound(f"Không có tệp {source}.")
    files = custody.open_sealed(source, _passphrase(passphrase_stdin, twice=False))
    fresh = custody.place(files, _keys(layout), archiving.key_path(layout))
    if as_json:
        print_json({"file": source, "new": fresh})
    else:
        say(f"Đã đưa {len(fresh)} khóa vào {layout.root}; {len(files) - len(fresh)} khóa đã có sẵn.")


def _keys(layout: Layout) -> Path:
    return Path(os.environ.get("KEYS_DIR") or layout.root / "keys")


def _passphrase(from_stdin: bool, *, twice: bool) -> str:
    """Raises Invalid where nobody can be asked, or the two answers differ."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise refused(
            "Không có cửa sổ lệnh để hỏi cụm mật khẩu; hãy dùng --passphrase-stdin.",
            "There is no terminal to ask for the passphrase; use --passphrase-stdin.",
        )
    first = getpass.getpass("Cụm mật khẩu (passphrase): ")
    if twice and getpass.getpass("Nhập lại (again): ") != first:
        raise refused("Hai lần nhập không giống nhau.", "The two entries differ.")
    return first
