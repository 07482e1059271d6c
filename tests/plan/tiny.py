"""The tiny fictional plan of tests/plans/tiny, and ways to spoil a copy of it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from dean06.plan.check import check_plan

TINY = Path(__file__).parent.parent / "plans" / "tiny"
CODES = frozenset({"sample.desk_sign", "sample.team_any", "sample.team_full"})


def copy_to(folder: Path) -> Path:
    """A copy that a test may spoil."""
    target = folder / "tiny"
    shutil.copytree(TINY, target)
    return target


def line_of(folder: Path, file: str, text: str) -> int:
    """The number of the first line that contains `text`."""
    lines = (folder / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)


def replace(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first occurrence; the number of the line on which the new text begins."""
    path = folder / file
    before = path.read_text(encoding="utf-8")
    assert old in before, f"{old!r} is not in {file}"
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    return before[: before.index(old)].count("\n") + 1


def rewrite_source(folder: Path, text: str) -> None:
    """Exchange the source text and its hash in plan.yaml."""
    path = folder / "source" / "ke-hoach.txt"
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(text, encoding="utf-8")
    replace(folder, "plan.yaml", old, hashlib.sha256(path.read_bytes()).hexdigest())


def problems(folder: Path) -> list[str]:
    """Every problem of a folder as "file:line: reason"."""
    return [str(problem) for problem in check_plan(folder, CODES).problems]
