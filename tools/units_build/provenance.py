"""PROVENANCE.md: where every row comes from, what is not checked, and what the data leave out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tools.units_build.archives import read_rows
from tools.units_build.states import States
from tools.units_build.tables import Tables

HEAD = """# Provenance of the unit data

Built by `python tools/build_units.py` from the extracts in `tools/units_data/`; do not edit by hand.
`python tools/build_units.py --check` proves that these files are what the builder makes, and
`--extract` makes the extracts again from the packages themselves. `dean06.core.units.csvcheck` proves
the rules of the data (counts, chains, no overlap, nothing lost or doubled).

`verified=yes` means: the facts of the row stand in the named package, in the plan's text, or are
administrative usage. `verified=no` means: a date or a document of the row is known from the press or
from reasoning only and was not compared with the official gazette.
"""

TAIL = """
## How the states are joined

- A commune whose code, name and type are the same in A and B is one unit; only its placement changes.
- A commune with another name or type in B is a new unit (`xa-<year><month>-<code>`), joined by a succession.
- A commune whose code is gone in B went to the only commune of the same district (as in A) that lists its
  name among its former names, or that carries its name; the build stops when there is not exactly one.
- Communes of 7/2025 are new units (`xa-2025-<code>`): the same code names another territory.
- A district's people's committee and the district are one unit. A district with another name or type is a
  new unit, and so is what is left of a district that was divided (the same name, a smaller territory): the
  shares of a division count communes. A district that takes others in stays the same unit.
- The district level ends on 2025-07-01: `abolish` rows say which new communes lie on the district's ground,
  in shares of old communes. Who inherits a duty or a registration needs a document of its own.

## What the data do not say

- Adjustments of parts of a unit are not modelled; two are reported for 2025-01-01: 11.98 km² with 520 people
  of Thanh Hải to Biên Sơn, and 75.93 km² of the district Sơn Động to the district Lục Ngạn.
- Agencies end with the province on 2025-07-01 unless an earlier event ended them; what the agencies of the
  new province are is not in this set. Nor are the communes the new province has from its other part.
- Where a start is empty, the day is unknown; it lies before the plan.
"""


def provenance(tables: Tables, states: States, extracts: Path) -> str:
    lines = [HEAD, "## Packages\n", "| package | archive, sha256 | licence | used for |", "|---|---|---|---|"]
    for p in states.packages.values():
        lines.append(f"| {p.label} | `{p.file}`<br>`{p.sha256}` | {p.licence} | {p.role} |")
    lines.append(
        "\nLicence texts of the packages whose facts are shipped: `tools/units_data/extract/LICENSES.txt`."
    )
    lines.append("\n## Events\n\n| event | date | document | source | verified |\n|---|---|---|---|---|")
    for e in sorted(states.events.values(), key=lambda e: e.date):
        lines.append(f"| {e.event} | {e.date} | {e.document} | {e.source} | {e.verified} |")
    lines.append(
        "\n## Communes of state A that are gone in state B\n\n| commune | went to | date |\n|---|---|---|"
    )
    lines.extend(_gone(tables, states))
    lines.append("\n## Comparison with an independent conversion table\n\n| what | count |\n|---|---|")
    lines.extend(f"| {r['what']} | {r['count']} |" for r in read_rows(extracts / "cross_check.csv"))
    lines.append("\n## Rows\n\n| file | rows | not verified |\n|---|---|---|")
    for name, rows in vars(tables).items():
        counts = Counter(row.verified for row in rows)
        lines.append(f"| {name}.csv | {len(rows)} | {counts['no']} |")
    return "\n".join(lines) + "\n" + TAIL


def _gone(tables: Tables, states: States) -> list[str]:
    names = {u.key: u.name for u in tables.units}
    gone = {f"xa-{code}" for code in set(states.a) - set(states.b)}
    return [
        f"| {names[s.from_key]} ({s.from_key}) | {names[s.to_key]} ({s.to_key}) | {s.effective_date} |"
        for s in sorted(tables.successions)
        if s.from_key in gone
    ]
