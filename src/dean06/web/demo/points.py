"""The points of the demo: a desk for the province, each district and commune; a post for each commune."""

from __future__ import annotations

from datetime import date
from itertools import islice

from dean06.core.units import queries
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Placement, Unit

NOTE = "Đơn vị mô phỏng"
SMALL_COMMUNES = 4  # communes of each district at small scale


def make_points(province: Unit, on: date, *, every_commune: bool) -> list[Unit]:
    """Create the points under the tree as at `on`; returns them in the order of the tree."""
    wanted = [(province, Kind.ONE_STOP_DESK, "province")]
    for district in _children(province, on, Kind.DISTRICT):
        wanted.append((district, Kind.ONE_STOP_DESK, "district"))
        communes = _children(district, on, Kind.COMMUNE)
        for commune in communes if every_commune else islice(communes, SMALL_COMMUNES):
            wanted += [(commune, Kind.ONE_STOP_DESK, "commune"), (commune, Kind.POLICE_POST, "")]
    units = Unit.objects.bulk_create([_point(*each) for each in wanted])
    Placement.objects.bulk_create(
        Placement(unit=unit, parent=parent, valid_to=parent.valid_to, document=NOTE)
        for unit, (parent, _kind, _level) in zip(units, wanted, strict=True)
    )
    rebuild()
    return units


def _children(unit: Unit, on: date, kind: Kind) -> list[Unit]:
    ids = [child.id for child in queries.children(unit.pk, on) if child.kind == kind]
    return list(Unit.objects.filter(pk__in=ids))


def _point(parent: Unit, kind: Kind, level: str) -> Unit:
    if kind == Kind.POLICE_POST:
        name = f"Công an {_lower_first(parent.name)}"
    elif level == "province":
        name = "Trung tâm Phục vụ hành chính công tỉnh"
    else:
        name = f"Bộ phận một cửa {_lower_first(parent.name)}"
    slug = "cong-an" if kind == Kind.POLICE_POST else "mot-cua"
    return Unit(
        key=f"demo-{slug}-{parent.key}",
        kind=kind,
        subkind=level,
        name=name,
        valid_to=parent.valid_to,
        document=NOTE,
        source="demo",
        verified=False,
    )


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]
