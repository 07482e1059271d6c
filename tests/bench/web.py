"""Pages over a long plan: two years of observations for three hundred units and eighty targets.

Plan, units, points and accounts are those of the province-size demo; the plan is said to have started two
years before the demo's day, is filled up to eighty counted targets, and gets figures by the rule of
`_FIGURES`.
"""

from __future__ import annotations

import csv
import io
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from psycopg.rows import dict_row

from dean06.core.access.actor import system_actor
from dean06.core.access.models import Grant, User
from dean06.core.access.scope import wide
from dean06.core.units.load import load_units
from dean06.plan import engine
from dean06.plan.load import load_plan
from dean06.plan.models import Item, ItemIndicator, Plan
from dean06.plan.periods import Period
from dean06.plan.queries import TARGET_KINDS
from dean06.runtime.supervisor import Supervisor, children
from dean06.web.demo.fill import BUSINESS_DATE, fill
from tests import server
from tests.bench.app.apps import CODES, TARGETS, register, unregister

MONTHS, UNITS = 24, 300
SEED = 6
CPU_ROUNDS = 10
RUNNING = Period.containing(BUSINESS_DATE)
PERIODS = tuple(RUNNING.back(MONTHS))
_CONTROL = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.IGNORECASE)

# The province, its districts and communes first; then the agencies, desks and posts until there are enough.
_UNITS = """
select c.descendant_id from units_closure c
join units_unit u on u.id = c.descendant_id join units_unit top on top.id = c.ancestor_id
where top.kind = 'province' and daterange(c.valid_from, c.valid_to) @> %(on)s::date
  and daterange(top.valid_from, top.valid_to) @> %(on)s::date
order by array_position(array['province', 'district', 'commune', 'department'], u.kind), u.id
limit %(count)s
"""
_FIGURES = """
insert into plan_observation (indicator, period, span, unit_id, numerator, denominator, own_numerator,
                              own_denominator, computed_at, definition_version, frozen)
select f.code, f.period, 'period', f.unit, f.of * f.percent / 100, f.of, 0, 0, now(), 1, f.period <> %(last)s
from (select c.code, p.period, u.unit, 20 + (u.unit * 7 + c.at * 13) %% 400 as of,
             (25 + (u.unit + 3 * c.at + 2 * p.at) %% 70) as percent
      from unnest(%(codes)s::text[]) with ordinality c(code, at)
      cross join unnest(%(periods)s::text[]) with ordinality p(period, at)
      cross join unnest(%(units)s::int[]) u(unit)) f
"""
_RUNS = """
insert into plan_indicator_run (indicator, period, definition_version, computed_at, rows, milliseconds, tree,
                                frozen_at)
select c, p, 1, now(), 0, 0, 0, case when p <> %(last)s then now() end
from unnest(%(codes)s::text[]) c cross join unnest(%(periods)s::text[]) p
"""
_TABLES = ("plan_observation", "plan_indicator_run", "plan_frozen_row", "plan_frozen_tree")


@dataclass(frozen=True, slots=True)
class Site:
    """The running server and what its pages should show."""

    address: str
    database: str
    codes: dict[str, str]  # code of the item → code of its indicator
    observations: int
    tops: dict[str, int]  # account → the unit where its pages open

    def figures(self, username: str) -> dict[str, tuple[int, int]]:
        """What stands in the database for the account's unit in the running period, by item."""
        query = "select * from plan_observation where unit_id = %s and period = %s"
        with psycopg.connect(server.url(True, self.database), row_factory=dict_row) as owner:
            rows = owner.execute(query, [self.tops[username], RUNNING.key]).fetchall()
        found = {row["indicator"]: (row["numerator"], row["denominator"]) for row in rows}
        return {item: found[code] for item, code in self.codes.items()}


@contextmanager
def running_site(database: str, folder: Path) -> Iterator[Site]:
    """Make the data in `database` and serve it as `dean06 up` does, without jobs."""
    owner_url = server.url(True, database)
    register()
    try:
        with override_settings(DATA_DIR=folder, MEDIA_ROOT=folder / "media"):
            codes = make_plan()
        observations = make_figures(owner_url, sorted(codes.values()))
        with transaction.atomic(), wide("bench"):
            grants = Grant.objects.select_related("user")
            tops = {grant.user.username: grant.unit_id for grant in grants}
        with _served(database, folder) as address:
            yield Site(address, database, codes, observations, tops)
    finally:
        unregister()


