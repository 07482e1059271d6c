"""`dean06 up`: the whole installation from one command; `dean06 prepare`: everything but the serving."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from dean06.cli.output import JsonOption, err, print_json, say
from dean06.cli.prepare import (
    Timings,
    begin_demo,
    demo_logins,
    fill_demo,
    hint_at_first_account,
    load_plan,
    migrate_if_needed,
    print_logins,
)
from dean06.runtime import archiving, checks, database, demo_vneid, environment, process, restart
from dean06.runtime.account import service_account
from dean06.runtime.desk import Desk
from dean06.runtime.environment import Environment
from dean06.runtime.failures import Exit, StartError
from dean06.runtime.layout import Layout
from dean06.runtime.listener import BACKLOG
from dean06.runtime.postgres import EmbeddedPostgres, already_running, answers
from dean06.runtime.supervisor import Child, Supervisor, archiver, children

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
        if chosen.demo != "none":
            begin_demo()
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
    with _checked(chosen) as listener, _server(chosen, clock) as (urls, server, archiving_child):
        clock.mark("postgres")
        variables = demo_vneid.variables(chosen, err.print)
        urls.export(variables, "app")
        logs = Layout(chosen.data_dir).logs
        kept = [*children(variables, logs, listener.fileno()), *archiving_child]
        supervisor = Supervisor(kept, server, say, _renewing(chosen, variables))
        with supervisor.signals(), restart.announced(chosen.data_dir):
            prepared = _prepare(
                supervisor, variables, "--json" if as_json else "--timings" if timings else ""
            )
            clock.mark("prepare")
            try:
                listener.listen(BACKLOG)
                supervisor.start()
                supervisor.wait_healthy(chosen.address)
                clock.mark("web")
                if not as_json and (how := demo_vneid.words(variables, chosen.address)):
                    say(how)
                _announce(chosen, supervisor, clock, timings, prepared if as_json else None)
                supervisor.run()
            finally:
                supervisor.stop()
    if not as_json:
        say("Đã dừng (stopped).")


def restart_all(as_json: JsonOption = False) -> None:
    """Chạy lại với mã mới, không ngắt yêu cầu nào / new processes without dropping a request."""
    outcome = restart.ask(Layout(environment.read().data_dir))
    if as_json:
        print_json(outcome)
    elif outcome.ok:
        say("Đã khởi động lại, không ngắt kết nối nào (restarted without losing a request).")
    if not outcome.ok:
        raise StartError(
            Exit.PROGRAM,
            f"Bản mới không chạy được, bản đang chạy vẫn phục vụ: {outcome.words}",
            f"The new version does not start, the running one goes on serving: {outcome.words}",
        )


def _renewing(chosen: Environment, variables: dict[str, str]) -> Callable[[Supervisor], None]:
    def prepare(supervisor: Supervisor) -> bool:
        try:
            _prepare(supervisor, variables, "--json")
        except typer.Exit:
            return False
        return True

    return lambda supervisor: restart.renew(
        supervisor, lambda: prepare(supervisor), chosen.workers, chosen.data_dir
    )


@contextlib.contextmanager
def _checked(chosen: Environment) -> Iterator[socket.socket]:
    """The port, held from the beginning; it listens only once there is somebody to answer."""
    checks.check_transport(chosen)
    checks.check_disk(chosen.data_dir)
    if chosen.database_url is None and answers(database.embedded_urls(chosen.data_dir).owner):
        raise already_running(Layout(chosen.data_dir))
    with checks.bind(chosen) as listener:
        yield listener


@contextlib.contextmanager
def _server(
    chosen: Environment, clock: Timings
) -> Iterator[tuple[database.DatabaseUrls, EmbeddedPostgres | None, list[Child]]]:
    """The database, and the process that archives its WAL where that is wanted: it ends last."""
    layout = Layout(chosen.data_dir)
    account = service_account(layout.cluster) if chosen.database_url is None else None
    layout.prepare(account)
    wanted = archiving.choose(layout) is not None
    clock.mark("checks")
    if chosen.database_url is not None:
        with _archiver(layout, wanted) as child:
            yield database.external_urls(chosen), None, child
        return
    desk = Desk(archiving.desk_folder(layout), account)
    settings = archiving.options(desk.archive_command) if wanted else None
    server = EmbeddedPostgres(chosen.data_dir, settings)
    server.start(lock_timeout=5.0)
    try:
        with _archiver(layout, wanted) as child:
            try:
                yield database.embedded_urls(chosen.data_dir), server, child
            finally:
                server.stop()
    finally:
        server.stop()


@contextlib.contextmanager
def _archiver(layout: Layout, wanted: bool) -> Iterator[list[Child]]:
    if not wanted:
        yield []
        return
    child = archiver({"DATA_DIR": str(layout.root)}, layout.logs)
    child.start()
    try:
        yield [child]
    finally:
        child.stop(30.0)


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
