"""`dean06 people`: what the retention rules delete, tonight or now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, say

if TYPE_CHECKING:
    from dean06.core.privacy.retention import Due

app = typer.Typer(no_args_is_help=True, help="Dữ liệu cá nhân: thời hạn lưu giữ / personal data: retention.")


@app.callback()
def _room() -> None:
    """Keep the sub-command's name although there is one only."""


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ đếm, không xóa / count only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Xóa dữ liệu hết hạn lưu theo quy tắc đang áp dụng / delete what is past its days."""
    from dean06.core.access.actor import system_actor
    from dean06.core.privacy import retention as room

    due = room.run(actor=system_actor("dean06 people retention"), dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "rules": [_plain(one) for one in due]})
        return
    print_table(
        "",
        ("dữ liệu", "lưu (ngày)", "đến hết ngày", "hết hạn", "giữ theo luật"),
        ((one.kept.label, one.days, one.cutoff, one.rows, one.held) for one in due),
    )
    say("Chỉ đếm, chưa xóa." if dry_run else f"Đã xóa {sum(one.rows for one in due)} bản ghi.")


def _plain(one: Due) -> dict[str, object]:
    return {
        "rule": one.kept.rule,
        "table": one.kept.table,
        "days": one.days,
        "cutoff": one.cutoff,
        "rows": one.rows,
        "held": one.held,
        "citation": one.citation,
    }
