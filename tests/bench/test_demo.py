"""Group `demo` of make bench: the whole province filled within three minutes."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as configured
from django.db import transaction

from dean06.core.access.actor import system_actor
from dean06.core.access.scope import wide
from dean06.core.units.load import load_units
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.models import Officer
from dean06.plan.engine import every
from dean06.plan.load import load_plan
from dean06.web import demo

LIMIT = 180.0  # seconds


@pytest.mark.bench
def test_demo_province_scale(race_db: str, settings: SimpleNamespace, tmp_path: Path) -> None:
    """220 desks, 209 posts, at least 9,000 officers."""
    settings.MEDIA_ROOT = tmp_path
    actor = system_actor("bench")
    with transaction.atomic():
        load_units(configured.PLAN_DIR / "units", actor)
        load_plan(configured.PLAN_DIR, actor, known_indicators=frozenset(i.code for i in every()))
    began = time.perf_counter()
    demo.fill(scale="province", seed=6, progress=lambda _what, _done, _total: None)
    took = time.perf_counter() - began
    with transaction.atomic(), wide("bench"):
        made = Unit.objects.filter(source="demo")
        counts = tuple(made.filter(kind=kind).count() for kind in (Kind.ONE_STOP_DESK, Kind.POLICE_POST))
        officers = Officer.objects.count()
    assert counts == (220, 209)
    assert officers >= 9000
    assert took <= LIMIT, f"{took:.1f} s"
