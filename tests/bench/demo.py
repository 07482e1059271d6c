"""`dean06 demo --scale province` as a process of its own, with the moments at which its work changes.

Run as a program (`python -m tests.bench.demo FILE ARGUMENT …`) it is the command `dean06 demo`, which besides
writes into FILE when each kind of work began and ended, by what it tells its progress bar.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from dean06.web.demo import Report

ROOT = Path(__file__).resolve().parents[2]
SCALE, SEED = "province", 6
_FILLED = """
select relname from pg_class join pg_namespace n on n.oid = relnamespace
where nspname = 'public' and relkind = 'r' and relname ~ '^(guidance|photos|plan_observation|plan_frozen)'
order by 1
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of the whole command and of each phase; `report`: what the command says it made."""

    seconds: float
    phases: Mapping[str, float]
    report: Mapping[str, int]


def run(variables: Mapping[str, str], folder: Path) -> Run:
    """The command in the database that `variables` name. Raises CalledProcessError when it fails."""
    kept = folder / "moments.json"
    arguments = ["demo", "--scale", SCALE, "--seed", str(SEED), "--json"]
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.demo", str(kept), *arguments],
        env={**os.environ, **variables, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
    )
    ended = time.time()
    marks: list[float] = json.loads(kept.read_text("utf-8"))
    return Run(ended - began, dict(_phases(began, marks, ended)), json.loads(done.stdout))


def _phases(began: float, marks: list[float], ended: float) -> Iterator[tuple[str, float]]:
    """Between the moments: start, first and last of each kind of work, end."""
    names = (
        "Django start, units and points",
        "records and photos made",
        "records and photos stored, accounts, stated figures",
        "figures counted, past months frozen",
        "commit, end",
    )
    moments = [began, *marks, ended]
    assert len(moments) == len(names) + 1, marks
    for name, start, end in zip(names, moments[:-1], moments[1:], strict=True):
        yield name, end - start


def copied(owner_url: str) -> tuple[int, float]:
    """How many rows the demo left in the tables of records and figures, and the seconds that COPY takes for
    the same rows into empty tables with the same indexes."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        rows, seconds = 0, 0.0
        for (name,) in owner.execute(_FILLED).fetchall():
            table, empty = sql.Identifier(name), sql.Identifier(f"copy_{name}")
            owner.execute(
                sql.SQL("create table {} (like {} including indexes including defaults)").format(empty, table)
            )
            with owner.cursor().copy(sql.SQL("copy {} to stdout (format binary)").format(table)) as out:
                blocks = [bytes(block) for block in out]
            began = time.perf_counter()
            cursor = owner.cursor()
            with cursor.copy(sql.SQL("copy {} from stdin (format binary)").format(empty)) as into:
                for block in blocks:
                    into.write(block)
            seconds += time.perf_counter() - began
            rows += cursor.rowcount
        return rows, seconds


def _main(kept: Path, arguments: list[str]) -> None:
    import dean06.cli.demo as command
    from dean06.cli.main import app

    marks: dict[str, tuple[float, float]] = {}
    unstamped = command.fill

    def fill(scale: str, seed: int = SEED) -> Report:
        from dean06.web import demo as room  # Django is set up by now

        make = room.fill

        def stamped(*, progress: Callable[[str, int, int], None], **options: Any) -> Report:
            def mark(what: str, done: int, total: int) -> None:
                now = time.time()
                marks[what] = (marks.get(what, (now, now))[0], now)
                progress(what, done, total)

            return make(progress=mark, **options)

        room.fill = stamped
        return unstamped(scale, seed)

    command.fill = fill
    try:
        app(arguments)
    finally:
        kept.write_text(json.dumps([moment for pair in marks.values() for moment in pair]), encoding="utf-8")


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2:])
