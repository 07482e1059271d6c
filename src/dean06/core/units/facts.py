"""What the rest of the program reads about a unit, as at a date: frozen values, never model rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from dean06.core import clock
from dean06.core.errors import NotFound
from dean06.core.units.models import Kind

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit as it was on a date: its name, best code and parent of that day."""

    id: int
    key: str
    code: str
    kind: Kind
    subkind: str
    name: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    parent_id: int | None
    parent_name: str
    version: int

    def valid_on(self, day: date) -> bool:
        """Whether the unit existed on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


# The own short code of an agency is what people type; the statistical code comes next, then any other.
_CODE = """
select c.code from units_code c where c.unit_id = u.id
order by daterange(c.valid_from, c.valid_to) @> %(on)s::date desc,
         array_position(array['dean06', 'gso'], c.scheme) nulls last, c.valid_from desc nulls last, c.code
limit 1
"""
_NAME_THEN = """
select o.alias from units_alias o
where o.unit_id = u.id and o.kind = 'old_name' and o.valid_to > %(on)s::date order by o.valid_to limit 1
"""
_SELECT = f"""
select u.id, u.key, coalesce(({_CODE}), u.key), u.kind, u.subkind, coalesce(({_NAME_THEN}), u.name),
       u.name_en, u.valid_from, u.valid_to, p.parent_id, coalesce(a.name, ''), u.version
from units_unit u
left join units_placement p on p.unit_id = u.id and daterange(p.valid_from, p.valid_to) @> %(on)s::date
left join units_unit a on a.id = p.parent_id
"""  # noqa: S608 - fixed text only
_BEYOND = 2**31  # addresses carry numbers that no column can hold
ORDER = "order by u.sort_key, u.id"
VALID = "daterange(u.valid_from, u.valid_to) @> %(on)s::date"


def select_facts(rest: str, params: Params) -> list[UnitFact]:
    """Facts of the units that `rest` picks: joins, condition and order over the alias `u`; needs "on"."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + rest, params)
        rows: Sequence[tuple[object, ...]] = cursor.fetchall()
    return [_fact(row) for row in rows]


def facts(unit_ids: Iterable[int], on: date) -> dict[int, UnitFact]:
    """Facts by id, as at `on` (also of units that did not exist then)."""
    ids = sorted({one for one in unit_ids if 0 < one < _BEYOND})
    found = select_facts("where u.id = any(%(ids)s::int[])", {"on": on, "ids": ids}) if ids else []
    return {fact.id: fact for fact in found}


def fact(unit_id: int, on: date | None = None) -> UnitFact:
    """One unit as at a date. Raises NotFound for an unknown id."""
    found = facts([unit_id], on or clock.today()).get(unit_id)
    if found is None:
        raise NotFound(_("Không có đơn vị nào mang mã số %(id)s.") % {"id": unit_id})
    return found


def _fact(row: Sequence[object]) -> UnitFact:
    values = list(row)
    values[3] = Kind(str(values[3]))
    return UnitFact(*values)  # type: ignore[arg-type]
