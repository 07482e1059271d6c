"""Known weaknesses of the pinned versions: a finding fails, a database out of reach is told.

`AUDIT_REQUIRED=1`: where nothing could be checked the audit fails as well (3). For making releases.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PYTHON = (
    *("pip-audit", "--requirement", "requirements-dev.lock", "--no-deps", "--disable-pip"),
    *("--vulnerability-service", "osv", "--progress-spinner", "off", "--format", "json", "--timeout", "20"),
)
SCRIPTS = ("tools/npm", "audit", "--json", "--audit-level=low", "--fetch-retries=0", "--fetch-timeout=20000")


@dataclass(frozen=True)
class Answer:
    """Of one audit: whether the database answered, and what it found ("package version: names")."""

    part: str
    reached: bool
    found: tuple[str, ...] = ()


def of_python(told: Any) -> tuple[str, ...]:
    """The findings in the report on the Python packages; KeyError when it is no report."""
    return tuple(
        f"{each['name']} {each.get('version', '?')}: {', '.join(weak['id'] for weak in each['vulns'])}"
        for each in told["dependencies"]
        if each.get("vulns")
    )


def of_scripts(told: Any) -> tuple[str, ...]:
    """The findings in the report on the front end's packages; KeyError when it is no report."""
    return tuple(f"{name}: {each['severity']}" for name, each in told["vulnerabilities"].items())


def ask(part: str, command: Sequence[str], folder: Path, read: Callable[[Any], tuple[str, ...]]) -> Answer:
    """Run one audit. A report, and nothing else, counts as an answer of the database."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
        return Answer(part, reached=True, found=read(json.loads(done.stdout)))
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return Answer(part, reached=False)


def report(answers: Sequence[Answer], *, required: bool = False) -> int:
    """Print what came out; 1 when something was found, 3 when a check that is required did not take place."""
    for each in answers:
        if not each.reached:
            print(f"audit: {each.part}: NOT CHECKED, the database of weaknesses could not be reached")
        for finding in each.found:
            print(f"audit: {each.part}: {finding}", file=sys.stderr)
        if each.reached and not each.found:
            print(f"audit: {each.part}: no known weakness")
    if any(each.found for each in answers):
        return 1
    if required and not all(each.reached for each in answers):
        print("audit: failed: AUDIT_REQUIRED is set and not everything was checked", file=sys.stderr)
        return 3
    return 0


def main() -> int:
    """Both audits."""
    return report(
        [
            ask("Python", PYTHON, ROOT, of_python),
            ask("front end", (str(ROOT / SCRIPTS[0]), *SCRIPTS[1:]), ROOT / "frontend", of_scripts),
        ],
        required=os.environ.get("AUDIT_REQUIRED") == "1",
    )


if __name__ == "__main__":
    sys.exit(main())
