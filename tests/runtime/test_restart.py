"""A restart and the death of web processes: nobody is refused, what was acknowledged is stored once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.runtime.test_kill import Installation, until
from tests.scratch import scratch

from dean06.runtime.database import embedded_urls
from dean06.runtime.process import is_running

pytestmark = pytest.mark.race

#: The program with one more address, POST /stored. Python imports `sitecustomize` as it starts.
_FILES = {
    "sitecustomize.py": "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'stored_settings'\n",
    "stored_settings.py": (
        "from dean06.config.settings import *\nMIDDLEWARE = ['stored_settings.Stored', *MIDDLEWARE]\n"
        "class Stored:\n"
        "    def __init__(self, get_response):\n        self.get_response = get_response\n"
        "    def __call__(self, request):\n"
        "        if request.path != '/stored':\n            return self.get_response(request)\n"
        "        import os, psycopg\n        from django.http import HttpResponse\n"
        "        with psycopg.connect(os.environ['DATABASE_URL']) as connection:\n"
        "            connection.execute('insert into stored values (%s)', [int(request.body)])\n"
        "        return HttpResponse(status=201)\n"
    ),
}


class Client:
    """Asks without a pause, in some threads: GET /health, and POST of numbers that no other request has."""

    def __init__(self, port: int, *, keep_alive: bool) -> None:
        self._port, self._keep = port, keep_alive
        self.answers: Counter[str] = Counter()
        self.acknowledged: list[int] = []
        self._lock, self._end, self._next = threading.Lock(), threading.Event(), 0
        self._threads = [threading.Thread(target=self._run) for _ in range(3)]

    def __enter__(self) -> Client:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(60)

    def _run(self) -> None:
        connection: http.client.HTTPConnection | None = None
        while not self._end.is_set():
            with self._lock:
                self._next += 1
                number = self._next
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
                word = self._ask(connection, number)
            except (OSError, http.client.HTTPException) as error:
                word, connection = type(error).__name__, None
            with self._lock:
                self.answers[word] += 1
            if connection is not None and not self._keep:
                connection.close()
                connection = None

    def _ask(self, connection: http.client.HTTPConnection, number: int) -> str:
        if number % 2:
            connection.request("GET", "/health")
        else:
            connection.request("POST", "/stored", body=str(number))
        answer = connection.getresponse()
        answer.read()
        if answer.status == 201:
            with self._lock:
                self.acknowledged.append(number)
        return str(answer.status)


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    hook = tmp_path_factory.mktemp("hook")
    for name, text in _FILES.items():
        (hook / name).write_text(text)
    ours = ("DATABASE_", "DEAN06_", "TEST_", "DATA_DIR", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    with scratch("restart") as folder:
        folder.chmod(0o755)
        own = {"DATA_DIR": str(folder / "data"), "DEMO": "none", "PYTHONPATH": str(hook)}
        yield {**kept, **own, "HOST": "127.0.0.1"}


@pytest.fixture(scope="module")
def installation(variables: dict[str, str]) -> Iterator[Installation]:
    """`dean06 up` with two web processes; every test leaves it running."""
    made = Installation(variables, workers=2)
    try:
        made.wait()
        with psycopg.connect(embedded_urls(Path(variables["DATA_DIR"])).owner) as connection:
            connection.execute("create table stored (n int)")
        yield made
    finally:
        if made.process.poll() is None:
            made.end()
        made.process.wait(30)


def stored(variables: dict[str, str]) -> Counter[int]:
    with psycopg.connect(embedded_urls(Path(variables["DATA_DIR"])).owner) as connection:
        found = Counter(int(row[0]) for row in connection.execute("select n from stored").fetchall())
        connection.execute("delete from stored")
    return found


def dean06(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dean06", *arguments],
        env=variables,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("keep_alive", [False, True])
def test_a_restart_refuses_and_drops_nothing(
    installation: Installation, variables: dict[str, str], keep_alive: bool
) -> None:
    old = installation.child("runtime.serve"), installation.child("runtime.worker")
    with Client(installation.port, keep_alive=keep_alive) as client:
        time.sleep(0.5)
        done = dean06(variables, "restart", "--json")
        time.sleep(0.5)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    assert set(client.answers) == {"200", "201"}, client.answers
    assert min(client.answers.values()) > 20
    assert stored(variables) == Counter(client.acknowledged), "each acknowledged number once, and no other"
    new = installation.child("runtime.serve"), installation.child("runtime.worker")
    assert set(old).isdisjoint(new)
    assert not any(is_running(pid) for pid in old)


def test_the_death_of_a_web_process_refuses_nobody(
    installation: Installation, variables: dict[str, str]
) -> None:
    """What it was answering breaks off; every other connection waits for the next process."""
    with Client(installation.port, keep_alive=False) as client:
        time.sleep(0.5)
        victim = web_processes(installation)[0]
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(web_processes(installation)) == 2, 30, "the process's return")
        time.sleep(0.5)
    broken = set(client.answers) - {"200", "201"}
    assert broken <= {"RemoteDisconnected", "ConnectionResetError"}, client.answers
    assert sum(client.answers[word] for word in broken) <= 3, "at most one in each thread of the client"
    found = stored(variables)
    assert set(client.acknowledged) <= set(found)
    assert max(found.values()) == 1


def test_the_death_of_the_whole_web_server_refuses_nobody(
    installation: Installation, variables: dict[str, str]
) -> None:
    with Client(installation.port, keep_alive=False) as client:
        time.sleep(0.5)
        victim = installation.child("runtime.serve")
        os.kill(victim, signal.SIGKILL)
        until(lambda: not is_running(victim), 10, "its end")
        before = client.answers.total()
        until(lambda: client.answers.total() > before + 10, 60, "further answers")
    assert "ConnectionRefusedError" not in client.answers, client.answers
    found = stored(variables)
    assert set(client.acknowledged) <= set(found)
    assert max(found.values()) == 1


def web_processes(installation: Installation) -> list[int]:
    parent = installation.child("runtime.serve")
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in listed if is_running(int(pid))]


def test_a_new_version_that_does_not_start_leaves_the_old_one_serving(
    installation: Installation, variables: dict[str, str]
) -> None:
    broken = Path(variables["PYTHONPATH"]) / "stored_settings.py"
    good = broken.read_text()
    old = installation.child("runtime.serve")
    broken.write_text("raise RuntimeError('the new version is broken')\n")
    try:
        with Client(installation.port, keep_alive=False) as client:
            installation.process.send_signal(signal.SIGHUP)
            note = Path(variables["DATA_DIR"]) / "restart.json"
            until(lambda: json.loads(note.read_text())["ok"] is False, 60, "the outcome")
    finally:
        broken.write_text(good)
    assert installation.child("runtime.serve") == old
    assert set(client.answers) == {"200", "201"}, client.answers
    stored(variables)


def test_without_a_running_system_there_is_nothing_to_restart(
    bare_environment: dict[str, str], data_dir: Path
) -> None:
    answer = dean06(bare_environment, "restart")
    assert answer.returncode == 7
    assert str(data_dir) in answer.stderr
    assert not data_dir.exists(), "asking makes nothing"
