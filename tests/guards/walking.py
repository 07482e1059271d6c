"""The accounts that walk every address: one for each role and each way a grant stands to an object's unit.

They are put into the demo province in a transaction that is never committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dean06.core import clock
from dean06.core.access.actor import system_actor
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from dean06.core.privacy.breaches import open_breach
from dean06.core.privacy.models import BreachKind
from dean06.core.units.models import Closure, Kind, Placement, Unit
from tests.core.access.visitors import freshen
from tests.filled import Filled
from tests.guards.routes import Samples, find_samples
from tests.pilots.guidance.world import material

RELATIONS = (
    "own",
    "above",
    "province",
    "without personal data",
    "for this pilot",
    "for another pilot",
    "below",
    "sibling",
    "another branch",
)
ENDED = "ended"
PILOTS = {"for this pilot": ["P0"], "for another pilot": ["M1"]}


@dataclass(frozen=True)
class World:
    samples: Samples
    clients: dict[tuple[str, Role, str], Client]  # by target (desk or commune), role and relation


def _place(desk: int) -> dict[str, dict[str, int]]:
    """For the desk and for its commune: the unit at which a grant stands, by relation."""
    with wide("test"):
        commune, district, province = (
            Closure.objects.filter(descendant_id=desk, depth=depth).values_list("ancestor_id", flat=True)[0]
            for depth in (1, 2, 3)
        )
        team = Unit.objects.create(key="to-so-thu", kind=Kind.DIGITAL_TEAM, name="Tổ số thử")
        Placement.objects.create(unit=team, parent_id=desk)
        above = Closure.objects.filter(descendant_id=desk)
        Closure.objects.bulk_create(
            [Closure(ancestor_id=one.ancestor_id, descendant=team, depth=one.depth + 1) for one in above]
            + [Closure(ancestor=team, descendant=team, depth=0)]
        )
        post = Placement.objects.filter(parent_id=commune).exclude(unit_id=desk).values_list("unit_id")[0][0]
        beside = Closure.objects.filter(ancestor_id=district, depth=1).exclude(descendant_id=commune)
        other = Closure.objects.filter(ancestor_id=province, depth=1, descendant__kind=Kind.DISTRICT)
        branch = other.exclude(descendant_id=district).values_list("descendant_id")[0][0]
        sibling = beside.filter(descendant__kind=Kind.COMMUNE).values_list("descendant_id")[0][0]
    common = {"province": province, "another branch": branch}
    return {
        "desk": common | {"own": desk, "above": commune, "below": team.pk, "sibling": post},
        "commune": common | {"own": commune, "above": district, "below": desk, "sibling": sibling},
    }


def _breach(commune: int) -> str:
    with wide("test"):
        made = open_breach(
            actor=system_actor("test"),
            unit_id=commune,
            kind=BreachKind.DATA,
            title="Danh sách gửi nhầm hộp thư",
            detected_at=clock.now(),
        )
    return str(made.key)


def _poster(desk: int) -> str:
    with wide("test"):
        return str(material(Unit.objects.get(pk=desk)).pk)


def _client(name: str, role: Role, relation: str, units: dict[str, int]) -> Client:
    user = User.objects.create_user(username=name, full_name="Người Thử", password=None)
    with wide("test"):
        Grant.objects.create(
            user=user,
            role=role,
            unit_id=units.get(relation, units["own"]),
            personal_data=relation != "without personal data",
            pilots=PILOTS.get(relation, []),
            valid_to=clock.today() - timedelta(days=1) if relation == ENDED else None,
        )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    freshen(client, user)
    return client


@pytest.fixture(scope="module")
def walk(province: Filled) -> Iterator[World]:
    """The accounts, in one transaction that is never committed."""
    samples = find_samples(province)
    with transaction.atomic():
        places = _place(int(samples.near["desk"]))
        samples.near["breach"] = _breach(places["commune"]["own"])
        samples.near["material"] = _poster(places["desk"]["own"])
        clients = {
            (target, role, relation): _client(f"thu-{target}-{role}-{number}", role, relation, units)
            for target, units in places.items()
            for role in Role
            for number, relation in enumerate([*RELATIONS, ENDED])
        }
        yield World(samples, clients)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def folders(settings: Any, province: Filled) -> None:
    settings.MEDIA_ROOT, settings.RATE_LIMITS = province.data_dir / "media", False


def status_of(client: Client, method: str, address: str) -> int:
    """What the address answers; nothing that was sent stays."""
    with transaction.atomic():
        answer = client.get(address) if method == "get" else client.post(address, {"version": "1"})
        transaction.set_rollback(True)
    return answer.status_code
