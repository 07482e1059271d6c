"""The steps before serving: schema, plan, demo; each is skipped when there is nothing to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib.util import find_spec

import typer

from dean06.cli.migrate import pending
from dean06.cli.output import err, table


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
    """Load the shipped plan unless the database holds the same files already."""
    if find_spec("dean06.cli.plan") is None:
        return
    raise NotImplementedError


def fill_demo(scale: str) -> None:
    """Fill the demo province once."""
    if find_spec("dean06.web.demo") is None:
        return
    raise NotImplementedError(scale)


def print_logins() -> None:
    """The demo logins by role."""
    if find_spec("dean06.web.demo") is None:
        return
    raise NotImplementedError
