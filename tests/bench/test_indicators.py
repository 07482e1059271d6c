"""`make bench GROUP=indicators`: counting beside DuckDB, one record, and what a dashboard reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from dean06.core.units.models import Kind, Unit
from dean06.plan import engine
from dean06.plan.periods import Period
from tests import server
from tests.bench import indicators as bench
from tests.bench.report import Bar, Row, Table, show

pytestmark = pytest.mark.bench
DECEMBER = Period(2023, 12)
MOST_RATIO = 2.0
MOST_AFTER_ONE_RECORD = 100.0  # milliseconds
MOST_READING = 50.0
CODES = [f"bench.c{number:02}" for number in range(80)]
PERIODS = Period(2025, 6).back(24)
UNITS = 300
DUCKDB, DIRECT = "DuckDB", "the same rows by plain SQL"
_ROWS = (
    "select indicator, unit_id, period, numerator, denominator, own_numerator, own_denominator "
    "from plan_observation where indicator = any(%s) and unit_id = any(%s) and period = any(%s) "
    "and span = 'period'"
)


def test_indicators(race_db: str, tmp_path: Path) -> None:
    owner_url = server.url(True, race_db)
    records = bench.make_province()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("analyze")
    figures, counting = _counting(owner_url, tmp_path)
    again = counting[-1]
    rows = [*counting, _one_record(again), *_reading(owner_url)]
    data = f"{len(engine.every())} indicators, {records:,} records, {figures:,} figures of one open month"
    stored = len(CODES) * len(PERIODS) * UNITS
    notes = (
        "DuckDB counts from its own copy of the tables, by the same SQL; equal figures.",
        f"“read”: of {stored:,} figures, {len(PERIODS)} months × {UNITS} units × {len(CODES)} indicators.",
    )
    show(Table("indicators", data, rows, notes))


def _counting(owner_url: str, folder: Path) -> tuple[int, list[Row]]:
    """Number of figures, and the rows of everything counted at once."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("guidance_")]
    duck = bench.DuckDB(folder)
    duck.load(["units_unit", "units_closure", *tables])
    with bench.everything():
        statements = {one.code: bench.statement(one, DECEMBER) for one in engine.every()}
    theirs = duck.count_all(statements)
    reference, _, first, again = bench.samples(
        lambda: duck.count_all(statements),
        lambda: bench.forget_figures(owner_url),
        lambda: bench.count_all(DECEMBER),
        lambda: bench.count_all(DECEMBER),
    )
    assert bench.our_figures(DECEMBER) == theirs
    slow, bar = Row(f"all figures: {DUCKDB}", reference), Bar("ratio", MOST_RATIO)
    ours = [Row("all figures: engine, all new", first), Row("all figures: engine, again", again)]
    return len(theirs), [slow, *(_beside(row, slow, DUCKDB, bar) for row in ours)]


def _beside(row: Row, reference: Row, name: str, bar: Bar | None) -> Row:
    return replace(row, reference=name, ratio=row.median / reference.median, bar=bar)


def _one_record(again: Row) -> Row:
    """The indicator's figures after each of some new records; they must be those of a whole count."""
    with bench.everything():
        desks = list(Unit.objects.filter(kind=Kind.ONE_STOP_DESK).order_by("id")[: bench.RECORDS])
    times = []
    for desk in desks:
        with bench.everything(), connection.cursor() as cursor:
            cursor.execute(
                "insert into guidance_material "
                "(unit_id, recorded_at, revoke_reason, version, kind, title, hung_on) "
                "values (%s, now(), '', 1, 'poster', 'Áp phích', %s)",
                [desk.pk, date(2023, 12, 1)],
            )
        began = time.perf_counter()
        engine.refresh("guidance.desk_material_any", DECEMBER, desk.pk)
        times.append((time.perf_counter() - began) * 1000)
    before = bench.our_figures(DECEMBER)
    engine.refresh("guidance.desk_material_any", DECEMBER)
    assert bench.our_figures(DECEMBER) == before
    row = Row("one indicator after one record", times)
    return _beside(row, again, "all figures, again", Bar("p95", MOST_AFTER_ONE_RECORD))


def _reading(owner_url: str) -> list[Row]:
    """Stored figures as a dashboard asks for them, beside the plainest query for the same rows."""
    units = bench.make_figures(owner_url, CODES, PERIODS, units=UNITS)
    few, many = (units[:1], PERIODS), (units, PERIODS[-1:])
    with bench.everything():
        assert len(engine.observations_for(CODES, *few)) == len(CODES) * len(PERIODS)
        assert len(engine.observations_for(CODES, *many)) == len(CODES) * UNITS
        plain_few, engine_few, plain_many, engine_many = bench.samples(
            _direct(*few),
            lambda: engine.observations_for(CODES, *few),
            _direct(*many),
            lambda: engine.observations_for(CODES, *many),
        )
    one, all_units = f"read {len(PERIODS)} months of one unit", f"read one month of {UNITS} units"
    rows = [Row(f"{one}: {DIRECT}", plain_few), Row(f"{all_units}: {DIRECT}", plain_many)]
    bar = Bar("median", MOST_READING)
    return [
        rows[0],
        _beside(Row(f"{one}: engine", engine_few), rows[0], "plain SQL", bar),
        rows[1],
        _beside(Row(f"{all_units}: engine", engine_many), rows[1], "plain SQL", None),
    ]


def _direct(units: list[int], periods: tuple[Period, ...]) -> Callable[[], object]:
    def read() -> object:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [CODES, units, [one.key for one in periods]])
            return cursor.fetchall()

    return read
