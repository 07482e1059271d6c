"""`make bench GROUP=web`: the bars of pages."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from dean06.web.demo.accounts import password
from tests import server
from tests.bench import web
from tests.bench.app.apps import TARGETS
from tests.bench.app.urls import FRAME
from tests.bench.http import Visitor, together
from tests.bench.report import Bar, Row, Table, show

pytestmark = pytest.mark.bench
LEADER, HEAD = "lanhdao", "thutruong"
ROUNDS, REQUESTS = 10, 20  # in each round each page is asked for so often, so that all share a busy moment
WARM_UP = 3
MOST_SECONDS = 100.0  # no further round after this
MOST_MILLISECONDS = 150.0
MOST_QUERIES = 12
SELECT, FRAME_NAME = "select 1 from here", "the empty frame"
Times = dict[tuple[str, int], list[float]]  # (page, connections) → milliseconds


def _pages(site: web.Site) -> dict[str, tuple[str, str]]:
    unit = site.tops[HEAD]
    return {
        FRAME_NAME: (LEADER, f"/{FRAME}"),
        "plan, province leader": (LEADER, "/"),
        "plan, district head": (HEAD, "/"),
        "target P0-T1, leader": (LEADER, "/muc-tieu/P0-T1"),
        "tasks, district head": (HEAD, "/nhiem-vu"),
        "unit page, leader": (LEADER, f"/don-vi/{unit}"),
        "points of P0, leader": (LEADER, "/p0/"),
    }


def test_pages(race_db: str, tmp_path: Path) -> None:
    with web.running_site(race_db, tmp_path) as site:
        pages = _pages(site)
        sessions = {name: _sign_in(site.address, name) for name in (LEADER, HEAD)}
        sizes = {name: _check(site, sessions[who], path) for name, (who, path) in pages.items()}
        for username, session in sessions.items():
            _check_figures(site, username, session)
        times = _measure(site, pages, sessions)
        costs = {name: web.cost(who, path) for name, (who, path) in pages.items()}
        show(_table(site, times, sizes, costs))


def _sign_in(address: str, username: str) -> dict[str, str]:
    visitor = Visitor(address)
    visitor.sign_in(username, password())
    visitor.close()
    return visitor.cookies


def _check(site: web.Site, session: dict[str, str], path: str) -> int:
    """The page is there, and the plan has a line for every target; its bytes."""
    answer = Visitor(site.address, session).get(path)
    assert answer.status == 200, f"{path}: {answer.status}"
    if path == "/":
        assert [code for code in site.codes if code not in answer.text] == []
    return len(answer.body)


def _check_figures(site: web.Site, username: str, session: dict[str, str]) -> None:
    file = Visitor(site.address, session).get("/?export=csv").text
    assert web.rows_of(file) == site.figures(username)


def _measure(site: web.Site, pages: dict[str, tuple[str, str]], sessions: dict[str, dict[str, str]]) -> Times:
    visitors = {who: [Visitor(site.address, session) for _ in range(4)] for who, session in sessions.items()}
    times: Times = defaultdict(list)
    for who, path in pages.values():
        together(visitors[who], path, WARM_UP)
    began = time.monotonic()
    with psycopg.connect(server.url(False, site.database), autocommit=True) as database:
        for _ in range(ROUNDS):
            if time.monotonic() - began > MOST_SECONDS:
                break
            times[SELECT, 1] += [_select(database) for _ in range(REQUESTS)]
            for connections in (1, 4):
                for name, (who, path) in pages.items():
                    answers = together(visitors[who][:connections], path, REQUESTS // connections)
                    assert {answer.status for answer in answers} == {200}, path
                    times[name, connections] += [answer.seconds * 1000 for answer in answers]
    return times


def _select(database: psycopg.Connection[tuple[object, ...]]) -> float:
    began = time.perf_counter()
    database.execute("select 1").fetchone()
    return (time.perf_counter() - began) * 1000


def _table(site: web.Site, times: Times, sizes: dict[str, int], costs: dict[str, web.Cost]) -> Table:
    select = Row(SELECT, times[SELECT, 1])
    rows = [select]
    for connections in (1, 4):
        rows += [_waiting(times, name, connections, select) for name in sizes]
    empty = Row("", costs[FRAME_NAME].cpu)
    for name, one in costs.items():
        cpu = Row(f"{name}: processor", one.cpu)
        rows.append(replace(cpu, reference="frame", ratio=cpu.median / empty.median))
    for name, one in costs.items():
        bar = Bar("median", MOST_QUERIES) if name.startswith("plan,") else None
        made = f"{one.sql:.0f} ms of SQL, {sizes[name] / 1000:.0f} kB of HTML"
        rows.append(Row(f"{name}: queries", [one.statements], unit="", reference=made, bar=bar))
    size = f"{web.MONTHS} months × {web.UNITS} units × {TARGETS} targets"
    data = f"{size} = {site.observations:,} observations, beside the records of the province-size demo"
    notes = (
        "“at once”: from sending a request to the last byte of the answer; connection and session kept.",
        "“processor”: time of the web process alone, without the database and without waiting for others.",
    )
    return Table("web", data, rows, notes)


def _waiting(times: Times, name: str, connections: int, select: Row) -> Row:
    row = Row(f"{name}, {connections} at once", times[name, connections])
    if name == FRAME_NAME:
        return replace(row, reference="select 1", ratio=row.median / select.median)
    frame = Row("", times[FRAME_NAME, connections])
    held = name.startswith("plan,") and connections == 1
    bar = Bar("p95", MOST_MILLISECONDS) if held else None
    return replace(row, reference="frame", ratio=row.median / frame.median, bar=bar)
