"""Routes about one unit, for every role, by how the unit stands to that of the grant.

tests/guards/routes.py holds what each demo account gets at each route; here the routes about one unit are
walked with one grant that is moved through the tree: same unit, above, below, beside, another district.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from dean06.core.access import limits
from dean06.core.access.models import Role, User
from dean06.core.access.scope import wide
from dean06.core.rules.models import Rule
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from dean06.pilots.guidance.models import Material
from tests.core.units.trees import unit
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.conftest import media, world
from tests.pilots.guidance.world import World

__all__ = ["media", "world"]

WRITERS = {Role.PILOT_LEAD, Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.DESK_OFFICER}
INSIDE = ("same", "above", "province")  # where the grant stands, seen from the desk
OUTSIDE = ("below", "sibling", "foreign")

# route → (who writes inside, who reads inside, anybody outside)
STATUSES = {
    "/p0/diem/{desk}": (200, 200, 403),
    "/p0/diem/{desk}/ghi/vat-pham": (200, 403, 403),
    "/p0/ban-ghi/vat-pham/{row}": (200, 200, 404),
    "/p0/ban-ghi/vat-pham/{row}/sua": (200, 403, 404),
    "/p0/ban-ghi/vat-pham/{row}/thu-hoi": (200, 403, 404),
    "/p0/ban-ghi/vat-pham/{row}/ket-thuc": (200, 403, 404),
    "/don-vi/{desk}": (200, 200, 200),  # the tree of units is known to everybody who signed in
}


@pytest.fixture
def places(world: World) -> dict[str, Unit]:
    """A unit for each way to stand to the desk, with a record at the desk."""
    with transaction.atomic(), wide("test"):
        below = unit("to-so", "Tổ công nghệ số", Kind.DIGITAL_TEAM, under=world.desk)
        district = unit("huyen-khac", "Huyện Khác", Kind.DISTRICT, under=world.province)
        rebuild()
        Rule.objects.filter(code="access.mfa_roles").update(value=[])
        worlds.material(world.desk)
    limits.forget()
    return {
        "same": world.desk,
        "above": world.commune,
        "province": world.province,
        "below": below,
        "sibling": world.other_desk,
        "foreign": district,
    }


def browser(role: Role, at: Unit) -> Client:
    with transaction.atomic(), wide("test"):
        user: User = worlds.account(f"{role}-{at.pk}", role, at)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def expected(role: Role, relation: str, statuses: tuple[int, int, int]) -> int:
    writes, reads, outside = statuses
    if relation in OUTSIDE:
        return outside
    return writes if role in WRITERS else reads


@pytest.mark.parametrize("relation", [*INSIDE, *OUTSIDE])
@pytest.mark.parametrize("role", [role for role in Role if role != "citizen"])
def test_a_route_answers_by_role_and_relation(
    world: World, places: dict[str, Unit], role: Role, relation: str
) -> None:
    with transaction.atomic(), wide("test"):
        number = Material.objects.get(unit=world.desk).pk
    client = browser(role, places[relation])
    got = {route: client.get(route.format(desk=world.desk.pk, row=number)).status_code for route in STATUSES}
    assert got == {route: expected(role, relation, statuses) for route, statuses in STATUSES.items()}


def test_writing_is_refused_where_the_form_is(world: World, places: dict[str, Unit]) -> None:
    """The form and what it sends to are asked separately: a hidden form is no right."""
    given = {"kind": "panel", "title": "Khác", "hung_on": "2023-12-01"}
    path = f"/p0/diem/{world.desk.pk}/ghi/vat-pham"
    for relation, at in places.items():
        status = browser(Role.UNIT_OFFICER, at).post(path, given).status_code
        assert (status == 403) is (relation in OUTSIDE), relation
    assert browser(Role.AUDITOR, world.province).post(path, given).status_code == 403
