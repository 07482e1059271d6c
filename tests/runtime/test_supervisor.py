from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dean06.runtime import logs, supervisor
from dean06.runtime.failures import Exit, StartError
from dean06.runtime.process import is_running, processes_in, spawn, stop
from dean06.runtime.supervisor import Child


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


@pytest.fixture
def child(tmp_path: Path) -> Child:
    (tmp_path / "shortlived.py").write_text("print('one line', flush=True); raise SystemExit(3)\n")
    (tmp_path / "longlived.py").write_text("import time; time.sleep(600)\n")
    return Child("web", "shortlived", {**os.environ, "PYTHONPATH": str(tmp_path)}, tmp_path / "web.log")


def test_a_dead_child_is_started_again_after_a_growing_pause(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0, 30.0))
    child.start()
    assert until(lambda: child.check() == 3)
    assert child.check() is None, "the first restart comes at once"
    assert child.process is not None
    assert until(lambda: child.check() == 3)
    assert child.check() is None
    assert child.process is None, "the second waits"
    assert child.retry_at - time.monotonic() == pytest.approx(30, abs=2)
    assert child.last_words() == "one line\none line"


def test_a_long_life_forgives_earlier_failures(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_STEADY", -1.0)
    child.failures = 5
    child.start()
    assert until(lambda: child.check() == 3)
    assert child.failures == 1


def test_a_large_log_is_set_aside(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LIMIT", 3)
    child.log.write_text("old words")
    child.start()
    assert until(lambda: child.check() == 3)
    assert child.log.with_suffix(".log.1").read_text() == "old words"
    assert child.last_words() == "one line"


def test_stop_ends_a_child_that_does_not_listen(child: Child, tmp_path: Path) -> None:
    (tmp_path / "deaf.py").write_text(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(600)\n"
    )
    child.module = "deaf"
    child.start()
    assert until(lambda: "ready" in child.last_words())
    process = child.process
    assert process is not None
    child.stop(0.2)
    assert process.returncode == -signal.SIGKILL


def test_grandchildren_end_with_the_session() -> None:
    process = spawn(["sh", "-c", "sleep 600 & echo $!; wait"], environment=os.environ, log=None)
    tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert until(lambda: bool(tasks.read_text().split()))
    grandchild = int(tasks.read_text().split()[0])
    stop(process, (signal.SIGKILL, 1.0))
    assert until(lambda: not is_running(grandchild) or _is_zombie(grandchild))


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import os, time\nfrom dean06.runtime.process import spawn\n"
        "child = spawn(['sleep', '600'], environment=os.environ)\nprint(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(lambda: not is_running(pid) or _is_zombie(pid))


def test_processes_are_found_by_their_folder(tmp_path: Path) -> None:
    sleeper = subprocess.Popen(["sleep", "60"], cwd=tmp_path)
    try:
        assert processes_in(tmp_path.resolve()) == [sleeper.pid]
    finally:
        sleeper.kill()
        sleeper.wait()


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_deleted_log_folder_is_made_again(child: Child) -> None:
    child.log = child.log.parent / "log" / "web.log"
    child.start()
    assert until(lambda: child.check() == 3)
    assert child.last_words() == "one line"


def test_a_log_that_cannot_be_written_is_told_in_one_sentence(child: Child) -> None:
    child.log.mkdir()
    with pytest.raises(StartError) as caught:
        child.start()
    assert caught.value.code == Exit.DATA_DIR
    assert str(child.log) in caught.value.vi


def test_a_disk_that_fills_up_while_running_is_told(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(StartError) as caught:
        child.start()
    assert caught.value.code == Exit.DISK
