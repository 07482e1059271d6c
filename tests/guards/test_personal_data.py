"""No page shows an officer's name unless the same transaction writes down who read it.

Every address of the project is visited as every role, with an officer of a name that stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, clear_url_caches, get_resolver, path

from dean06.config import urls as project
from dean06.core.access.scope import wide
from dean06.core.usage.models import UsageRecord
from dean06.pilots.guidance.models import Officer
from dean06.pilots.guidance.records import KINDS
from dean06.plan.periods import Period
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import NAME, TODAY, World

CANARY = NAME
ROLES = ("lead", "officer", "unnamed", "neighbour", "desk", "auditor", "leader", "head", "stranger")
QUERIES = ("", "?q=hoa+tieu", "?export=csv")
OUTSIDE = ("dang-xuat", "ngon-ngu")  # would sign the visitor out, or change only his language


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address pattern of the project, as text with <converter:name> parts."""
    for entry in (resolver or get_resolver()).url_patterns:
        text = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, text)
        elif isinstance(entry, URLPattern):
            yield text


def choices(part: str, ids: dict[str, list[str]]) -> list[str]:
    """Values for one <converter:name>: the ids that exist for names that mean something, else some of all."""
    name = part.strip("<>").split(":")[-1]
    return ids.get(name) or sorted({value for values in ids.values() for value in values})[:1]


def addresses(ids: dict[str, list[str]]) -> list[str]:
    """Every pattern filled with every plausible value."""
    found: set[str] = set()
    for pattern in patterns():
        filled = [""]
        for piece in pattern.replace("<", "\0<").replace(">", ">\0").split("\0"):
            options = choices(piece, ids) if piece.startswith("<") else [piece]
            filled = [start + option for start in filled for option in options]
        found.update("/" + text for text in filled)
    return sorted(address for address in found if not any(word in address for word in OUTSIDE))


@pytest.fixture
def place(db: None, settings: SimpleNamespace, tmp_path: Path) -> tuple[World, dict[str, list[str]]]:
    """A province with an officer who is assigned, trained, withdrawn once; and the ids its addresses take."""
    settings.MEDIA_ROOT = tmp_path
    settings.RATE_LIMITS = False  # a refused request would hide what the page shows
    with transaction.atomic(), wide("test"):
        world = worlds.build()
        who = worlds.officer(world.desk)
        rows = [
            worlds.assignment(world.desk, who),
            worlds.training(who),
            worlds.material(world.desk),
            worlds.showing(world.desk, worlds.video(world.province)),
        ]
        units = [world.desk]
        ids = {
            "unit_id": [str(unit.pk) for unit in units],
            "key": [unit.key for unit in units],
            "slug": list(KINDS),
            "record_id": sorted({str(who.pk), str(rows[0].pk)}),
            "officer_id": [str(who.pk)],
            "video_id": [str(row.video_id) for row in rows if hasattr(row, "video_id")],
            "period": [str(Period.containing(TODAY).key)],
            "code": [f"guidance.{code}" for code in ("point_guided", "desk_staff_trained")],
        }
    return world, ids


def visit(client: Client, address: str) -> tuple[str, bool]:
    """What came back, and whether the visit wrote that names were read."""
    with transaction.atomic(), wide("test"):
        before = UsageRecord.objects.count()
    response = client.get(address)
    with transaction.atomic(), wide("test"):
        noted = UsageRecord.objects.count() > before
    return response.content.decode("utf-8", errors="replace"), noted


def survey(world: World, ids: dict[str, list[str]], role: str) -> tuple[set[str], set[str]]:
    """(addresses that showed the name, those among them that wrote no note) for one role."""
    client = world.client(role)
    shown, silent = set(), set()
    for address in addresses(ids):
        for query in QUERIES if address.count("/") <= 3 else QUERIES[:1]:
            content, noted = visit(client, address + query)
            if CANARY in content:
                shown.add(address)
                if not noted:
                    silent.add(address + query)
    return shown, silent


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_name_without_a_note(place: tuple[World, dict[str, list[str]]], role: str) -> None:
    world, ids = place
    shown, silent = survey(world, ids, role)
    assert silent == set()
    who = ids["officer_id"][0]
    page, form = f"/p0/can-bo/{who}", f"/p0/ban-ghi/can-bo/{who}/sua"
    may = {"officer": {page, form}, "lead": {page, form}, "head": {page, form}}
    assert shown == may.get(role, set()), "the name is shown where the right is given, and nowhere else"


def test_the_guard_reaches_every_pattern(place: tuple[World, dict[str, list[str]]]) -> None:
    _world, ids = place
    assert len(addresses(ids)) >= len([text for text in patterns() if not any(w in text for w in OUTSIDE)])


def leak(request: HttpRequest) -> HttpResponse:
    """A page as somebody might write it in haste."""
    return HttpResponse(", ".join(Officer.objects.values_list("full_name", flat=True)))


def test_the_guard_can_fail(
    place: tuple[World, dict[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, ids = place
    monkeypatch.setattr(project, "urlpatterns", [*project.urlpatterns, path("voi-vang", leak)])
    clear_url_caches()
    try:
        _shown, silent = survey(world, {name: values[:1] for name, values in ids.items()}, "officer")
    finally:
        monkeypatch.undo()
        clear_url_caches()
    assert silent == {f"/voi-vang{query}" for query in QUERIES}
