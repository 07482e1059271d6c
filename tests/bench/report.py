"""What a bench prints: one table a group, the machine it ran on, and the command that repeats it.

Bars are marked as met or missed, never asserted: the table is printed whole, and the runner's exit code tells
that one was missed. A wrong result fails a bench by an assertion of its own.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Literal

import psycopg
from rich.console import Console
from rich.table import Table as Grid

WIDTH = 150
JSON_FILE = "BENCH_JSON"  # variable: where each table is also kept, one JSON document a line
COLUMNS = ("what", "n", "median", "p95", "min–max", "reference", "ratio", "bar")


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure should not exceed: "p95 ≤ 150"."""

    of: Literal["median", "p95", "ratio"]
    most: float

    def __str__(self) -> str:
        return f"{self.of} ≤ {self.most:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured. `ratio`: of the medians, against the row or thing that `reference` names."""

    what: str
    samples: Sequence[float]
    unit: str = "ms"
    reference: str = ""
    ratio: float | None = None
    bar: Bar | None = None

    @property
    def median(self) -> float:
        return median(self.samples)

    @property
    def p95(self) -> float:
        """The 95th of a hundred; the largest when there are too few to tell."""
        return quantiles(self.samples, n=20)[-1] if len(self.samples) >= 20 else max(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None without one."""
        if self.bar is None:
            return None
        figure = {"median": self.median, "p95": self.p95, "ratio": self.ratio}[self.bar.of]
        return figure is not None and figure <= self.bar.most

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "what": self.what,
            "unit": self.unit,
            "n": len(self.samples),
            "median": round(self.median, 3),
            "p95": round(self.p95, 3),
            "min": round(min(self.samples), 3),
            "max": round(max(self.samples), 3),
            "reference": self.reference,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "bar": str(self.bar) if self.bar else None,
            "met": self.met,
        }

    def cells(self) -> list[str]:
        """For people; what was taken once has no spread."""
        one = len(self.samples) == 1
        spread = "" if one else f"{_short(min(self.samples))}–{_short(max(self.samples))}"
        return [
            self.what,
            str(len(self.samples)),
            f"{_short(self.median)} {self.unit}".rstrip(),
            "" if one else _short(self.p95),
            spread,
            self.reference,
            "" if self.ratio is None else f"{self.ratio:.2f} ×",
            f"{self.bar}: {'met' if self.met else 'MISSED'}" if self.bar else "",
        ]


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one group of benches. `notes`: what a reader must know to understand them."""

    group: str
    data: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def command(self) -> str:
        return f"make bench GROUP={self.group}"

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "group": self.group,
            "data": self.data,
            "rows": [row.facts() for row in self.rows],
            "cells": [row.cells() for row in self.rows],
            "notes": list(self.notes),
            "machine": asdict(machine()),
            "command": self.command,
        }


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when."""

    cpu: str
    cores: int
    load: float  # processes that wanted a core during the last minute
    postgresql: str
    python: str
    on: str

    def __str__(self) -> str:
        return (
            f"{self.on} · {self.cpu}, {self.cores} cores, load {self.load:.1f} · "
            f"PostgreSQL {self.postgresql} · Python {self.python}"
        )


def machine() -> Machine:
    """This machine, now."""
    from tests import server  # starts PostgreSQL: not where only tables are formatted

    with psycopg.connect(server.url(True, "postgres")) as connection:
        version = connection.info.parameter_status("server_version") or "?"
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        load=os.getloadavg()[0],
        postgresql=version.split()[0],
        python=platform.python_version(),
        on=f"{datetime.now(UTC):%Y-%m-%d}",
    )


def show(table: Table) -> None:
    """Print a table, and keep it for the runner when it asks."""
    grid = Grid(title=f"{table.group}: {table.data}", title_justify="left", header_style="bold")
    for name in COLUMNS:
        grid.add_column(name, justify="left" if name in {"what", "reference", "bar"} else "right")
    for row in table.rows:
        grid.add_row(*row.cells())
    console = Console(file=sys.stdout, width=WIDTH, highlight=False)
    console.print()
    console.print(grid)
    for line in (*table.notes, str(machine()), f"repeat: {table.command}"):
        console.print(line, markup=False, soft_wrap=True)
    kept = os.environ.get(JSON_FILE)
    if kept:
        with Path(kept).open("a", encoding="utf-8") as file:
            file.write(json.dumps(table.facts(), ensure_ascii=False) + "\n")


def markdown(facts: dict[str, Any]) -> str:
    """The table of `Table.facts` as Markdown, for docs/performance.md."""
    used = [at for at, _ in enumerate(COLUMNS) if any(cells[at] for cells in facts["cells"])]
    lines = [[COLUMNS[at] for at in used], ["---" for _ in used]]
    lines += [[cells[at] for at in used] for cells in facts["cells"]]
    grid = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    notes = "".join(f"{note}\\\n" for note in facts["notes"])
    where = str(Machine(**facts["machine"]))
    head = f"## `{facts['group']}`\n\nData: {facts['data']}. Repeat: `{facts['command']}`.\n\n"
    return f"{head}{grid}\n\n{notes}{where}\n"


def missed(tables: Sequence[dict[str, Any]]) -> list[str]:
    """The bars that were not met in these `Table.facts`: "web: plan, province leader: p95 ≤ 150"."""
    return [
        f"{table['group']}: {row['what']}: {row['bar']}"
        for table in tables
        for row in table["rows"]
        if row["met"] is False
    ]


def _short(value: float) -> str:
    """Three digits that count."""
    return (
        f"{value:.0f}"
        if value >= 100 or value == int(value)
        else f"{value:.1f}"
        if value >= 10
        else f"{value:.2f}"
    )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
