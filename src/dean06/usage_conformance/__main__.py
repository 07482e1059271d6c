"""`python -m dean06.usage_conformance URL`: exit 0 all kept · 1 some not · 2 no answer or wrong arguments."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from dean06.usage_conformance import Target, Unreachable, run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="usage-conformance", description=__doc__)
    parser.add_argument("base", help="the address before /heartbeat, /usagePeriod and /findUsage")
    parser.add_argument("--token-file", type=Path, required=True, help="a file with the bearer token")
    parser.add_argument(
        "--codes-file",
        type=Path,
        required=True,
        help='JSON: {"subject": …, "stranger": …, "representative": … or "", "has_oldest": false}; '
        "numbers are never given on the command line",
    )
    parser.add_argument("--look", nargs="+", default=[], help="a command that makes a look at the subject")
    return parser


def target(arguments: argparse.Namespace) -> Target:
    """The register to ask. Raises OSError or ValueError for files that cannot be read."""
    codes = json.loads(arguments.codes_file.read_text(encoding="utf-8"))
    command = arguments.look

    def look() -> None:
        subprocess.run(command, check=True)  # noqa: S603 - the command of whoever runs the suite

    return Target(
        base=arguments.base,
        token=arguments.token_file.read_text(encoding="utf-8").strip(),
        subject=codes["subject"],
        stranger=codes["stranger"],
        representative=codes.get("representative", ""),
        has_oldest=bool(codes.get("has_oldest", False)),
        look=look if command else None,
    )


def main() -> int:
    """Run all rules and write a line for each."""
    arguments = _parser().parse_args()
    marks = {True: "kept", False: "NOT KEPT", None: "skipped"}
    broken = 0
    try:
        for result in run(target(arguments)):
            broken += result.kept is False
            tail = f": {result.message}" if result.message else ""
            sys.stdout.write(f"{marks[result.kept]:9} {result.code:20} {result.title}{tail}\n")
    except (Unreachable, OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"usage-conformance: {error}\n")
        return 2
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
