"""`dean06 user …`: what is done to accounts that exist: closed, opened, unlocked, granted, reviewed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dean06.cli.accounts import NameArgument, _everything, _named_as_typed, _pilots, app
from dean06.cli.output import JsonOption, print_json, print_table, say
from dean06.core.errors import Invalid

if TYPE_CHECKING:
    from dean06.core.access.queries import GrantRow

__all__ = ["app"]
DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
_COLUMNS = ("mã quyền", "tên đăng nhập", "vai trò", "đơn vị", "mô hình", "dữ liệu cá nhân", "từ", "đến trước")


@app.command()
def show(username: NameArgument, as_json: JsonOption = False) -> None:
    """Một tài khoản với mọi quyền, kể cả quyền đã hết hạn / one account with every grant."""
    from dean06.core.access import queries

    with _everything():
        found = queries.account(username)
        _read("dean06 user show", 1)
    if as_json:
        print_json(asdict(found))
        return
    say(f"{found.username} · {found.full_name} · {'đang dùng' if found.active else 'đã khóa'}")
    print_table("Quyền (grants)", _COLUMNS, [_row(one) for one in found.grants])


@app.command()
def disable(
    username: NameArgument,
    reason: Annotated[str, typer.Option("--reason", help="Lý do / why.")],
    as_json: JsonOption = False,
) -> None:
    """Khóa tài khoản và kết thúc các phiên / close an account and end its sessions."""
    from dean06.core.access import accounts, grants
    from dean06.core.access.actor import system_actor

    with _everything():
        user = grants.account(username)
        accounts.disable(actor=system_actor("dean06 user disable"), user=user, reason=reason)
    _told(as_json, f"Đã khóa tài khoản {username}.", username=username, active=False)


@app.command()
def enable(username: NameArgument, as_json: JsonOption = False) -> None:
    """Mở lại tài khoản đã khóa / open an account again."""
    from dean06.core.access import accounts, grants
    from dean06.core.access.actor import system_actor

    with _everything():
        accounts.enable(actor=system_actor("dean06 user enable"), user=grants.account(username))
    _told(as_json, f"Đã mở lại tài khoản {username}.", username=username, active=True)


@app.command()
def unlock(username: NameArgument, as_json: JsonOption = False) -> None:
    """Bỏ khóa tạm do sai mật khẩu / forget wrong passwords before their time."""
    from dean06.core.access import accounts, grants
    from dean06.core.access.actor import system_actor

    with _everything():
        had = accounts.unlock(actor=system_actor("dean06 user unlock"), user=grants.account(username))
    told = f"Đã bỏ khóa tạm của {username}." if had else f"{username} không bị khóa tạm."
    _told(as_json, told, username=username, was_locked=had)


@app.command("reset-factors")
def reset_factors(
    username: NameArgument,
    document: Annotated[str, typer.Option("--document", help="Văn bản đề nghị / the written request.")],
    as_json: JsonOption = False,
) -> None:
    """Gỡ xác thực hai lớp của người mất thiết bị / take away lost second factors."""
    from dean06.core.access import accounts, grants
    from dean06.core.access.actor import system_actor

    with _everything():
        count = accounts.reset_factors(
            actor=system_actor("dean06 user reset-factors"), user=grants.account(username), document=document
        )
    _told(as_json, f"Đã gỡ {count} cách xác thực của {username}.", username=username, factors=count)


@app.command()
def grant(
    username: NameArgument,
    *,
    role: Annotated[str, typer.Option("--role", help="Vai trò / role.")],
    unit: Annotated[str, typer.Option("--unit", help="Mã đơn vị / unit code.")],
    pilot: Annotated[list[str] | None, typer.Option("--pilot", help="Mô hình / pilot; lặp lại được.")] = None,
    personal_data: Annotated[bool, typer.Option("--personal-data")] = False,
    valid_from: DayOption = None,
    valid_to: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Giao thêm một quyền / give one more grant; `--valid-to` is the first day without it."""
    from dean06.core.access import grants
    from dean06.core.access.actor import system_actor
    from dean06.core.units.queries import resolve

    with _everything(), _named_as_typed():
        made = grants.give(
            actor=system_actor("dean06 user grant"),
            username=username,
            role=role,
            unit_id=resolve(unit).pk,
            pilots=_pilots(pilot or []),
            personal_data=personal_data,
            valid_from=_day(valid_from),
            valid_to=_day(valid_to),
        )
        key = made.unit.key
    _told(
        as_json,
        f"Đã giao quyền {role} cho {username} (mã quyền {made.pk}).",
        username=username,
        id=made.pk,
        role=role,
        unit=key,
    )


@app.command()
def revoke(
    username: NameArgument,
    grant_id: Annotated[
        int, typer.Argument(metavar="ID", help="Mã quyền, xem `user show` / the grant's id.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Lý do / why.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Thu hồi một quyền, có hiệu lực ngay / take a grant back, in force at once."""
    from dean06.core.access import grants, queries
    from dean06.core.access.actor import system_actor

    with _everything():
        if grant_id not in {one.id for one in queries.account(username).grants}:
            raise Invalid(f"{username} không có quyền mang mã {grant_id}; xem `dean06 user show {username}`.")
        grants.revoke(actor=system_actor("dean06 user revoke"), grant_id=grant_id, reason=reason)
    _told(as_json, f"Đã thu hồi quyền {grant_id} của {username}.", username=username, id=grant_id)


@app.command()
def review(as_json: JsonOption = False) -> None:
    """Các quyền chưa được rà soát quá hạn (12 tháng) / grants not confirmed in time."""
    from dean06.core.access import queries

    with _everything():
        found = queries.unconfirmed()
        _read("dean06 user review", len({one.username for one in found}))
    if as_json:
        print_json(found)
        return
    print_table("Quyền cần rà soát (grants to review)", _COLUMNS, [_row(one) for one in found])


def _row(one: GrantRow) -> tuple[object, ...]:
    personal = "có" if one.personal_data else "không"
    pilots = ", ".join(one.pilots) or None
    return (one.id, one.username, one.role, one.unit_name, pilots, personal, one.valid_from, one.valid_to)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _read(command: str, subjects: int) -> None:
    from dean06.core import usage
    from dean06.core.access.actor import system_actor

    usage.record_read(
        actor=system_actor(command),
        purpose="access.accounts",
        unit_id=None,
        subjects=subjects,
        route=command,
    )


def _told(as_json: bool, sentence: str, **facts: object) -> None:
    if as_json:
        print_json(facts)
    else:
        say(sentence)
