"""`make run` of a newcomer: a fresh clone of this repository, only the package caches are warm."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.http import Visitor
from tests.scratch import scratch

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("environment", "frontend", "translations")  # what `make run` asks of tools/bootstrap
LONGEST = 600.0  # seconds until a start is given up
LEADER = "lanhdao"
_PASSWORD = re.compile(r"demo-[a-z2-7]{12}")
# Of the process that runs the benches: the clone is to find its own database, environment and settings.
_OURS = re.compile(
    r"(TEST_|PYTEST_|DATABASE_|DJANGO_|BENCH_)|(VIRTUAL_ENV|SECRET_KEY|DEAN06_DB_ROLE|DATA_DIR)$"
)


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds of each phase, until the address is announced, and of the first pages; `figures` is
    the dashboard as CSV."""

    phases: Mapping[str, float]
    ready: float
    sign_in_page: float
    first_page: float
    figures: str


@contextlib.contextmanager
def clone() -> Iterator[Path]:
    """What is committed, in a folder that the account of the database may enter."""
    with scratch("cold") as folder:
        folder.chmod(0o755)
        subprocess.run(["git", "clone", "-q", str(ROOT), f"{folder}/dean06"], check=True)
        yield folder / "dean06"


def install(checkout: Path) -> dict[str, float]:
    """Seconds of each part of tools/bootstrap."""
    seconds: dict[str, float] = {}
    for part in PARTS:
        began = time.perf_counter()
        subprocess.run(["tools/bootstrap", part], cwd=checkout, env=_variables(), check=True, timeout=LONGEST)
        seconds[part] = time.perf_counter() - began
    return seconds


def start_once(checkout: Path) -> Start:
    """`make run`, the first pages, Ctrl-C. Raises AssertionError with its last words when it fails."""
    port = _free_port()
    variables = _variables() | {"PORT": str(port), "DATA_DIR": str(checkout / ".data")}
    with (checkout.parent / "out").open("w+b") as out, (checkout.parent / "err").open("w+b") as err:
        began = time.perf_counter()
        command = ["make", "run", "ARGS=--json"]
        running = subprocess.Popen(
            command, cwd=checkout, env=variables, stdout=out, stderr=err, start_new_session=True
        )
        try:
            seconds = _announced(running, Path(out.name), Path(err.name))
            ready = time.perf_counter() - began
            return _visited(port, ready, seconds, Path(out.name).read_text("utf-8"))
        finally:
            _stop(running)


def _visited(port: int, ready: float, seconds: dict[str, float], said: str) -> Start:
    secret = _PASSWORD.search(said)
    assert secret is not None, "no demo accounts were printed"
    visitor = Visitor(f"http://127.0.0.1:{port}")
    sign_in_page = visitor.get("/dang-nhap").seconds
    visitor.sign_in(LEADER, secret[0])
    page = visitor.get("/")
    assert page.status == 200
    figures = visitor.get("/?export=csv").text
    visitor.close()
    return Start(dict(seconds), ready, sign_in_page, page.seconds, figures)


def _announced(running: subprocess.Popen[bytes], out: Path, err: Path) -> dict[str, float]:
    """The phases that `dean06 up --json` prints when the address answers."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline and running.poll() is None:
        text = out.read_text("utf-8")
        at = text.find("{")
        with contextlib.suppress(json.JSONDecodeError):
            if at >= 0:
                told = json.loads(text[at:])
                return {**told["seconds"], **told["prepare"]}
        time.sleep(0.02)
    raise AssertionError(f"make run did not start: {err.read_text('utf-8')[-2000:]}")


def _stop(running: subprocess.Popen[bytes]) -> None:
    """Ctrl-C, as a terminal sends it to everything of the session's foreground."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGINT)
    running.wait(timeout=60)


def _variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not _OURS.match(name)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
