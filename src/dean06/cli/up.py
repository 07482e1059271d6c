"""`dean06 up`: the whole installation from one command; `dean06 prepare`: everything but the serving."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Annotated

import typer

from dean06.cli.output import JsonOption, print_json, say
from dean06.cli.prepare import (
    Timings,
    demo_logins,
    fill_demo,
    hint_at_first_account,
    load_plan,
    migrate_if_needed,
    print_logins,
)
from dean06.runtime import checks, database, environment, process
from dean06.runtime.environment import Environment
from dean06.runtime.layout import Layout
from dean06.runtime.postgres import EmbeddedPostgres, already_running, answers
from dean06.runtime.supervisor import Supervisor, children

TimingsOption = Annotated[bool, typer.Option("--timings", help="In thời gian từng bước / print phase times.")]


def prepare(
    timings: TimingsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Cập nhật lược đồ, nạp kế hoạch, tạo dữ liệu trình diễn / migrate, load the plan, fill the demo."""
    clock = Timings()
    chosen = environment.read()
    with database.django_session(chosen, "app"):
        clock.mark("django")
        migrate_if_needed()
        clock.mark("migrate")
        load_plan()
        clock.mark("plan")
        if chosen.demo != "none":
            fill_demo(chosen.demo)
            clock.mark("demo")
            if not as_json:
                print_logins()
        hint_at_first_account()
        if as_json:
            print_json({"seconds": clock.seconds, "logins": demo_logins()})
    if as_json:
        return
    if timings:
        clock.show()


def up(timings: TimingsOption = False, as_json: JsonOption = False) -> None:
    """Chạy toàn bộ hệ thống và giữ cho nó chạy / start everything and keep it running."""
    clock = Timings()
    chosen = environment.read()
    _check(chosen)
    clock.mark("checks")
    with _server(chosen) as (urls, server):
        clock.mark("postgres")
        variables: dict[str, str] = {}
        urls.export(variables, "app")
        logs = Layout(chosen.data_dir).logs
        supervisor = Supervisor(children(variables, logs), server, say)
        with supervisor.signals():
            prepared = _prepare(
                supervisor, variables, "--json" if as_json else "--timings" if timings else ""
            )
            clock.mark("prepare")
            try:
                supervisor.start()
                supervisor.wait_healthy(chosen.address)
                clock.mark("web")
                _announce(chosen, supervisor, clock, timings, prepared if as_json else None)
                supervisor.run()
            finally:
                supervisor.stop()
    if not as_json:
        say("Đã dừng (stopped).")


def _check(chosen: Environment) -> None:
    checks.check_transport(chosen)
    checks.check_disk(chosen.data_dir)
    if chosen.database_url is None and answers(database.embedded_urls(chosen.data_dir).owner):
        raise already_running(Layout(chosen.data_dir))
    checks.check_port(chosen)


@contextlib.contextmanager
def _server(chosen: Environment) -> Iterator[tuple[database.DatabaseUrls, EmbeddedPostgres | None]]:
    if chosen.database_url is not None:
        Layout(chosen.data_dir).prepare(None)
        yield database.external_urls(chosen), None
        return
    server = EmbeddedPostgres(chosen.data_dir)
    server.start(lock_timeout=5.0)
    try:
        yield database.embedded_urls(chosen.data_dir), server
    finally:
        server.stop()


def _prepare(supervisor: Supervisor, variables: dict[str, str], option: str) -> dict[str, object]:
    """Prepare in a process of its own: this one stays small for the months it runs.

    Gives what it printed with `--json`, else nothing.
    """
    with tempfile.TemporaryFile() as printed:
        child = process.spawn(
            [sys.executable, "-m", "dean06", "prepare", *filter(None, [option])],
            environment={**os.environ, **variables},
            output=printed if option == "--json" else None,
        )
        while not supervisor.stopping:
            with contextlib.suppress(subprocess.TimeoutExpired):
                if child.wait(0.05) != 0:
                    raise typer.Exit(child.returncode if child.returncode > 0 else 1)
                printed.seek(0)
                return dict(json.loads(printed.read() or b"{}"))
        process.stop(child, (15, 10.0))
        raise typer.Exit(0)


def _announce(
    chosen: Environment,
    supervisor: Supervisor,
    clock: Timings,
    timings: bool,
    prepared: dict[str, object] | None,
) -> None:
    if supervisor.stopping:
        return
    if prepared is not None:
        answer = {"address": chosen.address, "data_dir": chosen.data_dir, "seconds": clock.seconds}
        print_json({**answer, "prepare": prepared.get("seconds"), "logins": prepared.get("logins")})
        return
    if timings:
        clock.show()
    say(f"dean06 đang chạy tại {chosen.address} – nhấn Ctrl-C để dừng (press Ctrl-C to stop).")
