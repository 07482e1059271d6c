"""`dean06 audit`: exports that anybody can check, time stamps; `dean06 verify-log`, without a database."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from dean06.cli.output import JsonOption, print_json, print_table, say
from dean06.core.errors import Conflict, Invalid

if TYPE_CHECKING:
    from dean06.core.audit.chain import Mismatch

app = typer.Typer(no_args_is_help=True, help="Nhật ký: xuất, neo thời gian, đối chiếu / the audit log.")


@contextlib.contextmanager
def _everything() -> Iterator[None]:
    """One transaction that sees every unit: the command line belongs to the operator of the machine."""
    from django.db import transaction

    from dean06.core.access.scope import wide

    with transaction.atomic(), wide("operator's command"):
        yield


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Tệp .jsonl; không nêu thì in ra / the file.")] = None,
    after: Annotated[
        Path | None,
        typer.Option("--after", help="Tệp xuất trước: chỉ xuất phần tiếp theo / what follows it."),
    ] = None,
    since: Annotated[
        dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Từ ngày / from this day.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Xuất nhật ký để người khác kiểm tra được / export both logs so that others can check them."""
    from dean06.core.access.actor import system_actor
    from dean06.core.audit.export import export as write

    if after and since:
        raise Invalid("Chỉ nêu một trong hai: --after hoặc --from.")
    ends = _ends(after) if after else None
    with _whole(file) as out:
        done = write(
            actor=system_actor("dean06 audit export"),
            write=out.write,
            after=ends,
            since=since.date() if since else None,
        )
    told = {"file": file, "records": done.records, "anchors": done.anchors, "sha256": done.sha256}
    if as_json and file is not None:
        print_json(told | {"key": done.key})
    else:
        say(f"Đã xuất {done.records} bản ghi, {done.anchors} mốc neo. Kiểm tra bằng: dean06 verify-log TỆP")


def _ends(path: Path) -> dict[str, int]:
    """Stream → last seq of an earlier export. Raises Invalid."""
    try:
        footer = json.loads(path.read_bytes().rstrip(b"\n").rpartition(b"\n")[2])
        return {stream: int(end["last"]) for stream, end in footer["streams"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Invalid(f"Không đọc được phần cuối của tệp xuất trước “{path}”.") from error


@contextlib.contextmanager
def _whole(file: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file (mode 0600) that takes its place only once it is whole."""
    if file is None:
        yield sys.stdout.buffer
        return
    part = file.with_name(f".{file.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Invalid(f"Không ghi được tệp “{file}”: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@app.command()
def anchor(as_json: JsonOption = False) -> None:
    """Xin dấu thời gian cho các chuỗi ngay bây giờ / have the chains time-stamped now."""
    from dean06.core.audit import anchoring
    from dean06.gateways.timestamping import TimestampError

    if not anchoring.configured():
        raise Invalid("Chưa khai báo cơ quan cấp dấu thời gian (TSA_URL, TSA_CERT).")
    try:
        stamp = anchoring.anchor()
    except TimestampError as error:
        raise Conflict(f"Không xin được dấu thời gian: {error}") from error
    if as_json:
        print_json({"at": stamp.at, "authority": stamp.authority})
    else:
        say(f"Đã neo lúc {stamp.at:%Y-%m-%d %H:%M:%S} UTC bởi {stamp.authority}.")


@app.command()
def state(as_json: JsonOption = False) -> None:
    """Các chuỗi và mốc neo hiện nay / the chains and the newest anchor."""
    from dean06.core.audit import anchoring, chain

    with _everything():
        heads, now = [head for head in chain.heads() if head.seq], anchoring.state()
    words = "đã nối chuỗi, chưa neo thời gian" if now.newest is None else f"mốc neo mới nhất {now.newest}"
    if as_json:
        told = {"configured": now.configured, "newest": now.newest, "problem": now.problem or None}
        print_json(told | {"streams": heads})
    else:
        print_table(words, ("luồng", "bản ghi", "mã băm"), ((h.stream, h.seq, h.hash) for h in heads))
        if now.problem:
            say(now.problem)


@app.command()
def check(as_json: JsonOption = False) -> None:
    """Đối chiếu từng dòng trong cơ sở dữ liệu với chuỗi; mã thoát 1 khi lệch / compare with the chains."""
    from dean06.core.usage import checking

    with _everything():
        found = checking.mismatches()
    if as_json:
        print_json({"ok": not found, "mismatches": found})
    else:
        for one in found:
            say(f"{one.table} {one.entry_id or '(đã mất)'}: {_difference(one)}")
        if not found:
            say("Mọi dòng khớp với chuỗi.")
    if found:
        raise typer.Exit(1)


def _difference(one: Mismatch) -> str:
    if one.unlinked:
        return "chưa được nối chuỗi"
    if one.stream is None:
        return "những người ghi dưới lượt xem này không còn là những người đã được ghi"
    return f"khác bản ghi {one.seq} của luồng {one.stream}"


@app.command()
def key() -> None:
    """In khóa công khai ký các tệp xuất / print the public key of exports, for verify-log --key."""
    from dean06.core.audit.keys import public_hex

    sys.stdout.write(public_hex() + "\n")


def verify_log(
    file: Annotated[Path, typer.Argument(help="Tệp xuất / the export.")],
    tsa_cert: Annotated[str, typer.Option(help="Chứng thư gốc của cơ quan cấp dấu thời gian (PEM).")] = "",
    known_key: Annotated[str, typer.Option("--key", help="Khóa công khai đã biết, hoặc tệp chứa nó.")] = "",
    since: Annotated[str, typer.Option(help="Tệp xuất trước, đã kiểm / an earlier, checked export.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra tệp nhật ký: 0 nguyên vẹn, 1 bị sửa, 2 không đọc được / check an exported log."""
    from dean06 import verify_log as alone

    arguments: list[Any] = [file, "--tsa-cert", tsa_cert, "--key", known_key, "--since", since]
    raise typer.Exit(alone.main([str(each) for each in arguments] + ["--json"] * as_json))
