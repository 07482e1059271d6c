"""All indicators for all units of one open month at province scale: our engine and DuckDB side by side.

DuckDB gets the same rows (its own in-memory copy of the tables, made outside the timing) and the same SQL
of the indicators, and must arrive at the same figures. Everything is measured in one run: only the ratio
travels to another machine.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import ClientCursor

from dean06.core import clock
from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.photos.models import Photo
from dean06.core.units.load import load_units
from dean06.core.units.models import Kind, Unit
from dean06.core.units.queries import units_of_kind
from dean06.pilots.guidance import demo
from dean06.plan import engine
from dean06.plan.engine.compute import _ALL
from dean06.plan.engine.definition import Indicator, Window
from dean06.plan.engine.fragment import live_tree, rows
from dean06.plan.engine.models import Observation
from dean06.plan.load import load_plan
from dean06.plan.periods import Period
from dean06.web.demo.points import make_points

TODAY = date(2023, 12, 10)
OTHER_STAFF = 7800
ROUNDS = 9
RECORDS = 50
_TYPES = {"integer": "INTEGER", "bigint": "BIGINT", "smallint": "SMALLINT", "boolean": "BOOLEAN"}
_TYPES |= {"date": "DATE", "timestamp with time zone": "TIMESTAMPTZ"}
Figures = dict[tuple[str, int], tuple[int, int, int, int]]


@contextmanager
def everything() -> Iterator[None]:
    """One transaction that sees every unit."""
    with transaction.atomic(), wide("bench"):
        yield


def make_province() -> int:
    """A province with its 2023 tree, desks, posts and about 9,000 officers; gives the number of records."""
    actor = system_actor("bench")
    folder = Path(settings.PLAN_DIR)
    with everything():
        clock.set_business_date(TODAY)
        load_units(folder / "units", actor)
        load_plan(folder, actor, known_indicators=frozenset(one.code for one in engine.every()))
        (province,) = units_of_kind([Kind.PROVINCE], TODAY)
        top = Unit.objects.get(pk=province.id)
        points = make_points(top, TODAY, every_commune=True)
        photo = _photo(top)
        random = Random(6)
        paces = {point.pk: random.uniform(0.2, 0.95) for point in points}
        writer = demo.write(
            random=random,
            today=TODAY,
            points=points,
            owner=top,
            photo=lambda *_: photo,
            paces=paces,
            advance=lambda: None,
        )
        desks = [point for point in points if point.kind == Kind.ONE_STOP_DESK]
        for number in range(OTHER_STAFF):
            writer.people.staff(desks[number % len(desks)], count=1, trained=0.6)
        return writer.batch.store()


def _photo(unit: Unit) -> Photo:
    return Photo.objects.create(
        unit=unit, sha256="0" * 64, width=1, height=1, size=1, taken_on=TODAY, created_at=clock.now()
    )


def count_all(period: Period) -> None:
    """What the hourly job does."""
    for indicator in engine.every():
        engine.refresh(indicator.code, period)


def forget_figures(owner_url: str) -> None:
    """As if nothing had ever been counted."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("delete from plan_observation")
        owner.execute("vacuum analyze plan_observation")


def make_figures(owner_url: str, codes: list[str], periods: tuple[Period, ...], *, units: int) -> list[int]:
    """Stored figures of every indicator, unit and period, without the records behind them; gives the ids."""
    keys = [period.key for period in periods]
    with psycopg.connect(owner_url, autocommit=True) as owner:
        made = owner.execute(
            "insert into units_unit (key, kind, subkind, name, name_en, document, source, verified, version) "
            "select 'b-' || n, 'commune', '', 'Xã ' || n, '', '', '', true, 1 from generate_series(1, %s) n "
            "returning id",
            [units],
        ).fetchall()
        ids = [row[0] for row in made]
        owner.execute(
            "insert into plan_indicator_run "
            "(indicator, period, definition_version, computed_at, rows, milliseconds, tree) "
            "select c, p, 1, now(), 1, 1, 1 from unnest(%s::text[]) c, unnest(%s::text[]) p",
            [codes, keys],
        )
        owner.execute(
            "insert into plan_observation (indicator, period, span, unit_id, numerator, denominator, "
            "own_numerator, own_denominator, computed_at, definition_version, frozen) "
            "select c, p, 'period', u, 1, 2, 0, 0, now(), 1, false "
            "from unnest(%s::text[]) c, unnest(%s::text[]) p, unnest(%s::int[]) u",
            [codes, keys, ids],
        )
        owner.execute("vacuum analyze")
    return ids


def our_figures(period: Period) -> Figures:
    """What the engine stored."""
    with everything():
        found = Observation.objects.filter(period=period.key, span="period").values_list(
            "indicator", "unit_id", "numerator", "denominator", "own_numerator", "own_denominator"
        )
        return {(code, unit_id): (n, d, own_n, own_d) for code, unit_id, n, d, own_n, own_d in found}


class DuckDB:
    """The same tables in DuckDB, and the same figures counted there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = duckdb.connect()
        self._database.execute("set timezone = 'UTC'")

    def load(self, tables: list[str]) -> None:
        """Copy tables through CSV files into native tables."""
        for table in tables:
            columns = _columns(table)
            path = self._folder / f"{table}.csv"
            with everything(), connection.cursor() as cursor, path.open("wb") as file:
                raw = cursor.cursor
                with raw.copy(f"copy {table} ({', '.join(columns)}) to stdout (format csv, header)") as copy:
                    for block in copy:
                        file.write(block)
            shape = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"
            self._database.execute(
                f"create table {table} as select * from read_csv('{path}', header = true, columns = {shape}, "
                "quote = '\"', escape = '\"', allow_quoted_nulls = false)"
            )

    def count_all(self, statements: dict[str, str]) -> Figures:
        """Every indicator into one table of figures, then read."""
        self._database.execute(
            "create or replace table figures (code text, u int, n int, d int, o int, w int)"
        )
        for code, sql in statements.items():
            self._database.execute(f"insert into figures select '{code}', t.* from ({sql}) as t")
        found = self._database.execute("select * from figures").fetchall()
        return {(code, unit): (n, d, own_n, own_d) for code, unit, n, d, own_n, own_d in found}


def _columns(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, data_type from information_schema.columns where table_name = %s "
            "and is_generated = 'NEVER' order by ordinal_position",
            [table],
        )
        return {name: _TYPES.get(kind, "VARCHAR") for name, kind in cursor.fetchall()}


def statement(indicator: Indicator, period: Period) -> str:
    """The counting of one indicator as plain SQL with its values in place."""
    source, tree = rows(indicator, Window.of(period)), live_tree(period.cutoff)
    sql = (
        f"with r as ({source.sql}), tree as ({tree.sql}), {_ALL} "
        "select unit_id, numerator, denominator, own_numerator, own_denominator from totals"
    )
    connection.ensure_connection()
    plain = ClientCursor(connection.connection).mogrify(sql, source.params | tree.params)
    # What DuckDB spells otherwise: a reserved word, and columns that depend on a grouped key.
    plain = re.sub(r"\bas at\b", 'as "at"', plain)
    return re.sub(r"\bgroup by ([dp])\.id\b", r"group by \1.id, \1.name", plain)


def samples(*works: Callable[[], object]) -> list[list[float]]:
    """Milliseconds of each work in each round; the rounds alternate, so a busy machine is busy for all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for times, work in zip(taken, works, strict=True):
            began = time.perf_counter()
            work()
            times.append((time.perf_counter() - began) * 1000)
    return taken