def make_plan() -> dict[str, str]:
    """The province-size demo with eighty counted targets; item → indicator."""
    actor, folder = system_actor("bench"), Path(settings.PLAN_DIR)
    with transaction.atomic(), wide("bench"):
        load_units(folder / "units", actor)
        load_plan(folder, actor, known_indicators=frozenset(one.code for one in engine.every()))
    fill(scale="province", seed=SEED, progress=lambda *_: None)
    with transaction.atomic(), wide("bench"):
        Plan.objects.update(starts_on=PERIODS[0].start.date())
        items = list(Item.objects.filter(kind__in=TARGET_KINDS).order_by("order", "id")[:TARGETS])
        items += [_another(items[0], number) for number in range(len(items), TARGETS)]
        Item.objects.filter(pk__in=[item.pk for item in items]).update(known_by="counted", planned=False)
        return dict(zip((item.code for item in items), _measure(items), strict=True))


def _another(model: Item, number: int) -> Item:
    fields = {f.attname: getattr(model, f.attname) for f in Item._meta.concrete_fields if not f.primary_key}
    return Item.objects.create(
        **fields | {"code": f"BENCH-{number}", "order": 1000 + number, "same_as_id": None}
    )


def _measure(items: list[Item]) -> list[str]:
    """The indicator of each item: the one that counts it already when no other item has it."""
    chosen = dict(ItemIndicator.objects.filter(chosen=True).values_list("item_id", "indicator"))
    used: set[str] = set()
    for item, spare in zip(items, CODES, strict=True):
        code = chosen.get(item.pk, "")
        if not engine.is_registered(code) or code in used:
            ItemIndicator.objects.filter(item=item).update(chosen=False)
            ItemIndicator.objects.create(item=item, indicator=spare, reading="", chosen=True, order=99)
            code = spare
        used.add(code)
        chosen[item.pk] = code
    return [chosen[item.pk] for item in items]


def make_figures(owner_url: str, codes: list[str]) -> int:
    """Replace all figures by those of the rule; how many."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("set session_replication_role = replica")  # the demo's own frozen figures go, too
        for table in _TABLES:
            owner.execute(f"truncate {table}".encode())
        units = [row[0] for row in owner.execute(_UNITS, {"on": BUSINESS_DATE, "count": UNITS})]
        assert len(units) == UNITS
        params = {
            "codes": codes,
            "units": units,
            "periods": [one.key for one in PERIODS],
            "last": RUNNING.key,
        }
        owner.execute(_RUNS, params)
        count = owner.execute(_FIGURES, params).rowcount
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("vacuum analyze")
    return count


@contextmanager
def _served(database: str, folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {
        "DATABASE_URL": server.url(True, database),
        "DATABASE_APP_URL": server.url(False, database),
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "tests.bench.app.settings",
        "PYTHONPATH": os.pathsep.join([str(settings.REPOSITORY / "src"), str(settings.REPOSITORY)]),
    }
    told: list[str] = []
    web = [child for child in children(variables, folder) if child.name == "web"]
    supervisor = Supervisor(web, None, told.append)
    supervisor.start()
    try:
        supervisor.wait_healthy(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
        supervisor.step()
        assert told == [], f"the server died: {web[0].last_words()}"
    finally:
        supervisor.stop()


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page costs whatever else the machine does. `statements`: without those that only begin or end a
    transaction; `sql`: their milliseconds; `cpu`: milliseconds of this process for each time it was asked."""

    statements: int
    sql: float
    cpu: tuple[float, ...]


def cost(username: str, path: str) -> Cost:
    """Of a page in this process, once its templates and the like are loaded."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    with override_settings(ROOT_URLCONF="tests.bench.app.urls"):
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        said = [
            one for one in seen.captured_queries if not _CONTROL.match(one["sql"])
        ]  # before they are reset
        cpu = tuple(_cpu(client, path) for _ in range(CPU_ROUNDS))
    assert said, f"{path}: no statement was seen"
    return Cost(len(said), 1000 * sum(float(one["time"]) for one in said), cpu)


def _cpu(client: Client, path: str) -> float:
    began = time.thread_time()
    client.get(path)
    return (time.thread_time() - began) * 1000


def rows_of(file: str) -> dict[str, tuple[int, int]]:
    """Code → numerator and denominator of a dashboard exported as CSV."""
    lines = csv.DictReader(io.StringIO(file.removeprefix("\ufeff")))
    return {line["Mã"]: (int(line["Tử số"]), int(line["Mẫu số"])) for line in lines}
