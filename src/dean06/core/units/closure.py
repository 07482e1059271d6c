"""The closure of the tree in time: who stood under whom, and when, derived from the placements.

A pair holds while every placement between the two holds and every unit on the way exists, so a closure
row at a date never names a unit that is not valid on that date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dean06.core.errors import Invalid, Reason

# One writer of the tree at a time: two placements that are harmless alone may close a circle together.
_LOCK = 806_001

_INSERT = """
with recursive edge as (
  select p.unit_id, p.parent_id,
         daterange(p.valid_from, p.valid_to) * daterange(u.valid_from, u.valid_to)
           * daterange(a.valid_from, a.valid_to) as span
  from units_placement p
  join units_unit u on u.id = p.unit_id
  join units_unit a on a.id = p.parent_id
), up as (
  select u.id as descendant_id, u.id as ancestor_id, 0 as depth,
         daterange(u.valid_from, u.valid_to) as span, array[u.id] as path, false as closed
  from units_unit u
  {start}
  union all
  select up.descendant_id, e.parent_id, up.depth + 1, up.span * e.span, up.path || e.parent_id,
         e.parent_id = any (up.path)
  from up join edge e on e.unit_id = up.ancestor_id and up.span && e.span
  where not up.closed
), merged as (
  select ancestor_id, descendant_id, depth, unnest(range_agg(span)) as span
  from up group by ancestor_id, descendant_id, depth
)
insert into units_closure (ancestor_id, descendant_id, depth, valid_from, valid_to)
select ancestor_id, descendant_id, depth, lower(span), upper(span) from merged
"""
_AFFECTED = """
with recursive down(id) as (
  select unnest(%(ids)s::int[])
  union
  select p.unit_id from units_placement p join down on p.parent_id = down.id
)
select coalesce(array_agg(id), '{}') from down
"""
_CIRCLE = """
select u.name, c.valid_from, c.valid_to from units_closure c join units_unit u on u.id = c.descendant_id
where c.ancestor_id = c.descendant_id and c.depth > 0
order by c.valid_from nulls first, u.sort_key, u.id limit 12
"""


def lock_tree() -> None:
    """Wait to be the one writer of the tree until the transaction ends.

    Take it before any row of a unit is locked: taken later, two writers can wait for each other for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def rebuild() -> int:
    """Derive the whole closure anew, in one statement; returns the number of rows.

    Raises Invalid, and leaves the old closure, when the placements run in a circle.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        lock_tree()
        cursor.execute("delete from units_closure")
        cursor.execute(_INSERT.format(start=""))
        written = int(cursor.rowcount)
        _refuse_circle()
        return written


def rebuild_for(unit_ids: Iterable[int]) -> int:
    """Derive the rows of these units and of all that ever stood below them; returns the number written.

    Enough after a change of the placements or the validity of `unit_ids`. Raises Invalid like `rebuild`.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        lock_tree()
        cursor.execute(_AFFECTED, {"ids": sorted(set(unit_ids))})
        affected: list[int] = (cursor.fetchone() or ([],))[0]
        cursor.execute("delete from units_closure where descendant_id = any(%s)", [affected])
        cursor.execute(_INSERT.format(start="where u.id = any(%s)"), [affected])
        written = int(cursor.rowcount)
        _refuse_circle()
        return written


def _refuse_circle() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CIRCLE)
        rows: list[tuple[str, date | None, date | None]] = cursor.fetchall()
    if not rows:
        return
    since, until = rows[0][1], rows[0][2]
    names = ", ".join(f"“{name}”" for name in dict.fromkeys(row[0] for row in rows))
    when = [_("từ ngày %(day)s") % {"day": f"{since:%d/%m/%Y}"}] if since else []
    when += [_("đến trước ngày %(day)s") % {"day": f"{until:%d/%m/%Y}"}] if until else []
    message = _("Quan hệ trực thuộc chạy vòng tròn giữa các đơn vị %(names)s%(when)s.") % {
        "names": names,
        "when": f" ({' '.join(when)})" if when else "",
    }
    raise Invalid([Reason(message, field=_("Trực thuộc"))])
