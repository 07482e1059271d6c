"""The demo province: the same seed the same province, never over real work, plainly synthetic."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction

from dean06.core import clock
from dean06.core.access.actor import system_actor
from dean06.core.access.models import User
from dean06.core.access.scope import wide
from dean06.core.errors import Conflict
from dean06.core.photos.models import Photo
from dean06.core.units.load import load_units
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.models import Assignment, Officer, Training, Video
from dean06.plan.engine import every
from dean06.plan.engine.models import Observation, StatedFigure
from dean06.plan.load import load_plan
from dean06.plan.periods import Period
from dean06.web import demo

filling: Any = importlib.import_module("dean06.web.demo.fill")  # the package exports a function of that name


def _quiet(what: str, done: int, total: int) -> None:
    """No progress bar in tests."""


@pytest.fixture
def province(db: None, settings: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The shipped plan in an empty database, with no pictures on disk but the test's own."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "demo-media"
    actor = system_actor("test")
    with transaction.atomic():
        load_units(configured.PLAN_DIR / "units", actor)
        load_plan(configured.PLAN_DIR, actor, known_indicators=frozenset(i.code for i in every()))


def figures(seed: int) -> tuple[dict[tuple[str, str, str], tuple[int, int]], demo.Report]:
    """Every figure of a small demo by (indicator, period, unit key), and the report; then all is undone."""
    with transaction.atomic():
        report = demo.fill(scale="small", seed=seed, progress=_quiet)
        with wide("test"):
            found = Observation.objects.values_list(
                "indicator", "period", "unit__key", "numerator", "denominator"
            )
            kept = {row[:3]: row[3:] for row in found}
        transaction.set_rollback(True)
    clock.forget()
    return kept, report


@pytest.mark.usefixtures("province")
def test_one_seed_gives_one_province_and_another_seed_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "FIRST_PERIOD", Period(2023, 11))  # two months tell as much as seven
    first, report = figures(6)
    again, _report = figures(6)
    other, _report = figures(7)
    assert report.points > 80
    assert len(first) > 500
    assert first == again
    assert first != other


def plausible() -> None:
    """Imported figures hang together: one number of citizens a district, fewer signatures than accounts."""
    rows = StatedFigure.objects.filter(kind="imported", unit__kind=Kind.DISTRICT)
    people: dict[int, set[int | None]] = {}
    for row in rows.filter(item__code__in=("M3-T1", "M3-T3", "M3-T4")):
        people.setdefault(row.unit_id, set()).add(row.denominator)
    assert len(people) == 10
    assert {len(found) for found in people.values()} == {1}
    smallest = min(people, key=lambda unit: max(found or 0 for found in people[unit]))
    assert Unit.objects.get(pk=smallest).key == "huyen-220"
    for signed in rows.filter(item__code="M3-T6"):
        level2 = rows.get(item__code="M3-T4", unit=signed.unit_id, period=signed.period)
        assert 0 < (signed.numerator or 0) * 10 < (level2.numerator or 0)


def synthetic(report: demo.Report) -> None:
    """Everything made up says so."""
    made = Unit.objects.filter(source="demo")
    assert report.points == made.count()
    assert set(made.values_list("document", "verified")) == {("Đơn vị mô phỏng", False)}
    for rows, column in (
        (User.objects.all(), "full_name"),
        (Training.objects.all(), "course"),
        (Assignment.objects.all(), "document"),
        (Video.objects.exclude(approved_on=None), "approval"),
        (StatedFigure.objects.all(), "document_title"),
    ):
        texts = set(rows.values_list(column, flat=True))
        assert texts
        assert all("mô phỏng" in text for text in texts), column
    assert clock.today() == filling.BUSINESS_DATE


def uneven(report: demo.Report) -> None:
    """Districts differ, and some units never began."""
    began = set(Officer.objects.values_list("unit_id", flat=True))
    assert Unit.objects.filter(source="demo", kind=Kind.POLICE_POST).exclude(pk__in=began).exists()
    districts = Observation.objects.filter(indicator="guidance.desk_video", unit__kind=Kind.DISTRICT)
    shares = {o.numerator / o.denominator for o in districts.filter(period="2023-12")}
    assert len(shares) > 3
    assert Photo.objects.count() == report.photos > 50


@pytest.mark.usefixtures("province")
def test_a_demo_is_synthetic_uneven_with_a_login_for_every_role_and_never_mixes() -> None:
    with transaction.atomic():
        report = demo.fill(scale="small", seed=6, progress=_quiet)
        with wide("test"):
            synthetic(report)
            plausible()
            uneven(report)
            logins = demo.logins()
            assert len({login.role for login in logins}) == len(logins) == 8
            assert all(login.password.startswith("demo-") for login in logins)
            before = Officer.objects.count()
            with pytest.raises(Conflict, match="trống"):
                demo.fill(scale="small", seed=1, progress=_quiet)
            assert Officer.objects.count() == before


def test_accounts_alone_are_enough_to_refuse(db: None) -> None:
    with transaction.atomic(), wide("test"):
        User.objects.create_user(username="that", full_name="Người thật", password=None)
        with pytest.raises(Conflict):
            demo.fill(scale="small", seed=1, progress=_quiet)
        assert not Unit.objects.filter(source="demo").exists()
