"""`dean06 user`: who may sign in. For the operator of the machine; every change is audited."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from dean06.cli.output import JsonOption, print_json, print_table, say
from dean06.cli.usage import meant
from dean06.core.errors import Conflict, Invalid, NotFound, Reason

app = typer.Typer(no_args_is_help=True, help="Tài khoản: tạo, xem, đổi mật khẩu / accounts.")

NameArgument = Annotated[str, typer.Argument(metavar="USERNAME", help="Tên đăng nhập / the account's name.")]
StdinOption = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Đọc mật khẩu từ đầu vào chuẩn / read the password from standard input."
    ),
]


@contextmanager
def _everything() -> Iterator[None]:
    """One transaction that sees every unit: the command line belongs to the operator of the machine."""
    from django.db import transaction

    from dean06.core.access.scope import wide

    with transaction.atomic(), wide("operator's command"):
        yield


_TYPED = {
    "username": "USERNAME",
    "full_name": "--full-name",
    "role": "--role",
    "password": "Mật khẩu (password)",
}


@contextmanager
def _named_as_typed() -> Iterator[None]:
    """Reasons name what stands on the command line, not the fields of the action."""
    try:
        yield
    except Invalid as refused:
        raise Invalid(
            [Reason(one.message, _TYPED.get(one.field or "", one.field)) for one in refused.reasons]
        ) from refused


@app.command()
def create(
    username: NameArgument,
    *,
    full_name: Annotated[str, typer.Option("--full-name", help="Họ và tên / full name.")],
    role: Annotated[
        str,
        typer.Option(
            "--role",
            help="Vai trò / role: province_leader, province_supervisor, pilot_lead, unit_head, "
            "unit_officer, desk_officer, auditor, system_administrator.",
        ),
    ],
    unit: Annotated[str, typer.Option("--unit", help="Mã đơn vị / unit code.")],
    pilot: Annotated[
        list[str] | None,
        typer.Option("--pilot", help="Chỉ cho mô hình này, lặp lại được / for this pilot only; repeatable."),
    ] = None,
    personal_data: Annotated[
        bool, typer.Option("--personal-data", help="Được xem họ tên cán bộ / may read officers' names.")
    ] = False,
    password_stdin: StdinOption = False,
    as_json: JsonOption = False,
) -> None:
    """Tạo tài khoản với một vai trò tại một đơn vị / make an account with one role for one unit."""
    from dean06.core.access import actions, queries
    from dean06.core.access.actor import system_actor
    from dean06.core.units.queries import resolve

    with _everything():
        place = resolve(unit)
        pilots = _pilots(pilot or [])
        if queries.is_taken(username):  # said before a password is asked for
            raise Conflict(f"Tên đăng nhập “{username}” đã có người dùng.")
    password = _password(password_stdin)
    with _everything(), _named_as_typed():
        made = actions.create_account(
            actor=system_actor("dean06 user create"),
            username=username,
            full_name=full_name,
            password=password,
            role=role,
            unit_id=place.pk,
            pilots=pilots,
            personal_data=personal_data,
        )
    if as_json:
        print_json({"username": made.username, "role": role, "unit": place.key, "pilots": pilots})
    else:
        say(f"Đã tạo tài khoản {made.username} ({role}, {place.name}).")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Các tài khoản, vai trò và đơn vị / accounts with their roles and units."""
    from dean06.core import usage
    from dean06.core.access import queries
    from dean06.core.access.actor import system_actor

    with _everything():
        found = queries.accounts()
        usage.record_read(
            actor=system_actor("dean06 user list"),
            purpose="access.accounts",
            unit_id=None,
            subjects=len({one.username for one in found}),
            route="dean06 user list",
        )
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one.username,
            one.full_name,
            one.role or None,
            one.unit_name or None,
            ", ".join(one.pilots) or None,
            "đang dùng" if one.active else "đã khóa",
        )
        for one in found
    ]
    columns = ("tên đăng nhập", "họ và tên", "vai trò", "đơn vị", "mô hình", "tình trạng")
    print_table("Tài khoản (accounts)", columns, rows)


@app.command()
def password(
    username: NameArgument, password_stdin: StdinOption = False, as_json: JsonOption = False
) -> None:
    """Đặt mật khẩu mới; các phiên đang mở bị đăng xuất / set a password; open sessions end."""
    from dean06.core.access import actions, queries
    from dean06.core.access.actor import system_actor

    with _everything():
        names = [one.username for one in queries.accounts()]
    if username not in names:
        hint, _english = meant(username, names)
        raise NotFound(f"Không có tài khoản nào mang tên “{username}”.{hint}")
    secret = _password(password_stdin)
    with _everything(), _named_as_typed():
        actions.set_password(actor=system_actor("dean06 user password"), username=username, password=secret)
    if as_json:
        print_json({"username": username})
    else:
        say(f"Đã đặt mật khẩu mới cho {username}.")


def _pilots(codes: list[str]) -> list[str]:
    from dean06.plan.models import Pilot

    known = set(Pilot.objects.values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Invalid(
            f"--pilot: không có mô hình {', '.join(unknown)}; chọn trong: {', '.join(sorted(known))}."
        )
    return sorted(set(codes))


def _password(from_stdin: bool) -> str:
    """The password, from standard input or asked for twice. Raises Invalid when neither is possible."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Invalid("Không có cửa sổ lệnh để hỏi mật khẩu; hãy dùng --password-stdin.")
    first = getpass.getpass("Mật khẩu (password): ")
    if getpass.getpass("Nhập lại mật khẩu (again): ") != first:
        raise Invalid("Hai lần nhập mật khẩu không giống nhau.")
    return first
