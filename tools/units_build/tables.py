"""The rows of the unit files while they are put together, and their sorted, deterministic writing."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tools.units_build.archives import BuildError, read_rows
from tools.units_build.extract import write_rows


class Unit(NamedTuple):
    key: str
    kind: str
    subkind: str
    name: str
    name_en: str
    valid_from: str
    valid_to: str
    document: str
    source: str
    verified: str


class Placement(NamedTuple):
    key: str
    parent_key: str
    valid_from: str
    valid_to: str
    document: str
    source: str
    verified: str


class Code(NamedTuple):
    key: str
    scheme: str
    code: str
    valid_from: str
    valid_to: str
    source: str
    verified: str


class Alias(NamedTuple):
    key: str
    alias: str
    kind: str
    source: str
    verified: str


class Succession(NamedTuple):
    from_key: str
    to_key: str
    kind: str
    share: str
    effective_date: str
    document: str
    source: str
    verified: str


class Expected(NamedTuple):
    date: str
    kind: str
    under_key: str
    number: str
    source: str
    verified: str


class Chain(NamedTuple):
    kind: str
    from_date: str
    from_under: str
    to_date: str
    to_under: str
    source: str
    verified: str


@dataclass
class Tables:
    """All rows of the unit files; `write` sorts them."""

    units: list[Unit] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)

    def alias(self, key: str, text: str, kind: str, source: str, verified: str = "yes") -> None:
        """Add an alias once, and never one equal to the unit's own name."""
        name = next(u.name for u in self.units if u.key == key)
        if text != name and not any(a.key == key and a.alias == text for a in self.aliases):
            self.aliases.append(Alias(key, text, kind, source, verified))

    def unit(self, key: str) -> Unit:
        for unit in self.units:
            if unit.key == key:
                return unit
        raise BuildError(f"no unit {key}")

    def write(self, folder: Path) -> None:
        headers = {
            "units": Unit._fields,
            "placements": Placement._fields,
            "codes": Code._fields,
            "aliases": Alias._fields,
            "successions": Succession._fields,
            "expected": ("date", "kind", "under_key", "count", "source", "verified"),
            "chains": Chain._fields,
        }
        for table in fields(self):
            write_rows(folder / f"{table.name}.csv", headers[table.name], sorted(getattr(self, table.name)))


@dataclass(frozen=True)
class Event:
    """A dated reorganisation: what document, from what source, checked against the gazette or not."""

    event: str
    date: str
    document: str
    source: str
    verified: str

    @property
    def month(self) -> str:
        """Part of the key of units the event creates, e.g. "202501"."""
        return date.fromisoformat(self.date).strftime("%Y%m")


def read_events(path: Path) -> dict[str, Event]:
    return {row["event"]: Event(**row) for row in read_rows(path)}
