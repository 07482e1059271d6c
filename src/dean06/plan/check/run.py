"""`plan check`: everything that can be proved of a plan folder without a database."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from dean06.core.units.csvcheck import check_units
from dean06.plan.check.citations import check_citations, read_text
from dean06.plan.check.ids import check_ids
from dean06.plan.check.measures import check_measures, check_rules
from dean06.plan.check.parties import Parties, check_groups, check_parties
from dean06.plan.check.registrations import check_registrations
from dean06.plan.check.units import read_units
from dean06.plan.schema.problem import Problem
from dean06.plan.schema.source import PlanSource, read_source


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was read and every problem found; `parties` is None when plan.yaml itself is unusable."""

    source: PlanSource
    parties: Parties | None
    problems: tuple[Problem, ...]


def check_plan(folder: Path, known_indicators: Set[str]) -> CheckReport:
    """Read a plan folder and report every problem in it, ordered by file and line.

    `known_indicators` are the codes that the running software can count. Never raises for what the
    files contain.
    """
    source, problems = read_source(folder)
    text, defects = read_text(source)
    problems += defects
    problems += check_ids(source)
    problems += check_measures(source, known_indicators)
    problems += check_rules(source)
    if text is not None:
        problems += check_citations(source, text)
    parties = None
    if source.plan is not None:
        book, defects = read_units(folder / "units", source.plan.value.starts_on)
        parties = Parties.of(source, book)
        problems += defects
        problems += check_groups(source, parties)
        problems += check_parties(source, parties)
        problems += check_registrations(source, parties, text)
    problems += _unit_tables(folder / "units")
    return CheckReport(source, parties, tuple(sorted(set(problems))))


def _unit_tables(folder: Path) -> list[Problem]:
    """What the units' own check says of their CSV files, with paths relative to the plan folder."""
    return [
        Problem(f"units/{found.file}", max(found.line, 1), found.message_vi) for found in check_units(folder)
    ]
