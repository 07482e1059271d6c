"""A short run of every fuzz target; `docs/vnid.md` tells how to run one for long."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import targets

RUNS = 3000
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="module")
def possible() -> None:
    """In CI the fuzzer must be there; elsewhere it may have no build."""
    if importlib.util.find_spec("atheris") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "atheris has no build for this kind of machine"
        )


NAMES = [name for name in targets() if name != "broken"]


def fuzzed(name: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, "-seed=1", f"-artifact_prefix={folder}/", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_parser_reads_or_refuses(name: str, tmp_path: Path) -> None:
    done = fuzzed(name, tmp_path, f"-runs={RUNS}", "-max_total_time=20")
    assert done.returncode == 0, done.stderr[-4000:]
    (runs,) = re.findall(r"Done (\d+) runs", done.stderr)
    assert int(runs) > 100


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_read(name: str) -> None:
    assert targets()[name].examples
    for example in targets()[name].examples:
        assert targets()[name].parse(example) is not None


def test_a_fault_behind_three_branches_is_found(tmp_path: Path) -> None:
    done = fuzzed("broken", tmp_path, "-runs=200000")
    assert done.returncode != 0
    assert "IndexError" in done.stdout + done.stderr
    assert any(path.read_bytes()[:3] == b"vni" for path in tmp_path.glob("crash-*"))
