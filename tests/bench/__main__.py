"""`python -m tests.bench [GROUP …] [--json | --markdown]`: run benches and print their tables.

Exit code 1 when a result was wrong or a bar was missed; a missed bar is marked in its table and named on
standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.report import JSON_FILE, markdown, missed
from tests.scratch import scratch

HERE = Path(__file__).parent
GROUPS = tuple(sorted(path.stem.removeprefix("test_") for path in HERE.glob("test_*.py")))


def main(arguments: list[str]) -> int:
    """Exit code of the benches."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"one of: {', '.join(GROUPS)}; all without"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document on standard output")
    form.add_argument("--markdown", action="store_true", help="the tables as docs/performance.md keeps them")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.groups) - set(GROUPS))
    if unknown:
        parser.error(f"no group {', '.join(unknown)}; there are: {', '.join(GROUPS)}")
    with scratch("bench") as folder:
        kept = folder / "tables.jsonl"
        kept.touch()
        code = _run(chosen.groups or GROUPS, kept, quiet=chosen.json or chosen.markdown)
        tables = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    if chosen.json:
        sys.stdout.write(json.dumps(tables, ensure_ascii=False, indent=2) + "\n")
    elif chosen.markdown:
        sys.stdout.write("\n".join(markdown(table) for table in tables))
    late = missed(tables)
    if late:
        sys.stderr.write("bars missed:\n" + "".join(f"  {line}\n" for line in late))
    return code or int(bool(late))


def _run(groups: tuple[str, ...] | list[str], kept: Path, *, quiet: bool) -> int:
    """Run the groups' files; with `quiet` everything they print goes to standard error."""
    files = [str(HERE / f"test_{group}.py") for group in groups]
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-s", "-m", "bench", *files]
    done = subprocess.run(
        command,
        # One benchmark asks more than a person may; the limits would measure themselves.
        env=os.environ | {JSON_FILE: str(kept), "RATE_LIMITS": "0"},
        stdout=sys.stderr if quiet else None,
        check=False,
        cwd=HERE.parent.parent,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
