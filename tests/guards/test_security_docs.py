"""docs/security.md says what holds: its numbers are those of the code, its tests exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from dean06.core.limits import ADDRESS, PERSON, Limit
from dean06.core.photos import prepare
from dean06.core.sheets import package, read
from dean06.ui.limits import MAX_BODY

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_MENTION = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def row(first: str) -> list[str]:
    """The cells after the first of the one table row that begins with `first`."""
    found = re.findall(rf"^\| {re.escape(first)} \|(.*)\|$", TEXT, re.MULTILINE)
    assert len(found) == 1, first
    return [cell.strip() for cell in found[0].split("|")]


def written(limit: Limit) -> str:
    return f"{limit.burst}, {limit.per_second:g}/s"


def test_the_documented_limits_are_those_in_force() -> None:
    for kind, limit in PERSON.items():
        assert row(kind) == [written(limit), written(ADDRESS[kind])]
    assert row("photo") == ["JPEG, PNG, WebP", str(prepare.MAX_BYTES), f"{prepare.MAX_PIXELS} pixels"]
    assert row("sheet") == [
        "XLSX, CSV",
        str(read.MAX_BYTES),
        f"{package.MAX_UNPACKED} bytes, {read.MAX_ROWS} rows",
    ]
    assert row("whole request")[1] == str(MAX_BODY)


def test_the_times_for_updates_are_written_down() -> None:
    days = [int(row(severity)[0].split()[0]) for severity in ("critical", "high", "moderate", "low")]
    assert days == sorted(days)
    assert days[0] <= 7
    assert days[-1] <= 90


def test_every_test_of_the_checklist_exists() -> None:
    mentioned = _MENTION.findall(TEXT)
    assert len(mentioned) > 10
    for path, name in mentioned:
        assert (ROOT / path).is_file(), path
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name


def test_every_threat_names_a_test() -> None:
    table = TEXT.split("| An intruder", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    assert len(table) >= 15
    assert [line for line in table if not _MENTION.search(line)] == []


def test_every_dependency_is_listed_and_pinned_by_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    listed = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").casefold().replace(" ", "-")
    pinned = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    for each in wanted:
        name = re.match(r"[\w.-]+", each).group()  # type: ignore[union-attr]
        assert re.search(
            rf"^{re.escape(name)}(\[[\w,-]+\])?==[^\n]+\\\n\s+--hash=sha256:", pinned, re.M | re.I
        ), name
        short = name.casefold().removeprefix("types-").removesuffix("-binary")
        assert short.replace("psycopg", "psycopg-3") in listed or short in listed, f"{name} has no line"
