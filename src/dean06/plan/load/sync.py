"""Bringing the rows of one table in line with a wanted list, row by row and by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.deletion import ProtectedError

Row = Mapping[str, Any]
Key = tuple[Any, ...]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows one table gained, changed and lost."""

    created: int = 0
    updated: int = 0
    removed: int = 0

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.created + other.created, self.updated + other.updated, self.removed + other.removed
        )


class StillReferencedError(Exception):
    """A row that the files no longer name is used elsewhere and may not be removed."""

    def __init__(self, row: Model, users: Iterable[Model]) -> None:
        self.row = row
        self.tables = sorted({type(user)._meta.db_table for user in users})
        super().__init__(f"{row} ← {', '.join(self.tables)}")


def sync(rows: QuerySet[M], key: Sequence[str], wanted: Sequence[Row]) -> Changes:
    """Make `rows` hold exactly the `wanted` ones, matched by the fields of `key`.

    Removes first, then updates, then creates, so that constraints between rows hold at every step.
    Raises StillReferencedError when a row to be removed is protected.
    """
    return prune(rows, key, wanted) + upsert(rows, key, wanted)


def prune(rows: QuerySet[M], key: Sequence[str], wanted: Sequence[Row]) -> Changes:
    """Remove the rows that are not wanted. Raises StillReferencedError when one is protected."""
    named = {tuple(fields[name] for name in key) for fields in wanted}
    gone = [row for row in rows if _identity(row, key) not in named]
    for row in gone:
        _remove(row)
    return Changes(removed=len(gone))


def upsert(rows: QuerySet[M], key: Sequence[str], wanted: Sequence[Row]) -> Changes:
    """Create the wanted rows that are missing and update those that differ."""
    present = {_identity(row, key): row for row in rows.all()}
    named = {tuple(fields[name] for name in key): fields for fields in wanted}
    changed = [
        row for identity, row in present.items() if identity in named and _assign(row, named[identity])
    ]
    table = rows.model._default_manager
    if changed:
        names = [name.removesuffix("_id") for name in wanted[0] if name not in key]
        table.bulk_update(changed, names, batch_size=200)
    new = [rows.model(**fields) for identity, fields in named.items() if identity not in present]
    table.bulk_create(new, batch_size=500)
    return Changes(created=len(new), updated=len(changed))


def _identity(row: Model, key: Sequence[str]) -> Key:
    return tuple(getattr(row, name) for name in key)


def _remove(row: Model) -> None:
    try:
        row.delete()
    except ProtectedError as error:
        raise StillReferencedError(row, error.protected_objects) from error


def _assign(row: Model, fields: Row) -> bool:
    """Copy the fields onto the row; whether anything differed."""
    different = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, fields[name])
    return bool(different)
