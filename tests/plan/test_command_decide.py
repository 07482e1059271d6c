"""`dean06 plan decide` and `adopt`: what the plan leaves open is settled by a document."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import pytest
from typer.testing import CliRunner

from dean06.cli import plan as command
from dean06.core.errors import Dean06Error
from dean06.plan.models import AdoptedTarget, Item, ItemIndicator, Plan, Reading

PROOF = ("--document", "12/KH-UBND", "--on", "2023-07-01", "--json")


@pytest.fixture(autouse=True)
def _here(tiny_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_session", nullcontext)


def run(*words: str) -> Any:
    return CliRunner().invoke(command.app, words)


def test_a_reading_is_decided_with_its_document() -> None:
    item = Item.objects.get(code="P0-T2")
    other = Reading.objects.filter(item=item, chosen=False).first()
    assert other is not None
    answer = run("decide", "P0-T2", other.code, "--by", "UBND tỉnh", *PROOF)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["reading"] == other.code
    chosen = Reading.objects.get(item=item, chosen=True)
    assert (chosen.code, chosen.decided_by, chosen.document) == (other.code, "UBND tỉnh", "12/KH-UBND")
    assert ItemIndicator.objects.get(item=item, chosen=True).reading == other.code


def test_an_unknown_reading_names_those_there_are() -> None:
    answer = run("decide", "P0-T2", "khac", "--by", "UBND tỉnh", *PROOF)
    assert answer.exit_code == 2
    assert all(
        code in answer.output
        for code in Reading.objects.filter(item__code="P0-T2").values_list("code", flat=True)
    )


def test_a_unit_adopts_a_goal() -> None:
    answer = run("adopt", "M1-T1", "ubnd-huyen-dong", "45,5", *PROOF)
    assert answer.exit_code == 0, answer.output
    target = AdoptedTarget.objects.get()
    assert (target.item.code, target.unit.key, float(target.goal)) == ("M1-T1", "huyen-dong", 45.5)


def test_a_goal_is_withdrawn_once() -> None:
    assert run("adopt", "M1-T1", "ubnd-huyen-dong", "45,5", *PROOF).exit_code == 0
    answer = run("withdraw", "M1-T1", "ubnd-huyen-dong", "--json")
    assert json.loads(answer.stdout) == {"item": "M1-T1", "unit": "ubnd-huyen-dong", "goal": 60.0}
    assert not AdoptedTarget.objects.exists()
    assert isinstance(run("withdraw", "M1-T1", "ubnd-huyen-dong").exception, Dean06Error)


@pytest.mark.parametrize("goal", ["nhiều", "0", "101"])
def test_a_goal_that_is_no_percentage_is_refused(goal: str) -> None:
    answer = run("adopt", "M1-T1", "ubnd-huyen-dong", goal, *PROOF)
    assert answer.exit_code != 0 or isinstance(answer.exception, Dean06Error)
    assert not AdoptedTarget.objects.exists()
