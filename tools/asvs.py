"""Coverage of OWASP ASVS 5.0.0, levels 1 and 2: `asvs.py [--write] [--results JUNIT]`.

docs/asvs.toml gives for each requirement the tests that show it, a signed reason why it does not apply, or
openly why it is not met. The check fails when a test that is named does not exist, or was skipped, failed or
left out in the run whose results are given. `--write` renews docs/asvs.md.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree  # our own pytest wrote the file

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "asvs.toml"
PAGE = ROOT / "docs" / "asvs.md"
REQUIRED = {1: 70, 2: 183}
"""How many requirements of each level the standard has."""


@dataclass(frozen=True)
class Requirement:
    """One requirement: exactly one of `tests`, `not_applicable` and `open` says how it stands."""

    id: str
    level: int
    what: str
    tests: tuple[str, ...] = ()
    not_applicable: str = ""
    signed: str = ""
    open: str = ""

    @property
    def state(self) -> str:
        """covered, not applicable or open."""
        if self.tests:
            return "covered"
        return "not applicable" if self.not_applicable else "open"


def order(requirement: Requirement) -> tuple[int, ...]:
    """The order of the standard."""
    return tuple(int(part) for part in requirement.id.split("."))


def read(path: Path = TABLE) -> tuple[list[Requirement], dict[str, str]]:
    """The requirements in the order of the standard, and the signatures by their names."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [
        Requirement(id=key, **{**row, "tests": tuple(row.get("tests", ()))})
        for key, row in told["requirements"].items()
    ]
    return sorted(rows, key=order), told["signatures"]


def malformed(rows: Iterable[Requirement], signatures: dict[str, str]) -> list[str]:
    """Counts that are not the standard's, rows that say nothing or too much, reasons nobody signed."""
    rows = list(rows)
    found = [
        f"level {level}: {have} requirements, the standard has {want}"
        for level, want in REQUIRED.items()
        if (have := sum(row.level == level for row in rows)) != want
    ]
    for row in rows:
        if sum(map(bool, (row.tests, row.not_applicable, row.open))) != 1:
            found.append(f"{row.id}: say tests, not_applicable or open, and only one of them")
        if row.not_applicable and row.signed not in signatures:
            found.append(f"{row.id}: not applicable, but signed by nobody")
        if len(set(row.tests)) != len(row.tests):
            found.append(f"{row.id}: names a test twice")
    return found


@cache
def _tests_in(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(rows: Iterable[Requirement], root: Path = ROOT) -> list[str]:
    """Tests that are named and do not exist."""
    found = []
    for row in rows:
        for test in row.tests:
            path, _, name = test.partition("::")
            if not name.startswith("test_") or name not in _tests_in(root / path):
                found.append(f"{row.id}: there is no test {test}")
    return found


def outcomes(results: Path) -> dict[str, set[str]]:
    """What happened to each test of a run (all its parameters together), by its node id without them."""
    found: dict[str, set[str]] = {}
    for case in ElementTree.parse(results).iter("testcase"):
        name = case.get("name", "").partition("[")[0]
        path = case.get("classname", "").replace(".", "/") + ".py"
        state = next((child.tag for child in case if child.tag in {"skipped", "failure", "error"}), "passed")
        found.setdefault(f"{path}::{name}", set()).add(state)
    return found


def not_run(rows: Iterable[Requirement], happened: dict[str, set[str]]) -> list[str]:
    """Tests that are named and were skipped, failed, or did not run."""
    return [
        f"{row.id}: {test} {'did not run' if test not in happened else 'was ' + ', '.join(sorted(bad))}"
        for row in rows
        for test in row.tests
        if (bad := happened.get(test, {"left out"}) - {"passed"})
    ]


def summary(rows: Iterable[Requirement]) -> list[str]:
    """The coverage in words, a line for each level and one for both."""
    rows = list(rows)
    lines = []
    for name, chosen in [*((f"L{level}", {level}) for level in REQUIRED), ("both", set(REQUIRED))]:
        some = [row for row in rows if row.level in chosen]
        count = {
            state: sum(row.state == state for row in some) for state in ("covered", "not applicable", "open")
        }
        apply = len(some) - count["not applicable"]
        share = 100 * count["covered"] / apply if apply else 100
        lines.append(
            f"ASVS 5.0.0 {name}: {len(some)} requirements: {count['covered']} covered by tests, "
            f"{count['not applicable']} not applicable (signed), {count['open']} open; "
            f"{share:.0f} % of those that apply"
        )
    return lines


def page(rows: Iterable[Requirement], signatures: dict[str, str]) -> str:
    """docs/asvs.md."""
    rows = list(rows)
    parts = [
        "# Coverage of OWASP ASVS 5.0.0\n",
        "Made by `tools/asvs.py --write` from `asvs.toml`; the words are ours, the numbers are those of the"
        " standard. *Open* means not met, or met and not shown by a test.\n",
        *(f"- {line}" for line in summary(rows)),
        "",
        *(f"- signature *{name}*: {text}" for name, text in signatures.items()),
        "\n| | L | requirement | state | shown by, or why |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        why = f"{row.not_applicable} ({row.signed})" if row.not_applicable else row.open
        shown = "<br>".join(f"`{test}`" for test in row.tests) or why
        parts.append(f"| {row.id} | {row.level} | {row.what} | {row.state} | {shown} |")
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """0 when the table is whole and every test it names exists (and passed, where results are given)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--results", type=Path)
    chosen = parser.parse_args(arguments)
    rows, signatures = read()
    if chosen.write:
        PAGE.write_text(page(rows, signatures), encoding="utf-8")
    faults = malformed(rows, signatures) + missing(rows)
    if chosen.results:
        faults += not_run(rows, outcomes(chosen.results))
    print("\n".join(summary(rows)))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
