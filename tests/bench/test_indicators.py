"""`make bench GROUP=indicators`: the bars of counting."""

from __future__ import annotations

import statistics
import sys
import time
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

pytestmark = pytest.mark.bench
DECEMBER = Period(2023, 12)
MOST_RATIO = 2.0
MOST_MILLISECONDS = 100.0
MOST_READING_MILLISECONDS = 50.0


@pytest.fixture
def province(race_db: str) -> int:
    """A province-size database; the number of its records."""
    records = bench.make_province()
    with psycopg.connect(server.url(True, race_db), autocommit=True) as owner:
        owner.execute("analyze")
    return records


def test_indicators_against_duckdb(province: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = [name for name in connection.introspection.table_names() if name.startswith("guidance_")]
    duck = bench.DuckDB(tmp_path)
    duck.load(["units_unit", "units_closure", *tables])
    with bench.everything():
        statements = {one.code: bench.statement(one, DECEMBER) for one in engine.every()}
    theirs = duck.count_all(statements)
    owner_url = server.url(True, str(connection.settings_dict["NAME"]))
    reference, _, first, again = bench.seconds(
        lambda: duck.count_all(statements),
        lambda: bench.forget_figures(owner_url),
        lambda: bench.count_all(DECEMBER),
        lambda: bench.count_all(DECEMBER),
    )
    assert bench.our_figures(DECEMBER) == theirs
    with capsys.disabled():
        sys.stdout.write(
            f"\nindicators: {len(statements)} indicators, {province} records, {len(theirs)} figures\n"
            f"  DuckDB                    {reference * 1000:8.1f} ms\n"
            f"  engine, all figures new   {first * 1000:8.1f} ms   {first / reference:.2f} x\n"
            f"  engine, counted again     {again * 1000:8.1f} ms   {again / reference:.2f} x\n"
        )
    assert max(first, again) / reference <= MOST_RATIO


def test_indicators_after_one_record(province: int, capsys: pytest.CaptureFixture[str]) -> None:
    bench.count_all(DECEMBER)
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
    median = statistics.median(times)
    with capsys.disabled():
        sys.stdout.write(f"\nindicators: one record {median:.1f} ms (median of {len(times)})\n")
    assert median <= MOST_MILLISECONDS


def test_indicators_of_a_dashboard(race_db: str, capsys: pytest.CaptureFixture[str]) -> None:
    codes, periods = [f"bench.c{number:02}" for number in range(80)], Period(2025, 6).back(24)
    units = bench.make_figures(server.url(True, race_db), codes, periods, units=300)
    with bench.everything():
        (one,) = bench.seconds(lambda: engine.observations_for(codes, units[:1], periods))
        (all_units,) = bench.seconds(lambda: engine.observations_for(codes, units, periods[-1:]))
        assert len(engine.observations_for(codes, units[:1], periods)) == 80 * 24
        assert len(engine.observations_for(codes, units, periods[-1:])) == 80 * 300
    with capsys.disabled():
        sys.stdout.write(
            f"\nindicators: read 80 figures x 24 months of one unit {one * 1000:.1f} ms, "
            f"of 300 units in one month {all_units * 1000:.1f} ms\n"
        )
    assert one * 1000 <= MOST_READING_MILLISECONDS
