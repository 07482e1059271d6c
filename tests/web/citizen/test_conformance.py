"""Our register keeps the protocol over HTTP, and each rule notices a register that does not."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections, transaction

import dean06.usage_conformance as suite
from dean06.core.access.actor import Actor
from dean06.core.access.scope import wide
from dean06.core.usage import representation
from dean06.usage_conformance import CHECKS, Result, Target, checks, run
from tests.core.usage.looks import NUMBER, STRANGER, look
from tests.pilots.guidance import world as worlds
from tests.runtime.tokens import fresh
from tests.web.citizen import register as control
from tests.web.citizen.register import FAULTS, Register, serving

PARENT = "000299888456"
PACKAGE = Path(suite.__file__).parent


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connections.close_all()  # the thread ends with its request


@pytest.fixture
def ours(race_db: str, keys: Path, settings: Any) -> Iterator[Target]:
    """Our register as a live server, with looks at somebody, and one who represents him."""
    settings.USAGE_API_TOKEN = fresh(control.TOKEN)
    with transaction.atomic(), wide("test"):
        world = worlds.build()
        officer, unit = world.actor("officer"), world.commune.pk
        representation.register(
            actor=officer,
            unit_id=unit,
            representative=PARENT,
            subject=NUMBER,
            document=representation.Document(
                "guardian", "Quyết định số 7/QĐ-UBND", date(2023, 1, 1), date(2024, 6, 1)
            ),
        )
    for _ in range(5):
        _look(officer, unit)
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Target(
            base=f"http://127.0.0.1:{server.server_port}/api/usage/v1",
            token=control.TOKEN,
            subject=NUMBER,
            stranger=STRANGER,
            representative=PARENT,
            has_oldest=True,
            look=lambda: _look(officer, unit),
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _look(officer: Actor, unit: int) -> None:
    with transaction.atomic(), wide("test"):
        look(officer, unit)


def broken(results: Iterator[Result]) -> dict[str, str]:
    """The rules not kept, or not asked, with what came instead."""
    return {result.code: result.message for result in results if not result.kept}


def test_our_register_keeps_every_rule(ours: Target) -> None:
    assert broken(run(ours)) == {}


def controlled(base: str, register: Register) -> Target:
    return Target(
        base=base,
        token=control.TOKEN,
        subject=control.SUBJECT,
        stranger=control.STRANGER,
        representative=control.PARENT,
        has_oldest=True,
        look=register.look,
    )


def test_the_control_register_keeps_every_rule() -> None:
    register = Register()
    with serving(register) as base:
        assert broken(run(controlled(base, register))) == {}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_fault_is_noticed_by_its_rule(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "FRESH_SECONDS", 0.3)
    register = Register(fault)
    with serving(register) as base:
        noticed = set(broken(run(controlled(base, register))))
    assert FAULTS[fault] <= noticed


def test_every_rule_has_a_fault_that_it_notices() -> None:
    assert {check.code for check in CHECKS} == set().union(*FAULTS.values())
    assert len(CHECKS) >= 20


def test_what_the_target_does_not_name_is_said_and_not_counted_as_kept() -> None:
    register = Register()
    with serving(register) as base:
        target = Target(base, control.TOKEN, control.SUBJECT, control.STRANGER)
        results = {result.code: result for result in run(target)}
    assert {code for code, result in results.items() if result.kept is None} == {
        "period.no_more",
        "representation",
        "fresh",
    }


def test_the_suite_stands_alone() -> None:
    allowed = set(sys.stdlib_module_names)
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                own = name.startswith("dean06.usage_conformance")
                assert own or name.split(".")[0] in allowed, f"{file.name} imports {name}"


@pytest.mark.parametrize(("fault", "code"), [("", 0), ("oldest_first", 1)])
def test_the_command_tells_by_its_exit_code(tmp_path: Path, fault: str, code: int) -> None:
    with serving(Register(fault)) as base:
        done = _command(tmp_path, base)
    assert done.returncode == code
    assert ("NOT KEPT  find.newest_first" in done.stdout) is bool(code)
    assert control.SUBJECT not in done.stdout + done.stderr


def test_the_command_says_when_nobody_answers(tmp_path: Path) -> None:
    done = _command(tmp_path, "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "127.0.0.1:9" in done.stderr


def _command(folder: Path, base: str) -> subprocess.CompletedProcess[str]:
    (folder / "token").write_text(control.TOKEN)
    (folder / "codes").write_text(json.dumps({"subject": control.SUBJECT, "stranger": control.STRANGER}))
    files = ["--token-file", str(folder / "token"), "--codes-file", str(folder / "codes")]
    return subprocess.run(
        [sys.executable, "-m", "dean06.usage_conformance", base, *files],
        cwd=PACKAGE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
