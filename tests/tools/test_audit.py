"""The dependency audit: fails on a finding, and never passes silence off as a clean answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tools.audit import Answer, ask, of_python, of_scripts, report

FOUND = {
    "dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1"}]}, {"name": "b", "vulns": []}]
}
WEAK = {"vulnerabilities": {"left": {"severity": "high"}}}


def printing(text: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", f"print({text!r}); raise SystemExit({code})"]


def test_findings_are_named() -> None:
    assert of_python(FOUND) == ("a 1: X-1",)
    assert of_scripts(WEAK) == ("left: high",)
    assert of_scripts({"vulnerabilities": {}}) == ()


def test_a_finding_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(
        "x", printing('{"vulnerabilities": {"left": {"severity": "high"}}}', 1), tmp_path, of_scripts
    )
    assert report([answer]) == 1
    assert "left: high" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "network is down", "{}", '{"message": "405"}', "[]"])
def test_a_database_out_of_reach_is_told_and_is_no_clean_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    for read in (of_python, of_scripts):
        answer = ask("x", printing(text, 1), tmp_path, read)
        assert answer == Answer("x", reached=False)
        assert report([answer]) == 0
    told = capsys.readouterr().out
    assert "NOT CHECKED" in told
    assert "no known weakness" not in told


def test_a_program_that_is_not_there_is_no_clean_answer(tmp_path: Path) -> None:
    assert not ask("x", [str(tmp_path / "none")], tmp_path, of_python).reached


def test_a_clean_answer_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report([ask("x", printing('{"dependencies": []}'), tmp_path, of_python)]) == 0
    assert "no known weakness" in capsys.readouterr().out


def test_where_it_is_required_a_check_that_did_not_take_place_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clean, silent = Answer("a", reached=True), Answer("b", reached=False)
    assert report([clean, silent], required=True) == 3
    assert "not everything was checked" in capsys.readouterr().err
    assert report([clean, clean], required=True) == 0
    assert report([silent, Answer("c", reached=True, found=("x: high",))], required=True) == 1
