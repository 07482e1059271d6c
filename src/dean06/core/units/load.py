"""Loading a plan's folder of unit files: checked, whole or not at all, and not again while unchanged."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import IntegrityError, transaction

from dean06.core import audit, clock
from dean06.core.access.actor import Actor
from dean06.core.access.policy import Action, require
from dean06.core.access.scope import wide
from dean06.core.errors import Invalid, Reason
from dean06.core.units.closure import lock_tree, rebuild
from dean06.core.units.csvcheck import check_units
from dean06.core.units.faults import explain
from dean06.core.units.models import Alias, Code, LoadedFolder, Placement, Succession, Unit

FILES = ("units.csv", "placements.csv", "codes.csv", "aliases.csv", "successions.csv")
_UPDATED = (
    "kind",
    "subkind",
    "name",
    "name_en",
    "valid_from",
    "valid_to",
    "document",
    "source",
    "verified",
)
_BATCH = 2000
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Rows written of each file; `kept`: keys of units edited by hand since, left as officers made them."""

    units: int = 0
    placements: int = 0
    codes: int = 0
    aliases: int = 0
    successions: int = 0
    kept: tuple[str, ...] = ()
    unchanged: bool = False


def load_units(folder: Path, actor: Actor) -> LoadReport:
    """Bring the units of `folder` (units.csv, placements.csv, …) into the database, with their closure.

    Idempotent: an unchanged folder is not read again; units edited by hand (version above 1) keep their
    names, placements and codes. Raises Denied; Invalid with file and line of every defect; nothing is
    written then.
    """
    require(actor, Action.MANAGE_UNITS)
    sha256 = _digest(folder)
    name = f"{folder.resolve().parent.name}/{folder.name}"
    with transaction.atomic(), wide("the tree of units is loaded for the whole province"):
        lock_tree()
        if LoadedFolder.objects.filter(folder=name, sha256=sha256).exists():
            return LoadReport(unchanged=True)
        report = _checked(folder)
        rebuild()
        LoadedFolder.objects.update_or_create(
            folder=name, defaults={"sha256": sha256, "loaded_at": clock.now()}
        )
        audit.record(
            actor=actor,
            action="units.load",
            object_type="folder",
            object_id=name[:80],
            unit_id=None,
            detail={"sha256": sha256, "units": report.units, "kept": list(report.kept)},
        )
        return report


def _checked(folder: Path) -> LoadReport:
    """Write the folder's rows when every file of it is right. Raises Invalid."""
    problems = check_units(folder)
    if problems:
        raise Invalid([Reason(f"{p.file}:{p.line}: {p.message_vi}") for p in problems])
    try:
        with transaction.atomic():
            return _write(folder)
    except IntegrityError as error:
        raise explain(error) from error


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        path = folder / name
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _rows(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _write(folder: Path) -> LoadReport:
    rows = _rows(folder, "units.csv")
    kept = set(
        Unit.objects.filter(key__in=[row["key"] for row in rows], version__gt=1).values_list("key", flat=True)
    )
    units = Unit.objects.bulk_create(
        [_unit(row) for row in rows if row["key"] not in kept],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=_UPDATED,
    )
    ids = dict(Unit.objects.filter(key__in=[row["key"] for row in rows]).values_list("key", "id"))
    return LoadReport(
        units=len(units),
        placements=_placements(folder, ids, kept),
        codes=_codes(folder, ids, kept),
        aliases=_aliases(folder, ids),
        successions=_successions(folder, ids),
        kept=tuple(sorted(kept)),
    )


def _unit(row: Row) -> Unit:
    return Unit(
        key=row["key"],
        kind=row["kind"],
        subkind=row["subkind"],
        name=row["name"],
        name_en=row["name_en"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        document=row["document"],
        source=row["source"],
        verified=row["verified"] == "yes",
    )


def _placements(folder: Path, ids: Mapping[str, int], kept: set[str]) -> int:
    Placement.objects.filter(unit_id__in=[i for key, i in ids.items() if key not in kept]).delete()
    made = [
        Placement(
            unit_id=ids[row["key"]],
            parent_id=ids[row["parent_key"]],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            document=row["document"],
        )
        for row in _fresh(folder, "placements.csv", kept)
    ]
    return len(Placement.objects.bulk_create(made, batch_size=_BATCH))


def _codes(folder: Path, ids: Mapping[str, int], kept: set[str]) -> int:
    Code.objects.filter(unit_id__in=[i for key, i in ids.items() if key not in kept]).delete()
    made = [
        Code(
            unit_id=ids[row["key"]],
            scheme=row["scheme"],
            code=row["code"],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )
        for row in _fresh(folder, "codes.csv", kept)
    ]
    return len(Code.objects.bulk_create(made, batch_size=_BATCH))


def _fresh(folder: Path, name: str, kept: set[str]) -> Iterator[Row]:
    return (row for row in _rows(folder, name) if row["key"] not in kept)


def _aliases(folder: Path, ids: Mapping[str, int]) -> int:
    # Names that officers added stay; a name that is there already is left alone.
    made = [
        Alias(unit_id=ids[row["key"]], alias=row["alias"], kind=row["kind"])
        for row in _rows(folder, "aliases.csv")
    ]
    before = Alias.objects.count()
    Alias.objects.bulk_create(made, batch_size=_BATCH, ignore_conflicts=True)
    return Alias.objects.count() - before


def _successions(folder: Path, ids: Mapping[str, int]) -> int:
    Succession.objects.filter(from_unit_id__in=ids.values()).delete()
    made = [
        Succession(
            from_unit_id=ids[row["from_key"]],
            to_unit_id=ids[row["to_key"]],
            kind=row["kind"],
            share=Decimal(row["share"]),
            effective_date=date.fromisoformat(row["effective_date"]),
            document=row["document"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in _rows(folder, "successions.csv")
    ]
    return len(Succession.objects.bulk_create(made, batch_size=_BATCH))
