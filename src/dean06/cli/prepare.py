"""The steps before serving: schema, plan, demo; each is skipped when there is nothing to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dean06.cli.migrate import pending
from dean06.cli.output import err, say, table
from dean06.cli.plan import default_folder, load_folder

if TYPE_CHECKING:
    from dean06.web.demo import Login


class Timings:
    """Seconds of each phase since the previous mark."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def mark(self, phase: str) -> None:
        """End of `phase`."""
        now = time.monotonic()
        self.seconds[phase] = round(now - self._last, 3)
        self._last = now

    def show(self) -> None:
        """Print the phases on standard error."""
        err.print(table("", ("bước / phase", "giây / seconds"), self.seconds.items()))


def migrate_if_needed() -> None:
    """Apply pending migrations in a process that signs in as the owner of the tables.

    Raises typer.Exit with that process's code when it fails.
    """
    from django.db import connection

    if not pending():
        return
    connection.close()
    environment = {**os.environ, "DEAN06_DB_ROLE": "owner"}
    answer = subprocess.run([sys.executable, "-m", "dean06", "migrate"], env=environment, check=False)
    if answer.returncode != 0:
        raise typer.Exit(answer.returncode)


def load_plan() -> None:
    """Load the shipped units and plan unless the database holds the same files already.

    Raises Invalid with file and line of every problem; nothing is written then.
    """
    from django.db import transaction

    from dean06.core.access.scope import wide
    from dean06.plan.load.content import content_hash
    from dean06.plan.models import Plan

    folder = default_folder()
    with transaction.atomic(), wide("the command looks whether these files are loaded"):
        loaded = Plan.objects.filter(content_hash=content_hash(folder)).exists()
    if not loaded:
        say("Đang nạp kế hoạch (loading the plan) …")
        load_folder(folder)


def begin_demo() -> None:
    """Set the demo's business date in an empty database, before anything is logged."""
    from django.db import transaction

    from dean06.core import clock
    from dean06.core.access.models import User
    from dean06.core.access.scope import wide
    from dean06.plan.models import Plan
    from dean06.web.demo.fill import BUSINESS_DATE

    with transaction.atomic(), wide("the command looks whether anybody works here yet"):
        if not Plan.objects.exists() and not User.objects.exists():
            clock.set_business_date(BUSINESS_DATE)


def fill_demo(scale: str) -> None:
    """Fill the demo province once; a database with accounts of its own is left alone."""
    from django.db import transaction

    from dean06.cli import demo
    from dean06.core.access.models import User
    from dean06.core.access.scope import wide

    with transaction.atomic(), wide("the command looks whether anybody works here yet"):
        empty = not User.objects.exists()
    if empty:
        demo.fill(scale)


def hint_at_first_account() -> None:
    """Say how the first account is made, where nobody can sign in yet."""
    from django.db import transaction

    from dean06.core import clock
    from dean06.core.access import queries
    from dean06.core.access.scope import wide
    from dean06.core.units.models import Kind
    from dean06.core.units.queries import units_of_kind

    with transaction.atomic(), wide("the command looks whether anybody works here yet"):
        if queries.any_account():
            return
        provinces = units_of_kind([Kind.PROVINCE], clock.today())
    program = Path(sys.executable).with_name("dean06")
    unit = provinces[0].code if provinces else "MÃ_ĐƠN_VỊ"
    say(
        "Chưa có tài khoản nào; tạo tài khoản đầu tiên ở cửa sổ lệnh khác, cùng các biến môi trường "
        f'(no account yet; make the first one): {program} user create quantri --full-name "Họ và tên" '
        f"--role system_administrator --unit {unit}"
    )


def demo_logins() -> list[Login]:
    """The demo logins by role, for programs."""
    from dean06.cli import demo

    return demo.logins()


def print_logins() -> None:
    """The demo logins by role."""
    from dean06.cli import demo

    demo.print_logins()
