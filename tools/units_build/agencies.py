"""Agencies and organisations from the hand-written files, and the aliases of every unit."""

from __future__ import annotations

from pathlib import Path

from tools.units_build.archives import BuildError, read_rows
from tools.units_build.states import States, letters, split_type
from tools.units_build.tables import Code, Event, Placement, Succession, Tables, Unit

USAGE = "administrative usage"
SHORT = {"Thành phố": "TP", "Thị xã": "TX", "Thị trấn": "TT", "Phường": "P", "Huyện": "H", "Tỉnh": "T"}


def add_agencies(tables: Tables, folder: Path, events: dict[str, Event]) -> None:
    """Units of agencies.csv under their parent; an agency ends by its event, else with its parent."""
    for row in read_rows(folder / "agencies.csv"):
        begun, ended = events.get(row["starts_with"]), events.get(row["ends_with"])
        parent = tables.unit(row["parent_key"]) if row["parent_key"] else None
        start = begun.date if begun else ""
        end = ended.date if ended else (parent.valid_to if parent else "")
        cause = begun or ended
        document = cause.document if cause else (f"Kết thúc cùng {parent.name}" if parent else "")
        verified = row["verified"] if cause is None else cause.verified
        key, source = row["key"], row["source"]
        names = (row["kind"], row["subkind"], row["name"], row["name_en"])
        tables.units.append(Unit(key, *names, start, end, document, source, verified))
        tables.codes.append(Code(key, "dean06", key, start, end, "dean06", verified))
        if parent:
            tables.placements.append(Placement(key, parent.key, start, end, document, source, verified))


def add_agency_successions(tables: Tables, folder: Path, events: dict[str, Event]) -> None:
    for row in read_rows(folder / "agency_successions.csv"):
        event = events[row["event"]]
        document = f"{event.document}; {row['note']}" if row["note"] else event.document
        old, new, kind, share = row["from_key"], row["to_key"], row["kind"], row["share"]
        tables.successions.append(
            Succession(old, new, kind, share, event.date, document, event.source, event.verified)
        )


def add_aliases(tables: Tables, folder: Path, states: States) -> None:
    """Hand-written aliases first, then administrative forms, then old names."""
    for row in read_rows(folder / "agency_aliases.csv"):
        tables.alias(row["key"], row["alias"], row["kind"], row["source"], row["verified"])
    for unit in list(tables.units):
        if unit.kind in ("province", "district", "commune"):
            _territorial(tables, unit)
        tables.alias(unit.key, unit.name_en, "english", "dean06")
    for code, why in states.scope["same_unit"].items():
        label = states.packages["vietnamadminunits"].label
        tables.alias(f"xa-{code}", states.b[code].name, "spelling", f"{label} ({why})")
    _old_names(tables, folder, states)
    _inherit_names(tables)


def _territorial(tables: Tables, unit: Unit) -> None:
    """Name of the people's committee and the abbreviated type: both mean the same unit."""
    word, bare = split_type(unit.name)
    tables.alias(unit.key, f"UBND {word.lower()} {bare}", "spelling", USAGE)
    if unit.kind != "commune":
        tables.alias(unit.key, f"Ủy ban nhân dân {word.lower()} {bare}", "spelling", USAGE)
    if word in SHORT:
        tables.alias(unit.key, f"{SHORT[word]}. {bare}", "abbreviation", USAGE)
    if word in ("Thành phố", "Thị xã"):
        tables.alias(unit.key, f"UBND {SHORT[word]} {bare}", "abbreviation", USAGE)
    if unit.kind == "province":
        tables.alias(unit.key, "UBND tỉnh", "abbreviation", USAGE)


def _old_names(tables: Tables, folder: Path, states: States) -> None:
    """Names from before state A; each must be among the former names the package keeps for its code."""
    label = states.packages["vietnamadminunits"].label
    for row in read_rows(folder / "old_names.csv"):
        code, name = row["code"], row["name"]
        if letters(name) not in states.b[code].former:
            raise BuildError(f"old_names.csv: {name} is not a former name of {code} in {label}")
        source = f"{label}; reported: Báo Bắc Giang 30/7/2019"
        tables.alias(f"xa-{code}", name, "old_name", source)


def _inherit_names(tables: Tables) -> None:
    """A unit is found by the names of the units it came from, through every step of the chain."""
    kinds = {u.key: u.kind for u in tables.units}
    for step in sorted(tables.successions, key=lambda s: (s.effective_date, s)):
        if kinds[step.from_key] != kinds[step.to_key] or step.kind in ("split", "function_transfer"):
            continue
        old = [a.alias for a in tables.aliases if a.key == step.from_key and a.kind == "old_name"]
        for name in [tables.unit(step.from_key).name, *old]:
            tables.alias(step.to_key, name, "old_name", f"succession {step.effective_date}", step.verified)
