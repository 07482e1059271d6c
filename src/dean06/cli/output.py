"""What every command prints: JSON for programs, tables for people, one sentence for an error."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer._click import exceptions as click
from typer.core import TyperGroup

from dean06.cli import usage
from dean06.core.errors import Dean06Error, Invalid
from dean06.runtime.failures import Exit, StartError, from_os_error
from dean06.runtime.unreachable import cause

#: Where a command finds the whole line in its context.
WORDS = "dean06.words"
REFUSED = 1  # exit code when the data or the rights, not the machine, are the reason

#: The `--json` option, the same for every command.
JsonOption = Annotated[bool, typer.Option("--json", help="In JSON ra đầu ra chuẩn / print JSON.")]

out = Console()
err = Console(stderr=True)


def print_json(value: Any) -> None:
    """One JSON document on standard output, UTF-8, with dates as ISO text and decimals as numbers."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table for people; None shows as a dash."""
    made = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*("–" if cell is None else str(cell) for cell in row))
    return made


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on standard output."""
    out.print(table(title, columns, rows))


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """A progress bar on standard error; silent when that is not a terminal."""
    columns = (TextColumn(label), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=err, disable=not err.is_terminal) as bar:
        yield bar


def say(text: str) -> None:
    """A line for the operator on standard error, so that standard output stays clean for JSON."""
    err.print(text, highlight=False, markup=False, soft_wrap=True)


def report(error: Dean06Error) -> None:
    """The reasons of a refused command, one a line."""
    reasons = error.reasons if isinstance(error, Invalid) else (error.message,)
    for reason in reasons:
        say(str(reason))


class SentenceGroup(TyperGroup):
    """A command group whose expected errors end as a sentence and an exit code, never as a traceback."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Parse and run; a command line that is not understood ends as other refused input does."""
        run = partial(super().main, *args, **extra)
        if not standalone_mode:
            return run(standalone_mode=False)
        try:
            code = run(standalone_mode=False)
        except click.NoArgsIsHelpError:  # the help has been printed
            code = REFUSED
        except click.ClickException as error:
            for sentence in usage.sentences(error):
                say(sentence)
            code = REFUSED
        except typer.Abort:
            say("Đã dừng theo yêu cầu (stopped).")
            code = REFUSED
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; raises typer.Exit with the code of the error."""
        from django.core.exceptions import ImproperlyConfigured
        from django.db import OperationalError, ProgrammingError

        ctx.meta[WORDS] = [*ctx._protected_args, *ctx.args]  # gone when the command runs
        _understand(self, ctx)
        try:
            return super().invoke(ctx)
        except StartError as failure:
            say(str(failure))
            if failure.detail and ctx.params.get("verbose"):
                say(failure.detail)
            raise typer.Exit(failure.code) from failure
        except Dean06Error as error:
            report(error)
            raise typer.Exit(REFUSED) from error
        except (OperationalError, ProgrammingError) as error:
            raise _database_exit(error, verbose=bool(ctx.params.get("verbose"))) from error
        except ImproperlyConfigured as error:
            say(str(error))
            raise typer.Exit(Exit.PROGRAM) from error
        except OSError as error:
            raise _machine_exit(error) from error


def _understand(group: Any, ctx: Any) -> None:
    """Parse the whole line before a database is started for it: a slip or `--help` costs nothing.

    Raises the parser's errors; leaves `ctx` as it was.
    """
    words = [*ctx._protected_args, *ctx.args]
    if not words:
        return
    name, command, rest = group.resolve_command(ctx, words)
    inner = command.make_context(name, list(rest), parent=ctx)
    with inner:
        if isinstance(command, TyperGroup):
            _understand(command, inner)


def _database_exit(error: Exception, *, verbose: bool) -> typer.Exit:
    missing = getattr(error.__cause__, "sqlstate", "") in ("42P01", "42703", "42501", "22023")
    text = " ".join(str(error).split())
    if missing:
        say("Cơ sở dữ liệu chưa được cập nhật lược đồ; hãy chạy: dean06 migrate")
        say("The database schema is missing or old; run: dean06 migrate")
    else:
        vi, en = cause(text)
        say(f"Cơ sở dữ liệu không trả lời: {vi}.")
        say(f"The database does not answer: {en}.")
    if verbose:
        say(text)
    return typer.Exit(Exit.DATABASE)


def _machine_exit(error: OSError) -> typer.Exit:
    known = from_os_error(error, Path(error.filename or "."))
    if known is None:
        raise error
    say(str(known))
    return typer.Exit(known.code)
