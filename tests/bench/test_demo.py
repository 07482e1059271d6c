"""`make bench GROUP=demo`: the whole province filled by `dean06 demo --scale province`."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.units.load import load_units
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.models import Officer
from dean06.plan.engine import every
from dean06.plan.load import load_plan
from tests import server
from tests.bench import demo
from tests.bench.report import Bar, Row, Table, show

pytestmark = pytest.mark.bench
MOST_SECONDS = 180.0
DESKS, POSTS, LEAST_OFFICERS = 220, 209, 9000


def test_demo(race_db: str, tmp_path: Path) -> None:
    actor = system_actor("bench")
    with transaction.atomic():
        load_units(settings.PLAN_DIR / "units", actor)
        load_plan(settings.PLAN_DIR, actor, known_indicators=frozenset(one.code for one in every()))
    owner_url = server.url(True, race_db)
    variables = {
        "DATABASE_URL": owner_url,
        "DATABASE_APP_URL": server.url(False, race_db),
        "DATA_DIR": str(tmp_path),
    }
    done = demo.run(variables, tmp_path)
    officers = _check()
    rows, seconds = demo.copied(owner_url)
    reference = f"COPY of the {rows:,} rows it leaves"
    table = [Row(reference, [seconds], "s")]
    table += [Row(f"dean06 demo: {name}", [value], "s") for name, value in done.phases.items()]
    whole = Row(
        f"dean06 demo --scale {demo.SCALE}",
        [done.seconds],
        "s",
        reference="COPY",
        ratio=done.seconds / seconds,
        bar=Bar("median", MOST_SECONDS),
    )
    data = (
        f"{DESKS} desks, {POSTS} police posts, {officers:,} officers, {done.report['records']:,} records, "
        f"{done.report['photos']:,} photos, seed {demo.SEED}"
    )
    show(Table("demo", data, [*table, whole]))


def _check() -> int:
    """The province is whole; the number of its officers."""
    with transaction.atomic(), wide("bench"):
        made = Unit.objects.filter(source="demo")
        counts = tuple(made.filter(kind=kind).count() for kind in (Kind.ONE_STOP_DESK, Kind.POLICE_POST))
        officers = Officer.objects.count()
    assert counts == (DESKS, POSTS)
    assert officers >= LEAST_OFFICERS
    return officers
