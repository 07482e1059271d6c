"""`dean06 indicator`: the stable JSON, and a precise sentence when there is no figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from dean06.cli.indicators import app
from dean06.core.access.actor import system_actor
from dean06.core.errors import Dean06Error
from dean06.core.units.models import Unit
from dean06.plan import engine
from dean06.plan.figures import Statement, state_figure
from dean06.plan.models import IndicatorRun, Item, ItemIndicator, Plan
from dean06.plan.periods import Period
from tests.plan.engine import things
from tests.plan.engine.things import STOCK, Thing

pytestmark = pytest.mark.django_db
AUGUST = ["--period", "2023-08", "--json"]
BORN, DONE = date(2023, 1, 1), date(2023, 8, 1)


@pytest.fixture
def plan(tiny_plan: Plan, probes: None) -> Iterator[Plan]:
    """The tiny plan with two of its indicators over the probe table: 2 of 3 done, in two communes."""
    ids = list(Unit.objects.filter(key__startswith="xa-").order_by("key").values_list("id", flat=True))
    things.store([Thing(0, BORN, DONE, "một"), Thing(0, BORN, None, "hai"), Thing(1, BORN, DONE)], ids)
    codes = ("sample.team_any", "sample.desk_sign")
    with things.registered(*(replace(things.indicator(STOCK), code=code) for code in codes)):
        yield tiny_plan


def _ask(*words: str) -> Any:
    answer = CliRunner().invoke(app, words, catch_exceptions=False)
    assert answer.exit_code == 0
    return json.loads(answer.stdout)


def _refused(*words: str) -> str:
    with pytest.raises(Dean06Error) as caught:
        CliRunner().invoke(app, words, catch_exceptions=False)
    return caught.value.message


def test_show_gives_the_contract(plan: Plan) -> None:
    shown = _ask("show", "P0-T2", *AUGUST)
    computed = shown.pop("computed_at")
    assert datetime.fromisoformat(computed).tzinfo is not None
    assert shown == {
        "indicator": "sample.team_any",
        "period": "2023-08",
        "unit": "90",
        "numerator": 2,
        "denominator": 3,
        "value": 66.67,
        "source": "counted",
        "definition": 1,
    }
    assert _ask("show", "sample.team_any", *AUGUST)["value"] == 66.67


def test_show_of_one_unit_and_of_nothing(plan: Plan) -> None:
    one = _ask("show", "P0-T2", "--unit", "90001", *AUGUST)
    assert (one["unit"], one["numerator"], one["denominator"], one["value"]) == ("90001", 1, 2, 50.0)
    none = _ask("show", "P0-T2", "--unit", "so-mau", *AUGUST)
    assert (none["numerator"], none["denominator"], none["value"]) == (0, 0, None)
    text = CliRunner().invoke(app, ["show", "P0-T2", "--unit", "so-mau", "--period", "2023-08"])
    assert "không phát sinh" in text.stdout


def test_gaps_and_evidence(plan: Plan) -> None:
    (gap,) = _ask("gaps", "P0-T2", *AUGUST)
    assert set(gap) == {"unit", "subject", "label"}
    assert (gap["unit"], gap["label"]) == ("90001", "hai")
    proofs = _ask("evidence", "P0-T2", *AUGUST)
    assert [proof["unit"] for proof in proofs] == ["90002", "90001"]
    assert {proof["url"].rpartition("/")[0] for proof in proofs} == {"/probe"}
    assert _ask("gaps", "P0-T2", "--unit", "90002", *AUGUST) == []


def test_refresh_counts_and_leaves_frozen_periods(plan: Plan) -> None:
    done = _ask("refresh", "P0-T2", *AUGUST)
    assert done == [{"indicator": "sample.team_any", "rows": 3, "frozen": False}]
    assert len(_ask("refresh", "--all", *AUGUST)) == 2
    engine.freeze(Period(2023, 8))
    assert {one["frozen"] for one in _ask("refresh", "--all", *AUGUST)} == {True}
    assert "--all" in _refused("refresh", *AUGUST)


def test_an_item_without_a_chosen_reading_lists_its_indicators(plan: Plan) -> None:
    ItemIndicator.objects.filter(item__code="P0-T2").update(chosen=False)
    message = _refused("show", "P0-T2", *AUGUST)
    assert "sample.team_any" in message
    assert "sample.team_full" in message


def test_a_stated_figure_is_shown_with_its_source(plan: Plan) -> None:
    item = Item.objects.get(code="R-1")
    assert "chưa có số liệu" in _refused("show", "R-1", *AUGUST)
    state_figure(
        actor=system_actor("test"),
        item_id=item.pk,
        unit_id=Unit.objects.get(key="tinh-mau").pk,
        period=Period(2023, 8),
        kind="declared",
        statement=Statement(
            "12/BC", date(2023, 8, 14), "Báo cáo", "UBND", "Nguyễn Văn Thử", DONE, value=Decimal("12.5")
        ),
    )
    shown = _ask("show", "R-1", *AUGUST)
    assert (shown["indicator"], shown["value"], shown["source"]) == ("R-1", 12.5, "declared")
    assert (shown["numerator"], shown["denominator"], shown["definition"]) == (None, None, None)
    assert "từng dòng" in _refused("gaps", "R-1", *AUGUST)
    assert "không được đếm" in _refused("refresh", "R-1", *AUGUST)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("show", "P9-T9", *AUGUST), "P9-T9"),
        (("show", "sample.team_an", *AUGUST), "sample.team_any"),
        (("show", "M1-T2", *AUGUST), "M1-T2"),
        (("show", "P0-S1", *AUGUST), "Phạm vi"),
        (("show", "P0-T2", "--period", "2023-8"), "2023-09"),
        (("show", "P0-T2", "--period", "2999-01"), "chưa bắt đầu"),
        (("show", "P0-T2", "--unit", "99999", *AUGUST), "99999"),
    ],
)
def test_what_cannot_be_shown_is_said_precisely(plan: Plan, words: tuple[str, ...], part: str) -> None:
    assert part in _refused(*words)


def test_a_period_before_the_plan_is_refused_and_leaves_nothing(plan: Plan) -> None:
    said = _refused("show", "P0-T2", "--period", "2019-01", "--json")
    assert "trước kỳ đầu của kế hoạch" in said
    assert not IndicatorRun.objects.filter(period="2019-01").exists()
