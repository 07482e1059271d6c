"""The class of every column: data_classes.toml beside each app's models, and the document made of them.

A new column without a class fails the guard, so that nobody keeps personal data by accident.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps

from dean06.core.privacy.lawdata import DATA

FILE = "data_classes.toml"
THIRD_PARTY = DATA / "third_party_classes.toml"
PERSONAL = ("basic", "sensitive")
Columns = dict[tuple[str, str], str]  # (table, column) → class


@dataclass(frozen=True, slots=True)
class DataClass:
    """A class, what it means, the law behind it and how such data are handled."""

    key: str
    label: str
    law: str
    rule: str


def data_classes() -> list[DataClass]:
    """The classes in order of weight."""
    return [DataClass(**row) for row in _read(DATA / "classes.toml")["class"]]


def files() -> list[Path]:
    """The classification files of the installed apps, then that of tables which are not ours."""
    own = [Path(config.path) / FILE for config in apps.get_app_configs() if config.name.startswith("dean06.")]
    return [path for path in own if path.is_file()] + [THIRD_PARTY]


def columns(paths: list[Path] | None = None) -> Columns:
    """Every classified column. Raises ValueError for an unknown class or a column named twice."""
    known = {one.key for one in data_classes()}
    found: Columns = {}
    for path in files() if paths is None else paths:
        for table, by_class in _read(path).get("tables", {}).items():
            _add(found, path, table, by_class, known)
    return found


def _add(found: Columns, path: Path, table: str, by_class: Mapping[str, list[str]], known: set[str]) -> None:
    for name, listed in by_class.items():
        if name not in known:
            raise ValueError(f"{path}: {table}: no class is called {name}")
        for column in listed:
            if (table, column) in found:
                raise ValueError(f"{path}: {table}.{column} has two classes")
            found[table, column] = name


def faults(actual: set[tuple[str, str]], classified: Columns) -> list[str]:
    """What differs between the columns of the database and those that have a class."""
    missing = [f"{table}.{column}: has no class" for table, column in actual - classified.keys()]
    stale = [f"{table}.{column}: is no column" for table, column in classified.keys() - actual]
    return sorted(missing + stale)


def model_columns() -> set[tuple[str, str]]:
    """Every column of every model."""
    return {
        (model._meta.db_table, str(field.column))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }


def render() -> str:
    """docs/data-classes.md."""
    notes = _read(DATA / "classes.toml")["notes"]
    lines = [
        "# Data classes",
        "",
        "Made by `tools/data_classes` from the `data_classes.toml` beside each app's models; a test compares",
        "it and fails for a column without a class. Articles come from secondary copies, not the gazette.",
        "",
        "| Class | Meaning | Law | Handling |",
        "|---|---|---|---|",
        *(f"| {one.key} | {one.label} | {one.law or '–'} | {one.rule} |" for one in data_classes()),
        "",
        "## Personal and secret columns",
        "",
        "| Column | Class | Note |",
        "|---|---|---|",
    ]
    every = sorted(columns().items())
    for (table, column), name in every:
        if name in (*PERSONAL, "secret"):
            lines.append(f"| `{table}.{column}` | {name} | {notes.get(f'{table}.{column}', '')} |")
    lines += ["", "## Every table", "", "| Table | Columns by class |", "|---|---|"]
    lines += [
        f"| `{table}` | {_by_class(table, every)} |" for table in sorted({key[0] for key, _name in every})
    ]
    return "\n".join(lines) + "\n"


def _by_class(table: str, every: list[tuple[tuple[str, str], str]]) -> str:
    parts = []
    for one in data_classes():
        names = [column for (of, column), name in every if of == table and name == one.key]
        if names:
            parts.append(f"{one.key}: {', '.join(names)}")
    return "; ".join(parts)


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
