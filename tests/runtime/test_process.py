"""Processes that end with those that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from dean06.runtime.process import is_running

_STUBBORN = """
import signal, sys, time
from dean06.runtime.process import exit_after_parent
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1] == "watched":
    exit_after_parent(0.5)
print("ready", flush=True)
time.sleep(60)
"""
_STARTER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def _ends(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not is_running(pid)


@pytest.mark.parametrize(("kind", "ends"), [("watched", True), ("unwatched", False)])
def test_a_stubborn_child_ends_after_its_parent(kind: str, ends: bool) -> None:
    """The unwatched child is the control: a request to end alone does not end it."""
    starter = subprocess.Popen(
        [sys.executable, "-c", _STARTER, _STUBBORN, kind], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    child = int(starter.stdout.readline())
    try:
        starter.kill()
        starter.wait(10)
        assert _ends(child, 20 if ends else 3) is ends
    finally:
        if is_running(child):
            os.kill(child, signal.SIGKILL)


def test_a_process_that_ended_and_was_not_fetched_does_not_run() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    assert _ends(ended.pid, 20), "it waits for us to fetch it, and that is no running"
    ended.wait(1)
