"""A small fictional province as unit files, to be spoiled one fact at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dean06.core.units.csvread import HEADERS, TRAILER

Row = list[str]


def rows(text: str) -> list[Row]:
    """Rows of cells parted by "|"."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


@dataclass
class Folder:
    """Rows by file; `write` adds source and verified where a row has no trailing columns of its own."""

    files: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, name: str, line: str) -> Folder:
        self.files[name].extend(rows(line))
        return self

    def drop(self, name: str, *start: str) -> Folder:
        """Remove the rows that begin with these cells; at least one must."""
        kept = [row for row in self.files[name] if row[: len(start)] != list(start)]
        assert len(kept) < len(self.files[name]), f"{name} has no row {start}"
        self.files[name] = kept
        return self

    def change(self, name: str, start: Sequence[str], column: str, value: str) -> Folder:
        """Set one cell of the rows that begin with these cells."""
        found = [row for row in self.files[name] if row[: len(start)] == list(start)]
        assert found, f"{name} has no row {start}"
        for row in found:
            row[HEADERS[name].index(column)] = value
        return self

    def write(self, path: Path) -> Path:
        for name, header in HEADERS.items():
            full = [row if len(row) != len(header) else [*row, "test", "yes"] for row in self.files[name]]
            write_csv(path / name, [[*header, *TRAILER], *full])
        return path


def write_csv(path: Path, lines: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def province() -> Folder:
    """One province, two districts, five communes; in 2025 two merge, one is divided, the rest are renamed."""
    return Folder(
        {
            "units.csv": rows(
                """
                t|province|tinh|Tỉnh Lưu Vân||||
                h1|district|huyen|Huyện Đông|||2025-07-01|
                h2|district|huyen|Huyện Tây|||2025-07-01|
                a|commune|xa|Xã An|||2025-01-01|
                b|commune|xa|Xã Bình|||2025-01-01|
                c|commune|xa|Xã Cao|||2025-01-01|
                d|commune|xa|Xã Dương|||2025-07-01|
                e|commune|thi_tran|Thị trấn Én||||
                ab|commune|xa|Xã An Bình||2025-01-01|2025-07-01|
                n1|commune|phuong|Phường Một||2025-01-01||
                n2|commune|phuong|Phường Hai||2025-01-01||
                x|commune|xa|Xã Đông||2025-07-01||
                s1|department|so|Sở Cũ|||2025-03-01|
                s2|department|so|Sở Mới||||
                """
            ),
            "placements.csv": rows(
                """
                h1|t||2025-07-01|
                h2|t||2025-07-01|
                a|h1||2025-01-01|
                b|h1||2025-01-01|
                c|h1||2025-01-01|
                d|h2||2025-01-01|
                d|h1|2025-01-01|2025-07-01|
                e|h2||2025-07-01|
                e|t|2025-07-01||
                ab|h1|2025-01-01|2025-07-01|
                n1|h2|2025-01-01|2025-07-01|
                n1|t|2025-07-01||
                n2|h2|2025-01-01|2025-07-01|
                n2|t|2025-07-01||
                x|t|2025-07-01||
                s1|t||2025-03-01|
                s2|t|||
                """
            ),
            "codes.csv": rows(
                """
                a|gso|00001||2025-01-01
                ab|gso|00001|2025-01-01|2025-07-01
                x|gso|00001|2025-07-01|
                s1|dean06|so-cu||2025-03-01
                """
            ),
            "aliases.csv": rows("s1|SC|abbreviation\nh1|UBND huyện Đông|spelling"),
            "successions.csv": rows(
                """
                a|ab|merge|1|2025-01-01|
                b|ab|merge|1|2025-01-01|
                c|n1|split|0.25|2025-01-01|
                c|n2|split|0.75|2025-01-01|
                ab|x|merge|1|2025-07-01|
                d|x|merge|1|2025-07-01|
                s1|s2|function_transfer|1|2025-03-01|
                s1|t|function_transfer|1|2025-03-01|
                """
            ),
            "expected.csv": rows(
                """
                2023-06-30|district|t|2
                2023-06-30|commune|t|5
                2023-06-30|commune|h1|3
                2025-06-30|commune|t|5
                2025-07-01|district|t|0
                2025-07-01|commune|t|4
                """
            ),
            "chains.csv": rows("commune|2023-06-30|t|2025-07-01|t\ncommune|2023-06-30|t|2025-06-30|t"),
        }
    )
