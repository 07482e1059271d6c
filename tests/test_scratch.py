"""Temporary folders of killed runs are removed by the next run, those of living runs are not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scratch import Scratch, scratch, sweep

ROOT = Path(__file__).parents[1]
_OWNER = "from tests.scratch import Scratch; one = Scratch('try'); print(one.path, flush=True); input()"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder of this test's own, for its children, too."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def owner() -> Iterator[subprocess.Popen[str]]:
    """Another process with a folder."""
    command = [sys.executable, "-c", _OWNER]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def _folder(owner: subprocess.Popen[str]) -> Path:
    assert owner.stdout is not None
    path = Path(owner.stdout.readline().strip())
    (path / "deep").mkdir()
    (path / "deep" / "file").write_text("x")
    return path


def test_a_folder_goes_after_its_owner_was_killed_and_not_before(owner: subprocess.Popen[str]) -> None:
    path = _folder(owner)
    assert sweep() == []
    assert path.is_dir()
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    assert sweep() == [path]
    assert not path.exists()


def test_the_folder_of_this_process_stays(tmp_path: Path) -> None:
    mine = Scratch("try")
    assert sweep() == []
    mine.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_block_leaves_nothing_even_when_it_fails(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), scratch("try") as path:
        (path / "file").rename(path / "nowhere" / "file")
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_or_only_begun_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dean06-of-somebody").mkdir()
    (tmp_path / "dean06-new-abc").mkdir()
    (tmp_path / "other").mkdir()
    assert sweep() == []
    os.utime(tmp_path / "dean06-new-abc", (1, 1))
    assert sweep() == [tmp_path / "dean06-new-abc"]
