"""Nothing of the shipped province stands in the code: another province brings only another folder."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

SOURCE = Path(__file__).parents[2] / "src"
ALLOWED = {("dean06/config/settings.py", settings.PLAN_DIR.name)}
TEXT = {".py", ".html", ".txt", ".po", ".js", ".ts", ".css", ".json", ".toml", ".md", ".sql", ".svg", ".csv"}


def district_names() -> set[str]:
    """Names of the plan's districts without their kind: "Lục Ngạn"."""
    with (settings.PLAN_DIR / "units" / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in ("district", "province")]
    return {
        row["name"].removeprefix(prefix)
        for row in rows
        for prefix in ("Huyện ", "Thành phố ", "Thị xã ", "Tỉnh ")
        if row["name"].startswith(prefix)
    }


def facts() -> set[str]:
    return {name for name in district_names() if " " in name} | {settings.PLAN_DIR.name}


def files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.suffix in TEXT and path.is_file() and not {"dist", "node_modules"} & set(path.parts):
            yield path


def occurrences(root: Path) -> list[tuple[str, str, int]]:
    """(file, fact, line) of every fact found under a folder."""
    wanted = {fact: fact.casefold() for fact in facts()}
    return [
        (path.relative_to(root).as_posix(), fact, number)
        for path in files(root)
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        for fact, folded in wanted.items()
        if folded in line.casefold()
    ]


def test_the_guard_knows_what_to_look_for() -> None:
    assert len(district_names()) >= 10
    assert settings.PLAN_DIR.name in facts()


def test_no_fact_of_the_province_stands_in_the_code() -> None:
    found = occurrences(SOURCE)
    assert [f"{file}:{line}: {fact}" for file, fact, line in found if (file, fact) not in ALLOWED] == []


def test_the_default_plan_is_named_once() -> None:
    assert [place[:2] for place in occurrences(SOURCE)].count(next(iter(ALLOWED))) == 1


@pytest.mark.parametrize("text", ["x = 'UBND huyện {district}'", "PLAN = '{plan}'"])
def test_the_guard_can_fail(tmp_path: Path, text: str) -> None:
    fact = min(name for name in district_names() if " " in name)
    (tmp_path / "a.py").write_text(text.format(district=fact, plan=settings.PLAN_DIR.name), encoding="utf-8")
    assert len(occurrences(tmp_path)) == 1
