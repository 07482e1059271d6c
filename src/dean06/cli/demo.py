"""dean06 demo: fill an empty database with the synthetic province."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, progress, say
from dean06.core.errors import Invalid

if TYPE_CHECKING:
    from rich.progress import TaskID

    from dean06.web.demo import Login, Report

DEFAULT_SEED = 6

ScaleOption = Annotated[str, typer.Option("--scale", help="small hoặc (or) province.")]
SeedOption = Annotated[
    int, typer.Option("--seed", help="Cùng hạt giống cho cùng dữ liệu / same seed, same data.")
]


def demo(scale: ScaleOption = "small", seed: SeedOption = DEFAULT_SEED, as_json: JsonOption = False) -> None:
    """Nạp tỉnh mô phỏng vào cơ sở dữ liệu trống / fill an empty database with the demo province."""
    from dean06.web import demo as room

    if scale not in room.SCALES:
        raise Invalid(f"--scale: không có cỡ “{scale}”; chọn một trong: {', '.join(room.SCALES)}.")
    report = fill(scale, seed)
    if as_json:
        print_json(report)
    else:
        say(
            f"Đã tạo {report.points} điểm, {report.records} bản ghi, "
            f"{report.photos} ảnh, {report.figures} số liệu."
        )
        print_logins()


def fill(scale: str, seed: int = DEFAULT_SEED) -> Report:
    """Fill the demo under the province of the loaded plan, with a progress bar."""
    from dean06.web import demo as room

    with progress("Dữ liệu mô phỏng") as bar:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        return room.fill(scale=scale, seed=seed, progress=advance)


def logins() -> list[Login]:
    """The demo accounts; empty where there is no demo."""
    from django.db import transaction

    from dean06.core.access.scope import wide
    from dean06.web import demo as room

    with transaction.atomic(), wide("the command prints the demo accounts"):
        return room.logins()


def print_logins() -> None:
    """The demo accounts by role."""
    rows = [(login.username, login.password, login.role, login.unit) for login in logins()]
    if rows:
        print_table(
            "Tài khoản mô phỏng (demo accounts)",
            ("tên đăng nhập", "mật khẩu", "vai trò", "đơn vị"),
            rows,
        )
