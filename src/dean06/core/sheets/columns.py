"""What a sheet is expected to hold, and what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from vnid.text import fold

Kind = Literal["text", "date", "integer", "decimal", "choice", "bool"]


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that holds no value: an Excel error, or a number that is none."""

    shown: str


Cell = str | int | float | bool | datetime | date | time | timedelta | Bad | None
"""One cell as the file gives it; None is empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an import.

    `label_vi` heads the column and names it in messages; `aliases` are other headers taken for it. `choices`
    maps what people may write to the value it means. `note` is shown in the template. Headers and choices are
    compared folded: case, diacritics, spaces and punctuation do not matter. `meanings` is derived.
    """

    key: str
    label_vi: str
    kind: Kind = "text"
    required: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    max_length: int | None = None
    note: str = ""
    meanings: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"column {self.key}: choices belong to the kind “choice” and to it alone")
        self.meanings.update((fold(label), value) for label, value in self.choices.items())
        if len(self.meanings) != len(self.choices):
            raise ValueError(f"column {self.key}: two choices read alike")

    @property
    def headers(self) -> set[str]:
        """The folded headers taken for this column."""
        return {fold(text) for text in (self.label_vi, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of values; `number` is its row in the file (1-based), `values` has every column's key."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of an accepted sheet; `keys` are the columns it had, `notes` what the user should know."""

    rows: list[Row]
    keys: frozenset[str]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """A sheet before its columns are known: rows that hold anything, in file order.

    `total` counts all of them, also those beyond the limit that are not kept in `rows`.
    """

    rows: list[tuple[int, dict[int, Cell]]] = field(default_factory=list)
    total: int = 0
    notes: list[str] = field(default_factory=list)
