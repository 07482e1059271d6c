"""`dean06 keys`: the keys of identity numbers: show, change, remove an old one."""

from __future__ import annotations

from typing import Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, progress, say

app = typer.Typer(no_args_is_help=True, help="Khóa mã hóa số định danh / keys of identity numbers.")


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Các khóa và số bản ghi dùng mỗi khóa; không in khóa / keys by fingerprint, and rows under each."""
    from dean06.core.people import rotation
    from dean06.core.vault.keyring import folder

    uses = rotation.key_uses()
    if as_json:
        print_json({"folder": folder(), "keys": uses})
        return
    print_table(
        f"Thư mục khóa: {folder()}",
        ("khóa", "số thứ tự", "trạng thái", "bản ghi"),
        ((use.id, use.number, "đang dùng" if use.active else "cũ", use.rows) for use in uses),
    )


@app.command()
def rotate(as_json: JsonOption = False) -> None:
    """Tạo khóa mới và mã hóa lại mọi bản ghi; chạy lại được khi bị ngắt / new key, re-encrypt all rows."""
    from dean06.core.access.actor import system_actor
    from dean06.core.people import rotation

    with progress("Mã hóa lại") as bar:
        task = bar.add_task("bản ghi", total=None)
        key_id, moved = rotation.rotate(
            actor=system_actor("dean06 keys rotate"),
            advance=lambda done: bar.update(task, completed=done),
        )
    if as_json:
        print_json({"key": key_id, "rows": moved})
        return
    say(f"Khóa mới {key_id} đang dùng; đã mã hóa lại {moved} bản ghi. Hãy sao lưu thư mục khóa.")
    say("Khóa cũ được giữ lại cho các bản sao lưu trước đây; khi không cần nữa: dean06 keys retire MÃ_KHÓA")


@app.command()
def retire(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Mã khóa, xem: dean06 keys show.")],
    as_json: JsonOption = False,
) -> None:
    """Xóa tệp của khóa cũ không còn bản ghi nào dùng / delete an old key that no row uses."""
    from dean06.core.access.actor import system_actor
    from dean06.core.people import rotation

    rotation.retire(actor=system_actor("dean06 keys retire"), key_id=key_id)
    if as_json:
        print_json({"retired": key_id})
    else:
        say(f"Đã xóa khóa {key_id}. Bản sao lưu mã hóa bằng khóa này không đọc được nữa.")
