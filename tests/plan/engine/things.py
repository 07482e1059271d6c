"""A table of things that should be done, indicators over it, and the slow, obvious way to count them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import psycopg
from django.db import connection
from hypothesis import strategies as st

from dean06.core import clock
from dean06.core.access.policies import REGISTRY, PolicyKind, RowPolicy, statements
from dean06.plan import engine
from dean06.plan.engine import Indicator, RawRows, Window
from dean06.plan.engine.models import Observation, Span
from dean06.plan.periods import Period
from tests.core.units.trees import FIRST, LAST, Drawn

TABLE = "probe_thing"
STOCK = "probe.thing_done"
FLOW = "probe.thing_born"
Counts = tuple[int, int, int, int]


@dataclass(frozen=True)
class Thing:
    """Something of a unit (by index) that exists from a day on and was done on a day, or not."""

    unit: int
    born: date
    done: date | None
    name: str = "việc"


_days = st.integers(0, (LAST - FIRST).days).map(lambda n: date.fromordinal(FIRST.toordinal() + n))
things = st.lists(
    st.builds(Thing, unit=st.integers(0, 8), born=_days, done=st.one_of(st.none(), _days)), max_size=25
)
periods = _days.map(Period.containing)


def _stock(window: Window) -> RawRows:
    return RawRows(
        f"select unit_id, 'thing:' || id, name, done <= %(on)s, done::timestamp at time zone 'UTC' "
        f"from {TABLE} where born <= %(on)s",
        {"on": window.on},
    )


def _flow(window: Window) -> RawRows:
    local = "(born::timestamp at time zone 'Asia/Ho_Chi_Minh')"
    return RawRows(
        f"select unit_id, 'thing:' || id, name, done <= %s, {local} from {TABLE} "
        f"where {local} >= %s and {local} < %s;",
        [window.on, window.start, window.end],
    )


def indicator(code: str, *, version: int = 1) -> Indicator:
    """One of the two indicators over the table."""
    return Indicator(
        code=code,
        title_vi="Việc đã xong",
        title_en="Things done",
        subject_vi="việc",
        nature="stock" if code == STOCK else "flow",
        version=version,
        rows=_stock if code == STOCK else _flow,
        evidence_url=lambda subject: f"/probe/{subject.removeprefix('thing:')}",
    )


@contextmanager
def registered(*indicators: Indicator) -> Iterator[None]:
    """Only these indicators exist inside."""
    before = engine.every()
    for one in before:
        engine.unregister(one.code)
    for one in indicators:
        engine.register(one)
    try:
        yield
    finally:
        for one in engine.every():
            engine.unregister(one.code)
        for one in before:
            engine.register(one)


@contextmanager
def thing_table(url: str) -> Iterator[None]:
    """The table in a database, owned by its owner and under the policies that the registry writes."""
    with psycopg.connect(url) as owner:
        owner.execute(
            f"create table {TABLE} (id int generated always as identity primary key, "
            "unit_id int not null references units_unit(id), name text not null, "
            "born date not null, done date)"
        )
        REGISTRY[TABLE] = RowPolicy(TABLE, PolicyKind.SCOPED, "unit_id")
        # Of this table only: the policies of the others would wait for every session that reads them.
        only = (one for one in statements({TABLE}) if TABLE in one)
        owner.execute("\n;".join(only).encode())
    try:
        yield
    finally:
        REGISTRY.pop(TABLE, None)
        with psycopg.connect(url) as owner:
            owner.execute("set lock_timeout = '10s'")
            owner.execute(f"drop table if exists {TABLE}")


def store(rows: Sequence[Thing], ids: Sequence[int]) -> list[Thing]:
    """Write the things whose unit exists in the drawn forest; gives those written."""
    kept = [thing for thing in rows if thing.unit < len(ids)]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into {TABLE} (unit_id, name, born, done) values (%s, %s, %s, %s)",
            [(ids[thing.unit], thing.name, thing.born, thing.done) for thing in kept],
        )
    return kept


def counted(thing: Thing, code: str, period: Period, since: date | None = None) -> bool | None:
    """By hand: None when the thing is no row of the window, else whether it is met."""
    if code == STOCK:
        if thing.born > period.cutoff:
            return None
    elif not (since or period.opens_on) <= thing.born <= period.cutoff:
        return None
    return thing.done is not None and thing.done <= period.cutoff


def by_hand(
    rows: Sequence[Thing], drawn: Drawn, code: str, period: Period, since: date | None = None
) -> dict[int, Counts]:
    """Figures by unit index: one loop over the rows, climbing the tree of the cut-off day for each."""
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for thing in rows:
        met = counted(thing, code, period, since)
        if met is None:
            continue
        for step, above in enumerate(drawn.above(thing.unit, period.cutoff)):
            totals[above][0] += met
            totals[above][1] += 1
            if step == 0:
                totals[above][2] += met
                totals[above][3] += 1
    return {index: (n, d, own_n, own_d) for index, (n, d, own_n, own_d) in totals.items()}


def stored(code: str, period: Period, ids: Sequence[int], span: Span = Span.PERIOD) -> dict[int, Counts]:
    """What the engine stored, by unit index."""
    found = Observation.objects.filter(indicator=code, period=period.key, span=span, unit_id__in=ids)
    return {
        ids.index(one.unit_id): (one.numerator, one.denominator, one.own_numerator, one.own_denominator)
        for one in found
    }


def open_period() -> Period:
    """The period that is running on the business date."""
    return Period.containing(clock.today())
