"""Random histories of units: a sound one passes, and any succession dropped or doubled is found."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dean06.core.units.csvcheck import check_units
from dean06.core.units.csvread import Problem
from tests.core.units.csv_folder import Folder

DAYS = ("2024-01-01", "2024-07-01", "2025-01-01")
FIRST, LAST = "2023-06-30", "2025-12-31"


@dataclass
class History:
    """Units that live from a day to a day, and who took over what share of whom when."""

    born: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[str, str, str, str]] = field(default_factory=list)

    def alive(self) -> list[str]:
        return [key for key in self.born if key not in self.ended]

    def new(self, day: str) -> str:
        key = f"u{len(self.born)}"
        self.born[key] = day
        return key

    def end(self, old: str, heirs: dict[str, str], day: str) -> None:
        self.ended[old] = day
        self.steps.extend((old, heir, share, day) for heir, share in heirs.items())

    def folder(self) -> Folder:
        files: dict[str, list[list[str]]] = {"codes.csv": [], "aliases.csv": []}
        files["units.csv"] = [["t", "province", "tinh", "Tỉnh", "", "", "", ""]]
        files["placements.csv"] = []
        for key, day in self.born.items():
            until = self.ended.get(key, "")
            files["units.csv"].append([key, "commune", "xa", f"Xã {key}", "", day, until, ""])
            files["placements.csv"].append([key, "t", day, until, ""])
        files["successions.csv"] = [
            [old, new, "merge", share, day, ""] for old, new, share, day in self.steps
        ]
        files["expected.csv"] = [[LAST, "commune", "t", str(len(self.alive()))]]
        files["chains.csv"] = [["commune", FIRST, "t", LAST, "t"]]
        return Folder(files)


def parts(weights: list[int]) -> list[str]:
    """Decimal shares with six digits that sum to exactly 1."""
    total = sum(weights)
    shares = [Decimal(w * 900_000 // total) / 1_000_000 for w in weights[1:]]
    return [str(Decimal(1) - sum(shares)), *map(str, shares)]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """At each day every unit lives on, is renamed, is divided, or is merged with others alive."""
    history = History()
    for _ in range(draw(st.integers(2, 6))):
        history.new("")
    for day in DAYS:
        alive = history.alive()
        merged = draw(st.lists(st.sampled_from(alive), max_size=3, unique=True))
        if merged:
            whole = history.new(day)
            for old in merged:
                history.end(old, {whole: "1"}, day)
        for old in alive:
            if old in merged:
                continue
            weights = draw(st.lists(st.integers(1, 9), max_size=3))
            if weights:
                heirs = {history.new(day): share for share in parts(weights)}
                history.end(old, heirs, day)
    return history


def problems(history: History) -> list[Problem]:
    with tempfile.TemporaryDirectory() as folder:
        return check_units(history.folder().write(Path(folder)))


@settings(max_examples=60, deadline=None)
@given(histories())
def test_a_sound_history_passes(history: History) -> None:
    assert problems(history) == []


@settings(max_examples=60, deadline=None)
@given(histories().filter(lambda h: h.steps), st.data())
def test_a_dropped_succession_is_found(history: History, data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(history.steps))
    history.steps.remove(lost)
    found = problems(history)
    assert any(f"“{lost[0]}”" in p.message_vi or "mất" in p.message_vi for p in found), found


@settings(max_examples=60, deadline=None)
@given(histories().filter(lambda h: h.steps), st.data())
def test_a_doubled_succession_is_found(history: History, data: st.DataObject) -> None:
    old, heir, share, day = data.draw(st.sampled_from(history.steps))
    others = [
        k for k in history.born if k != old and history.born[k] <= day and history.ended.get(k, LAST) > day
    ]
    history.steps.append((old, data.draw(st.sampled_from([heir, *others])), share, day))
    found = problems(history)
    assert any(p.file == "successions.csv" for p in found), found


@settings(max_examples=40, deadline=None)
@given(histories().filter(lambda h: h.steps), st.data())
def test_a_unit_that_lives_on_beside_its_heirs_is_found(history: History, data: st.DataObject) -> None:
    old, *_, day = data.draw(st.sampled_from(history.steps))
    del history.ended[old]
    found = problems(history)
    assert any(f"phải kết thúc đúng ngày kế thừa {day}" in p.message_vi for p in found), found
