"""Every address, by role and by how the grant stands to the object's unit, reading and sending.

What is expected comes from the two small tables below, not from the policy of the program. One account for
each role and relation is put into the demo province and everything is rolled back at the end.
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
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.policy import Action
from dean06.core.access.scope import wide
from dean06.core.units.models import Closure, Kind, Placement, Unit
from tests.core.access.visitors import freshen
from tests.filled import Filled
from tests.guards.access_document import FILE, text
from tests.guards.objects import ROUTES, About
from tests.guards.routes import CASES, Case, Samples, find_samples

# What each role does, wherever its grant stands.
DOES: dict[Role, set[str]] = {
    Role.PROVINCE_LEADER: {"view"},
    Role.PROVINCE_SUPERVISOR: {"view"},
    Role.PILOT_LEAD: {"view", "record"},
    Role.UNIT_HEAD: {"view", "record"},
    Role.UNIT_OFFICER: {"view", "record"},
    Role.DESK_OFFICER: {"view", "record"},
    Role.AUDITOR: {"view"},
    Role.SYSTEM_ADMINISTRATOR: {"view", "manage_units"},
}
# How the grant stands to the unit of the object: whether it reaches it, and what it leaves out.
REACHES = {
    "own": {"view", "record", "manage_units", "personal"},
    "above": {"view", "record", "manage_units", "personal"},
    "province": {"view", "record", "manage_units", "personal"},
    "without personal data": {"view", "record", "manage_units"},
    "for another pilot": {"view"},
    "below": set[str](),
    "sibling": set[str](),
    "another branch": set[str](),
}
ENDED = "ended"
# For a kind of object: what others are told of it where the grant does not reach.
HIDDEN = {"desk": 403, "record": 404, "photo": 404, "person": 404, "request": 404}
# What an action asks of role and grant; who opens the object but may do no more gets 403.
ASKS = {
    "view": {"view"},
    "record": {"record"},
    "manage_units": {"manage_units"},
    "view_personal": {"personal"},
    "record_person": {"personal", "record"},
}
OPENS = {
    "desk": {"view"},
    "record": {"view"},
    "photo": {"view"},
    "person": {"personal"},
    "request": {"personal"},
}
# Another pilot's lead keeps no library; these are of the whole installation and have tables of their own.
WALKED = [
    case
    for case in CASES
    if ROUTES[case.route].kind in HIDDEN and not case.far and not case.query and "khong-co" not in case.args
]


@dataclass(frozen=True)
class World:
    samples: Samples
    clients: dict[tuple[str, Role, str], Client]  # by target (desk or commune), role and relation


def test_every_address_says_what_it_is_about() -> None:
    routes = {case.route for case in CASES}
    assert routes - set(ROUTES) == set(), "say in tests/guards/objects.py what it is about and what is done"
    assert set(ROUTES) - routes == set()
    assert {about.kind for about in ROUTES.values()} >= set(HIDDEN)


def expected(about: About, action: str, role: Role, relation: str) -> int:
    """403, 404, or 0 for somebody admitted."""
    if relation == ENDED:
        return 403
    has = REACHES[relation] & (DOES[role] | {"personal"})
    if not OPENS[about.kind] <= has:
        return HIDDEN[about.kind]
    return 0 if ASKS[action] <= has else 403


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


def _client(name: str, role: Role, relation: str, units: dict[str, int]) -> Client:
    user = User.objects.create_user(username=name, full_name="Người Thử", password=None)
    with wide("test"):
        Grant.objects.create(
            user=user,
            role=role,
            unit_id=units.get(relation, units["own"]),
            personal_data=relation != "without personal data",
            pilots=["M1"] if relation == "for another pilot" else [],
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
        clients = {
            (target, role, relation): _client(f"thu-{target}-{role}-{number}", role, relation, units)
            for target, units in places.items()
            for role in Role
            for number, relation in enumerate([*REACHES, ENDED])
        }
        yield World(samples, clients)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _folders(settings: Any, province: Filled) -> None:
    settings.MEDIA_ROOT, settings.RATE_LIMITS = province.data_dir / "media", False


def _status(client: Client, method: str, address: str) -> int:
    with transaction.atomic():  # nothing that was sent stays
        answer = client.get(address) if method == "get" else client.post(address, {"version": "1"})
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize("case", WALKED, ids=str)
def test_an_address_answers_by_role_and_relation(walk: World, case: Case) -> None:
    about, address = ROUTES[case.route], case.address(walk.samples)
    target = "commune" if about.kind in ("person", "request") else "desk"
    wrong = []
    for (near, role, relation), client in walk.clients.items():
        for method, action in (("get", about.get), ("post", about.post)):
            if near != target or action == "-":
                continue
            want, got = expected(about, action, role, relation), _status(client, method, address)
            # Who may not send at all may be told so before anything is looked up.
            refused = {want, 403} if method == "post" else {want}
            if got not in refused if want else got in (403, 404) or got >= 500:
                wrong.append((method, str(role), relation, want, got))
    assert wrong == []


_OTHERS = [
    case for case in CASES if ROUTES[case.route].kind not in {"open", "self", "machine"} and not case.query
]


@pytest.mark.parametrize("case", _OTHERS, ids=str)
def test_whose_grant_ended_gets_nothing_anywhere(walk: World, case: Case) -> None:
    about, address = ROUTES[case.route], case.address(walk.samples)
    methods = [method for method in ("get", "post") if getattr(about, method) != "-"]
    for role in Role:
        client = walk.clients["desk", role, ENDED]
        assert {_status(client, method, address) for method in methods} == {403}, role


def test_the_document_of_access_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run tools/access"
    known = {*Action, "", "-", "record_person", "keep_library", "audit", "citizen"}
    assert {code for about in ROUTES.values() for code in (about.get, about.post)} <= known
