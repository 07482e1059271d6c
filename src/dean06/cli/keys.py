"""`dean06 keys`: the keys of people's identities: show, change, remove an old one."""

from __future__ import annotations

from typing import Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, progress, say

app = typer.Typer(no_args_is_help=True, help="Khóa mã hóa số định danh / keys of identity numbers.")


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Các khóa và số bản ghi dùng mỗi khóa; không in khóa / keys by fingerprint, and rows under each."""
    from dean06.core.people import reindexing, rotation
    from dean06.core.vault.keyring import folder

    uses, indexes = rotation.key_uses(), reindexing.index_uses()
    if as_json:
        print_json({"folder": folder(), "keys": uses, "index_keys": indexes})
        return
    for title, kind in ((f"Thư mục khóa: {folder()}. Khóa mã hóa", uses), ("Khóa chỉ mục", indexes)):
        print_table(
            title,
            ("khóa", "số thứ tự", "trạng thái", "bản ghi"),
            ((use.id, use.number, "đang dùng" if use.active else "cũ", use.rows) for use in kind),
        )


@app.command()
def rotate(
    index: Annotated[
        bool, typer.Option("--index", help="Đổi khóa chỉ mục thay cho khóa mã hóa / the index key instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tạo khóa mới và ghi lại mọi bản ghi; chạy lại được khi bị ngắt / new key, every row moves to it."""
    from dean06.core.access.actor import system_actor
    from dean06.core.people import reindexing, rotation

    room = reindexing if index else rotation
    with progress("Lập lại chỉ mục" if index else "Mã hóa lại") as bar:
        task = bar.add_task("bản ghi", total=None)
        key_id, moved = room.rotate(
            actor=system_actor("dean06 keys rotate"),
            advance=lambda done: bar.update(task, completed=done),
        )
    if as_json:
        print_json({"key": key_id, "rows": moved})
        return
    done = "lập lại chỉ mục" if index else "mã hóa lại"
    say(f"Khóa mới {key_id} đang dùng; đã {done} {moved} bản ghi. Hãy sao lưu thư mục khóa.")
    kept = "để tìm các lượt xem đã ghi bằng khóa ấy" if index else "cho các bản sao lưu trước đây"
    say(f"Khóa cũ được giữ lại {kept}; khi không cần nữa: dean06 keys retire MÃ_KHÓA")


@app.command()
def retire(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Mã khóa, xem: dean06 keys show.")],
    as_json: JsonOption = False,
) -> None:
    """Xóa tệp của khóa cũ không còn bản ghi nào dùng / delete an old key that no row uses."""
    from dean06.core.access.actor import system_actor
    from dean06.core.people import reindexing, rotation

    indexes = {use.id for use in reindexing.index_uses()}
    room = reindexing if key_id in indexes else rotation
    room.retire(actor=system_actor("dean06 keys retire"), key_id=key_id)
    if as_json:
        print_json({"retired": key_id})
    else:
        say(f"Đã xóa khóa {key_id}. Bản sao lưu dùng khóa này không đọc hoặc không tìm được nữa.")
