"""The wide role never outlives the code that took it: not through errors, not through a kept connection."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from dean06.core.access.roles import APP_ROLE
from dean06.core.access.scope import wide
from dean06.pilots.guidance import queries
from dean06.pilots.guidance.models import Material
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import World


def standing() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, coalesce(current_setting('app.units', true), ''), "
            "coalesce(current_setting('app.user', true), '')"
        )
        return tuple(cursor.fetchone() or ())


@pytest.fixture
def kept(race_db: str) -> World:
    """A province in a database where requests really commit, on one kept connection."""
    with transaction.atomic(), wide("test"):
        world = worlds.build()
        worlds.material(world.desk)
        worlds.material(world.other_desk)
    return world


def breaks(kind: str) -> None:
    with wide("test"):
        if kind == "program":
            raise KeyError(kind)
        with connection.cursor() as cursor:
            cursor.execute("select 1 / 0")


@pytest.mark.race
@pytest.mark.parametrize("kind", ["program", "database"])
def test_an_error_inside_the_wide_role_leaves_the_connection_bound(
    kept: World, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        breaks(kind)

    client = Client(raise_request_exception=False)
    client.force_login(kept.users["leader"])
    monkeypatch.setattr(queries, "point", broken)
    assert client.get(f"/p0/diem/{kept.desk.pk}").status_code == 500
    assert standing() == (APP_ROLE, "", "")
    assert not Material.objects.exists()
    assert kept.client("desk").get("/p0/danh-sach/vat-pham").context["list"].total == 1
    assert kept.client("leader").get("/p0/danh-sach/vat-pham").context["list"].total == 2
    assert kept.client("desk").get("/p0/danh-sach/vat-pham").context["list"].total == 1
    assert standing() == (APP_ROLE, "", "")


@pytest.mark.race
def test_a_swallowed_error_inside_the_wide_role_gives_nothing_more(
    kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def careless(request: HttpRequest) -> HttpResponse:
        try:
            with transaction.atomic():
                breaks("database")
        except DatabaseError:
            seen.append(Material.objects.count())
        with pytest.raises(KeyError):
            breaks("program")
        seen.append(Material.objects.count())
        return HttpResponse()

    from dean06.core.access.middleware import ScopeMiddleware

    client = kept.client("desk")
    original = ScopeMiddleware.process_view
    monkeypatch.setattr(
        ScopeMiddleware, "process_view", lambda self, request, *_: original(self, request, careless, (), {})
    )
    assert client.get("/p0/").status_code == 200
    assert seen == [1, 1]


@pytest.mark.race
def test_nothing_of_another_unit_is_reached_by_its_number(kept: World) -> None:
    with transaction.atomic(), wide("test"):
        theirs = Material.objects.get(unit=kept.other_desk)
    client = kept.client("officer")
    for path in ("", "/sua", "/thu-hoi", "/ket-thuc"):
        assert client.get(f"/p0/ban-ghi/vat-pham/{theirs.pk}{path}").status_code == 404
    for path in ("sua", "thu-hoi", "ket-thuc", "khoi-phuc", "kiem-tra"):
        body = {"version": "1", "reason": "x", "day": "2023-12-01", "present": "1", "title": "x"}
        assert client.post(f"/p0/ban-ghi/vat-pham/{theirs.pk}/{path}", body).status_code == 404
    assert client.get(f"/p0/diem/{kept.other_desk.pk}").status_code == 403
    assert "mot-cua-2" not in client.get("/p0/?export=csv").content.decode()
    assert "xã Hai" not in client.get("/p0/danh-sach/vat-pham?export=csv").content.decode()
    with transaction.atomic(), wide("test"):
        theirs.refresh_from_db()
    assert (theirs.version, theirs.revoked_at) == (1, None)
