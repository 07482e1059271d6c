"""The JSON that programs read keeps its shape, for the tiny plan and for the shipped one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from typer.testing import CliRunner

from dean06.cli import plan as command
from dean06.core.access.scope import wide
from dean06.plan import contract, queries
from dean06.plan.models import Plan
from tests.plan.tiny import TINY, copy_to, replace

DOCUMENT = Path(__file__).parents[2] / "docs" / "contract.md"


@pytest.fixture
def shown(tiny_plan: Plan) -> dict[str, Any]:
    return json.loads(json.dumps(contract.plan_json(tiny_plan)))  # type: ignore[no-any-return]


def test_keys_are_exactly_the_contract(shown: dict[str, Any]) -> None:
    assert list(shown) == ["plan", "targets", "duties", "registrations"]
    target_keys = [
        "id", "pilot", "goal", "deadline", "binding", "known_by", "indicators", "units", "lines",
    ]  # fmt: skip
    assert all(list(target) == target_keys for target in shown["targets"])
    assert all(list(duty) == ["id", "units", "deadline"] for duty in shown["duties"])
    assert all(list(entry) == ["unit", "pilot"] for entry in shown["registrations"])


def test_values_of_the_tiny_plan(shown: dict[str, Any]) -> None:
    assert shown["plan"]["id"] == "tinh-mau"
    assert shown["plan"]["number"] is None
    assert shown["targets"][0] == {
        "id": "P0-T1",
        "pilot": "P0",
        "goal": 60,
        "deadline": "2023-09-30",
        "binding": "binding",
        "known_by": "counted",
        "indicators": ["sample.desk_sign"],
        "units": ["so-mau"],
        "lines": [13, 14],
    }
    by_id = {target["id"]: target for target in shown["targets"]}
    assert by_id["M1-T2"]["goal"] == 12.5
    assert by_id["P0-T2"]["indicators"] == ["sample.team_any", "sample.team_full"]
    assert by_id["P0-T2"]["units"] == ["90001", "90002", "90003", "90004", "so-mau"]
    assert shown["duties"] == [{"id": "R-1", "units": ["ubnd-huyen-dong", "902"], "deadline": None}]
    assert shown["registrations"] == [
        {"unit": "ubnd-huyen-dong", "pilot": "M1"},
        {"unit": "902", "pilot": "M1"},
    ]


def test_the_document_names_every_key(shown: dict[str, Any]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    keys = {*shown, *shown["plan"], *shown["targets"][0], *shown["duties"][0], *shown["registrations"][0]}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs the commands on the test's own connection."""
    monkeypatch.setattr(command, "_session", transaction.atomic)
    return CliRunner()


def test_show_prints_json_and_a_table(runner: CliRunner, tiny_plan: Plan) -> None:
    answer = runner.invoke(command.app, ["show", "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["plan"]["id"] == tiny_plan.code
    table = runner.invoke(command.app, ["show"])
    assert "P0-T1" in table.stdout


def test_check_prints_file_line_and_reason(runner: CliRunner, tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    line = replace(folder, "items.yaml", "goal: 100", "goal: 10")
    answer = runner.invoke(command.app, ["check", str(folder)])
    assert answer.exit_code == 1
    lines = answer.stdout.splitlines()
    assert f"{folder}/items.yaml:{line}: P0-T2: dòng 16–16 không chứa con số 10%" in lines
    assert all(re.match(r".+:\d+: .+", text) for text in lines)
    answer = runner.invoke(command.app, ["check", str(folder), "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["ok"] is False


def test_the_shipped_plan_is_proved_and_loads(runner: CliRunner, db: None) -> None:
    answer = runner.invoke(command.app, ["check", "--json"])
    assert json.loads(answer.stdout)["problems"] == []
    assert answer.exit_code == 0
    assert runner.invoke(command.app, ["load", "--json"], catch_exceptions=False).exit_code == 0
    again = runner.invoke(command.app, ["load", "--json"])
    assert json.loads(again.stdout)["changed"] is False
    with transaction.atomic(), wide("test"):
        shown = contract.plan_json(queries.current_plan())
    counts: dict[str, int] = {}
    for entry in shown["registrations"]:
        counts[entry["pilot"]] = counts.get(entry["pilot"], 0) + 1
    assert counts == {"M1": 4, "M2": 1, "M3": 13, "M4": 1, "M5": 6, "M6": 1, "M7": 1, "M8": 1}
    assert len({entry["unit"] for entry in shown["registrations"]}) == 28
    starts = [target["lines"][0] for target in shown["targets"]]
    assert starts == sorted(starts)
    goals = {target["id"]: target["goal"] for target in shown["targets"]}
    assert (goals["P0-T1"], goals["P0-T2"], goals["M1-T1"], goals["M2-T1"]) == (50, 100, 30, None)
    deadlines = {duty["id"]: duty["deadline"] for duty in shown["duties"]}
    assert deadlines["P0-D09"] == "2023-07-31"
    assert deadlines["P0-D01"] is None
    assert {f"P0-D{number:02}" for number in range(1, 30)} <= deadlines.keys()
    assert {f"R-{number}" for number in range(1, 10)} <= deadlines.keys()
    assert Path(settings.PLAN_DIR) != TINY
