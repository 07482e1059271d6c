#!/usr/bin/env python3
"""Build plans/<plan>/units/*.csv: provinces, districts, communes and agencies in time, with provenance.

python tools/build_units.py            write the unit files from the committed extracts (no network)
python tools/build_units.py --check    build into a temporary folder and compare; exit 1 when different
python tools/build_units.py --extract  download the recorded packages, verify them, renew the extracts
"""

from __future__ import annotations

import argparse
import filecmp
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.units_build.agencies import add_agencies, add_agency_successions, add_aliases  # noqa: E402
from tools.units_build.archives import BuildError, read_packages  # noqa: E402
from tools.units_build.extract import extract_all  # noqa: E402
from tools.units_build.provenance import provenance  # noqa: E402
from tools.units_build.states import read_states  # noqa: E402
from tools.units_build.tables import Tables, read_events  # noqa: E402
from tools.units_build.territory import Territory  # noqa: E402

DATA = ROOT / "tools" / "units_data"
OUT = ROOT / "plans" / "bac-giang-2023" / "units"
CACHE = Path.home() / ".cache" / "dean06" / "unit-archives"


def build(data: Path, out: Path) -> Tables:
    """Write the unit files of one plan from the facts in `data`.

    Raises BuildError when a fact is missing or more than one reading fits.
    """
    scope = tomllib.loads((data / "scope.toml").read_text(encoding="utf-8"))
    events = read_events(data / "events.csv")
    states = read_states(data / "extract", scope, events, read_packages(data / "packages.csv"))
    tables = Tables()
    Territory(states, tables).build()
    add_agencies(tables, data, events)
    add_agency_successions(tables, data, events)
    add_aliases(tables, data, states)
    tables.write(out)
    text = provenance(tables, states, data / "extract")
    (out / "PROVENANCE.md").write_text(text, encoding="utf-8")
    return tables


def differences(made: Path, kept: Path) -> list[str]:
    """Names of files that are not byte for byte the same in both folders, or stand in one only."""
    names = sorted({p.name for p in made.iterdir()} | {p.name for p in kept.iterdir()})
    _, mismatch, errors = filecmp.cmpfiles(made, kept, names, shallow=False)
    return sorted(mismatch + errors)


def check(data: Path, kept: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        build(data, Path(folder))
        different = differences(Path(folder), kept)
    for name in different:
        print(f"{kept / name}: not what tools/build_units.py makes", file=sys.stderr)
    return 1 if different else 0


def extract(data: Path, archives: Path) -> None:
    scope = tomllib.loads((data / "scope.toml").read_text(encoding="utf-8"))
    extract_all(read_packages(data / "packages.csv"), scope["province"], archives, data / "extract")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--extract", action="store_true", help="renew the extracts from the packages first")
    parser.add_argument("--archives", type=Path, default=CACHE, help="folder of the archives")
    options = parser.parse_args(arguments)
    try:
        if options.extract:
            extract(DATA, options.archives)
        if options.check:
            return check(DATA, OUT)
        build(DATA, OUT)
    except BuildError as error:
        print(f"build_units: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
