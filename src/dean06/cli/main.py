"""The `dean06` command: every sub-command in one place."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import rich_utils

from dean06 import __version__
from dean06.cli import key_custody
from dean06.cli.audit import app as audit
from dean06.cli.audit import verify_log
from dean06.cli.backup import backup, restore
from dean06.cli.card import app as identity
from dean06.cli.demo import demo
from dean06.cli.indicators import app as indicators
from dean06.cli.keys import app as keys
from dean06.cli.migrate import migrate
from dean06.cli.output import WORDS, SentenceGroup, out
from dean06.cli.papers import app as papers
from dean06.cli.people import app as people
from dean06.cli.plan import app as plan
from dean06.cli.recovery import archive_wal, restore_base, restore_wal
from dean06.cli.units import app as units
from dean06.cli.up import prepare, restart_all, up
from dean06.cli.users import app as accounts
from dean06.runtime import checks, environment
from dean06.runtime.database import django_session

#: These open the database themselves, as its owner or for a longer time.
_OWN_DATABASE = {
    "up",
    "prepare",
    "migrate",
    "backup",
    "restore",
    "plan",
    "verify-log",
    "archive-wal",
    "restore-wal",
    "restore-base",
    "restart",
    "keys import",
    "id",
    "doc",
}

#: These may be the first on a machine, or need no data of it; every other command asks for an installation.
_WITHOUT_DATA = {
    "up",
    "prepare",
    "migrate",
    "restore",
    "restore-base",
    "restore-wal",
    "archive-wal",
    "restart",
    "verify-log",
    "plan check",
    "keys import",
    "id",
    "doc",
}

rich_utils.ARGUMENTS_PANEL_TITLE = "Tham số / arguments"
rich_utils.OPTIONS_PANEL_TITLE = "Tuỳ chọn / options"
rich_utils.COMMANDS_PANEL_TITLE = "Lệnh / commands"
rich_utils.REQUIRED_LONG_STRING = "[bắt buộc / required]"

app = typer.Typer(
    name="dean06",
    help="Nền tảng điều hành Đề án 06 của một tỉnh / run a province's Project 06 plan.",
    cls=SentenceGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(__version__)
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", callback=_version, is_eager=True, help="In phiên bản / print the version."),
]
VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose", help="Kèm nguyên văn lỗi của PostgreSQL / add the database's own text to errors."
    ),
]


@app.callback()
def start(
    ctx: typer.Context,
    version: VersionOption = False,  # noqa: ARG001
    verbose: VerboseOption = False,  # noqa: ARG001 - read where errors are told (output.py)
) -> None:
    """Open the database for the commands that need it."""
    if ctx.resilient_parsing:
        return
    names = {ctx.invoked_subcommand, " ".join(ctx.meta.get(WORDS, ())[:2])}
    if not names & _WITHOUT_DATA:
        checks.check_installed(environment.read())
    if not names & _OWN_DATABASE:
        ctx.with_resource(django_session(environment.read(), "app"))


app.command()(up)
app.command("restart")(restart_all)
app.command()(prepare)
app.command()(migrate)
app.command()(demo)
app.command()(backup)
app.command()(restore)
app.command("restore-base")(restore_base)
app.command("archive-wal")(archive_wal)
app.command("restore-wal")(restore_wal)
app.command("verify-log")(verify_log)
app.add_typer(audit, name="audit")
app.add_typer(plan, name="plan")
app.add_typer(indicators, name="indicator")
app.add_typer(units, name="unit")
app.add_typer(accounts, name="user")
keys.command("export")(key_custody.export)
keys.command("import")(key_custody.import_)
app.add_typer(keys, name="keys")
app.add_typer(people, name="people")
app.add_typer(identity, name="id")
app.add_typer(papers, name="doc")
