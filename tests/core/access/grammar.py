"""Random SQL over the probe tables: relations put together from relations, and statements on top of them.

Every relation has the same four columns (id, unit_id, note, size), so that any may stand in any other. What a
statement answers never depends on the order in which rows are found: limits, windows and text are taken over
a total order. Names of tables and numbers of units are filled in by `Statement.sql`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.core.access.probe import COLUMNS

UNITS = 9
_UNITS = tuple(f"{{u{number}}}" for number in range(UNITS))
DEPTH = 3
_TOTAL = "order by 1, 2, 3, 4"
Draw = st.DrawFn


@dataclass(frozen=True)
class Statement:
    """`changes`: whether rows may be different afterwards."""

    template: str
    changes: bool = False

    def sql(self, ids: Sequence[int], *, plain: bool) -> str:
        """For the protected tables, or for their twins."""
        units = {f"u{number}": ids[number % len(ids)] for number in range(UNITS)}
        kind = "plain" if plain else "probe"
        return self.template.format(record=f"{kind}_record", visit=f"{kind}_visit", **units)


def one_of(draw: Draw, *texts: str) -> str:
    return draw(st.sampled_from(texts))


def any_unit(draw: Draw) -> str:
    return draw(st.sampled_from(_UNITS))


def any_units(draw: Draw) -> str:
    return f"array[{', '.join(any_unit(draw) for _ in range(draw(st.integers(1, 4))))}]"


def any_table(draw: Draw) -> str:
    return one_of(draw, "{record}", "{visit}")


def _base(draw: Draw, _depth: int) -> str:
    sample = one_of(draw, "", "", " tablesample system (100)")
    return f"select {COLUMNS} from {one_of(draw, '', 'only ')}{any_table(draw)}{sample}"


def _joined(draw: Draw, depth: int) -> str:
    """A relation that may be joined without growing beyond measure."""
    return _base(draw, 0) if draw(st.booleans()) else f"{_nested(draw, depth)} {_TOTAL} limit 30"


def _nested(draw: Draw, depth: int) -> str:
    return f"select {COLUMNS} from ({relation(draw, depth - 1)}) n"


# Predicates on the alias `a`.


def _leaf(draw: Draw) -> str:
    return one_of(
        draw,
        "true",
        "a.note is null",
        "a.note = null",
        "a.note like '%1%' or true",
        "not (a.size > 2)",
        "coalesce(a.size, 0) < 3",
        "a.note is distinct from 'x'",
        "lower(a.note) ~ '[x1]'",
        "(a.unit_id, a.size) in (select c.descendant_id, c.depth from units_closure c)",
        f"a.unit_id = {any_unit(draw)}",
        f"a.unit_id <> {any_unit(draw)} or a.note is null",
        f"a.unit_id = any({any_units(draw)})",
        f"a.unit_id not in ({any_unit(draw)}, {any_unit(draw)})",
        f"a.unit_id between {any_unit(draw)} and {any_unit(draw)} or a.size = 1",
    )


def _asking(draw: Draw, depth: int) -> str:
    """A predicate that asks another relation."""
    other = _nested(draw, depth)
    return one_of(
        draw,
        f"exists (select from ({other}) b where b.unit_id = a.unit_id)",
        f"not exists (select from ({other}) b where b.unit_id = a.unit_id and b.id <> a.id)",
        f"a.unit_id in (select unit_id from ({other}) b)",
        f"a.id not in (select id from ({other}) b where id is not null)",
        f"(select count(*) from ({other}) b) > 2",
        f"a.size <= all (select b.size from ({other}) b)",
        f"a.unit_id = any(array(select b.unit_id from ({other}) b))",
    )


def predicate(draw: Draw, depth: int) -> str:
    if depth > 0 and draw(st.integers(0, 2)) == 0:
        return _asking(draw, depth)
    first = _leaf(draw)
    if draw(st.booleans()):
        return first
    return f"({first}) {one_of(draw, 'and', 'or', 'and not', 'or not')} ({_leaf(draw)})"


# Relations.


def _filter(draw: Draw, depth: int) -> str:
    return f"select {COLUMNS} from ({relation(draw, depth - 1)}) a where {predicate(draw, depth - 1)}"


def _with_units(draw: Draw, depth: int) -> str:
    """The register is public: a unit out of sight may stand there, its records may not."""
    side = one_of(draw, "join", "left join", "right join", "full join")
    which = one_of(draw, "u.name like 'Xã%'", "u.id % 2 = 0", "u.valid_to is null", "true")
    return (
        f"select a.id, u.id as unit_id, (u.name || coalesce(a.note, ''))::text as note, a.size "
        f"from ({_joined(draw, depth)}) a {side} units_unit u on u.id = a.unit_id where {which} "
        f"and u.id = any(array[{', '.join(_UNITS)}])"
    )


def _with_closure(draw: Draw, depth: int) -> str:
    here, there = draw(st.sampled_from((("descendant", "ancestor"), ("ancestor", "descendant"))))
    return (
        f"select a.id, c.{there}_id as unit_id, a.note, c.depth::int as size "
        f"from ({_joined(draw, depth)}) a join units_closure c on c.{here}_id = a.unit_id"
    )


def _with_itself(draw: Draw, depth: int) -> str:
    side = one_of(draw, "join", "left join", "full join")
    on = one_of(draw, "a.unit_id = b.unit_id", "a.id = b.id", "a.size = b.size")
    if side != "full join":
        on = one_of(draw, on, "true", "a.id > b.id", "a.unit_id <> b.unit_id or b.note is null")
    return (
        "select coalesce(a.id, b.id) as id, coalesce(b.unit_id, a.unit_id) as unit_id, b.note, a.size "
        f"from ({_joined(draw, depth)}) a {side} ({_joined(draw, depth)}) b on {on}"
    )


def _with_list(draw: Draw, depth: int) -> str:
    return (
        f"select a.id, t.u as unit_id, a.note, a.size from unnest({any_units(draw)}) t(u) "
        f"left join ({_joined(draw, depth)}) a on a.unit_id = t.u"
    )


def _lateral(draw: Draw, depth: int) -> str:
    side, on = draw(st.sampled_from((("cross join", ""), ("join", " on true"), ("left join", " on true"))))
    return (
        f"select a.id, l.unit_id, a.note, l.n as size from ({_joined(draw, depth)}) a {side} lateral "
        f"(select b.unit_id, count(*)::int as n from ({_joined(draw, depth)}) b "
        f"where b.unit_id {one_of(draw, '=', '<>', '>=')} a.unit_id group by b.unit_id) l{on}"
    )


def _common(draw: Draw, depth: int) -> str:
    how = one_of(draw, "", "materialized ", "not materialized ")
    return (
        f"with q as {how}({_nested(draw, depth)} {_TOTAL} limit 40) "
        "select x.id, x.unit_id, y.note, x.size from q x join q y on y.id = x.id"
    )


def _recursive(draw: Draw, depth: int) -> str:
    return (
        f"with recursive q as (select {COLUMNS} from ({_joined(draw, depth)}) s union "
        f"select b.id, b.unit_id, b.note, b.size from q join units_closure c on c.ancestor_id = q.unit_id "
        f"join ({_joined(draw, depth)}) b on b.unit_id = c.descendant_id) select {COLUMNS} from q"
    )


def _set_operation(draw: Draw, depth: int) -> str:
    how = one_of(draw, "union", "union all", "intersect", "intersect all", "except", "except all")
    both = [_nested(draw, depth) for _ in range(2)]
    return f"({both[0]}) {how} ({both[1]})"


def _aggregate(draw: Draw, depth: int) -> str:
    by = one_of(draw, "unit_id", "rollup(unit_id)", "grouping sets ((unit_id), (unit_id, size), ())")
    having = one_of(draw, "", " having count(*) > 1", " having bool_or(note is null)")
    return (
        "select min(id) as id, unit_id, string_agg(note, ',' order by note) as note, count(*)::int as size "
        f"from ({relation(draw, depth - 1)}) a group by {by}{having}"
    )


def _window(draw: Draw, depth: int) -> str:
    what = one_of(
        draw,
        "count(*) over ()",
        "row_number() over (partition by unit_id order by id, note, size)",
        "sum(unit_id) over (order by id, unit_id, note, size)",
        "lag(unit_id) over (order by id, unit_id, note, size)",
    )
    return f"select id, unit_id, note, ({what})::int as size from ({relation(draw, depth - 1)}) a"


def _first_of_each(draw: Draw, depth: int) -> str:
    key = one_of(draw, "unit_id", "note", "size")
    rest = ", ".join(name for name in COLUMNS.split(", ") if name != key)
    return f"select distinct on ({key}) {COLUMNS} from ({relation(draw, depth - 1)}) a order by {key}, {rest}"


def _slice(draw: Draw, depth: int) -> str:
    order = one_of(
        draw, _TOTAL, "order by 2 desc nulls last, 1, 3, 4", "order by 4 nulls first, 3 desc, 2, 1"
    )
    end = f"limit {draw(st.integers(0, 9))} offset {draw(st.integers(0, 3))}"
    return f"{_nested(draw, depth)} {order} {end}"


FORMS: tuple[Callable[[Draw, int], str], ...] = (
    _base, _filter, _with_units, _with_closure, _with_itself, _with_list, _lateral, _common, _recursive,
    _set_operation, _aggregate, _window, _first_of_each, _slice,
)  # fmt: skip


def relation(draw: Draw, depth: int = DEPTH) -> str:
    """A query with the four columns, nested at most `depth` deep."""
    form = _base if depth <= 0 else draw(st.sampled_from(FORMS))
    return form(draw, depth)
