"""Random statements over the probe tables: questions, changes, and changes that would carry a row away."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from tests.core.access.grammar import Draw, Statement, any_table, any_unit, one_of, predicate, relation
from tests.core.access.probe import COLUMNS

_BACK = f"returning {COLUMNS}"


def _question(draw: Draw) -> Statement:
    return Statement(f"select {COLUMNS} from ({relation(draw)}) q")


def _locking(draw: Draw) -> Statement:
    how = one_of(draw, "for update", "for share", "for key share")
    return Statement(f"select {COLUMNS} from {any_table(draw)} a where {predicate(draw, 1)} {how}")


def _listening(draw: Draw) -> Statement:
    """An error that only a row out of sight would cause tells that it is there."""
    return Statement(
        f"select {COLUMNS} from {any_table(draw)} a where 10 / (a.unit_id - {any_unit(draw)}) > -99"
    )


def _blind(draw: Draw) -> Statement:
    """Without a column read, the policies for reading do not help."""
    table = any_table(draw)
    return Statement(one_of(draw, f"update {table} set note = 'z'", f"delete from {table}"), changes=True)


def _update(draw: Draw) -> Statement:
    what = one_of(draw, "note = coalesce(a.note, '') || '+'", "size = null", "id = a.id + 500")
    sql = f"update {any_table(draw)} a set {what} where {predicate(draw, 2)} {_BACK}"
    return Statement(sql, changes=True)


def _update_from(draw: Draw) -> Statement:
    sql = (
        f"update {any_table(draw)} t set note = 'from' from ({relation(draw, 2)}) b "
        f"where {one_of(draw, 'b.unit_id = t.unit_id', 'b.id <> t.id', 'true')} returning t.id, t.unit_id"
    )
    return Statement(sql, changes=True)


def _delete(draw: Draw) -> Statement:
    sql = f"delete from {any_table(draw)} a where {predicate(draw, 2)} {_BACK}"
    return Statement(sql, changes=True)


def _delete_using(draw: Draw) -> Statement:
    sql = (
        f"delete from {any_table(draw)} t using ({relation(draw, 2)}) b "
        f"where b.unit_id {one_of(draw, '=', '<>', '<=')} t.unit_id returning t.id, t.unit_id"
    )
    return Statement(sql, changes=True)


def _deleted_and_asked(draw: Draw) -> Statement:
    sql = (
        f"with gone as (delete from {any_table(draw)} a where {predicate(draw, 1)} {_BACK}) "
        f"select {COLUMNS} from gone union all select {COLUMNS} from ({relation(draw, 2)}) r"
    )
    return Statement(sql, changes=True)


def _insert(draw: Draw) -> Statement:
    sql = f"insert into {any_table(draw)} values (900, {any_unit(draw)}, 'new', 1) {one_of(draw, '', _BACK)}"
    return Statement(sql, changes=True)


def _insert_found(draw: Draw) -> Statement:
    unit = one_of(draw, "q.unit_id", "q.unit_id", any_unit(draw))
    sql = (
        f"insert into {any_table(draw)} select 900 + q.id, {unit}, q.note, q.size "
        f"from ({relation(draw, 2)}) q where q.unit_id is not null {_BACK}"
    )
    return Statement(sql, changes=True)


def _move(draw: Draw) -> Statement:
    other = (
        f"coalesce((select {one_of(draw, 'min', 'max')}(unit_id) from ({relation(draw, 1)}) b), a.unit_id)"
    )
    above = (
        "coalesce((select min(c.ancestor_id) from units_closure c "
        "where c.descendant_id = a.unit_id and c.depth = 1), a.unit_id)"
    )
    to = one_of(draw, any_unit(draw), any_unit(draw), other, above)
    sql = (
        f"update {any_table(draw)} a set unit_id = {to} where {predicate(draw, 1)} {one_of(draw, '', _BACK)}"
    )
    return Statement(sql, changes=True)


def _merge(draw: Draw) -> Statement:
    """A row out of sight does not match: it is neither changed nor does it keep another from being added."""
    found = relation(draw, 2)
    source = one_of(
        draw,
        f"select distinct unit_id from ({found}) r where unit_id is not null",
        f"select {any_unit(draw)} as unit_id where exists ({found})",
    )
    sql = (
        f"merge into {any_table(draw)} t using ({source}) s on t.unit_id = s.unit_id "
        f"when matched and t.size > 1 then delete when matched then {one_of(draw, 'do nothing', 'delete')} "
        "when not matched then insert values (950, s.unit_id, 'merged', 1)"
    )
    return Statement(sql, changes=True)


KINDS: tuple[Callable[[Draw], Statement], ...] = (
    _question, _question, _question, _question, _question, _locking, _listening, _blind, _blind, _update,
    _update_from, _delete, _delete_using, _deleted_and_asked, _insert, _insert_found, _move, _move, _merge,
)  # fmt: skip


@st.composite
def statements(draw: Draw) -> Statement:
    """Any statement of any kind."""
    return draw(st.sampled_from(KINDS))(draw)
