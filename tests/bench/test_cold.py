"""`make bench GROUP=cold`: from a fresh clone to the first page."""

from __future__ import annotations

import pytest

from tests.bench import cold
from tests.bench.report import Bar, Row, Table, show

pytestmark = pytest.mark.bench
MOST_COLD, MOST_AGAIN, MOST_PAGE = 180.0, 5.0, 1.0  # seconds
AGAIN = 3  # later starts
# What happens in one start, in this order; "prepare" is a process of its own around four of them.
PHASES = {
    "checks": "disk, port",
    "postgres": "PostgreSQL: initdb, start",
    "django": "Django start",
    "migrate": "migrations",
    "plan": "units and plan",
    "demo": "small demo",
    "prepare": "(the four before, as a process)",
    "web": "web server answers",
}


def test_cold() -> None:
    with cold.clone() as checkout:
        parts = cold.install(checkout)
        first = cold.start_once(checkout)
        later = [cold.start_once(checkout) for _ in range(AGAIN)]
    assert [again.figures for again in later] == [first.figures] * AGAIN
    assert first.figures.count("\n") > 1
    total = sum(parts.values()) + first.ready
    whole = f"cold start of {total:.0f} s"
    rows = [Row(f"make run: {name}", [value], "s") for name, value in parts.items()]
    rows += [Row(f"first start: {PHASES[name]}", [first.phases[name]], "s") for name in PHASES]
    rows += [
        Row("cold make run, until the address is printed", [total], "s", bar=Bar("median", MOST_COLD)),
        Row("first page after it: sign-in", [first.sign_in_page], "s", bar=Bar("median", MOST_PAGE)),
        Row("first page after signing in: the plan", [first.first_page], "s", bar=Bar("median", MOST_PAGE)),
    ]
    ready = Row("", [again.ready for again in later])
    rows += [
        Row(f"later start: {PHASES[name]}", [again.phases[name] for again in later], "s") for name in PHASES
    ]
    rows += [
        Row(
            "later make run, until the address is printed",
            ready.samples,
            "s",
            reference=whole,
            ratio=ready.median / total,
            bar=Bar("median", MOST_AGAIN),
        ),
        Row(
            "later: first plan page", [again.first_page for again in later], "s", bar=Bar("median", MOST_PAGE)
        ),
    ]
    data = "a fresh clone, warm package caches, the real plan and the small demo"
    show(Table("cold", data, rows))
