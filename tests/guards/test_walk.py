"""Every address, by role and by how the grant stands to the object's unit, reading and sending.

What is expected comes from the small tables below, not from the policy of the program. One account for
each role and relation is put into the demo province and everything is rolled back at the end.
"""

from __future__ import annotations

import pytest

from dean06.core.access.models import Role
from dean06.core.access.policy import Action
from tests.guards.access_document import FILE, text
from tests.guards.objects import ROUTES
from tests.guards.routes import CASES, Case
from tests.guards.walking import ENDED, PILOTS, World, folders, status_of, walk

__all__ = ["folders", "walk"]

_READS = {"view", "export"}
_DESK = _READS | {"record"}
_WRITES = _DESK | {"import"}
# What each role does, wherever its grant stands.
DOES: dict[Role, set[str]] = {
    Role.PROVINCE_LEADER: _READS,
    Role.PROVINCE_SUPERVISOR: _READS | {"state_figure", "manage_plan", "view_log"},
    Role.PILOT_LEAD: _WRITES | {"state_figure", "keep_library"},
    Role.UNIT_HEAD: _WRITES | {"state_figure", "view_log"},
    Role.UNIT_OFFICER: _WRITES,
    Role.DESK_OFFICER: _DESK,
    Role.AUDITOR: _READS | {"view_log", "audit"},
    Role.SYSTEM_ADMINISTRATOR: _READS | {"manage_units", "operate", "view_log"},
}
# What only a grant for the province gives, and what a grant for some pilots gives for those alone.
_OF_PROVINCE = {"manage_plan", "operate", "keep_library"}
_OF_PILOT = {"record", "import", "state_figure"}
_OUTSIDE = {"below", "sibling", "another branch"}
# For a kind of object: what others are told of it where the grant does not reach.
HIDDEN = {
    "desk": 403,
    "record": 404,
    "photo": 404,
    "poster": 404,
    "person": 404,
    "request": 404,
    "breach": 404,
    "figure": 404,
    "tree": 403,
}
# What opens an object; who opens it but may do no more gets 403. The tree is known to all who signed in.
OPENS = {"person": {"personal"}, "request": {"personal"}, "tree": set[str]()}
# Addresses of no object, or of one of the whole installation: only what the grant gives counts.
_OF_NONE = {"none", "people", "log", "account", "installation", "plan", "library", "desk sheet", "hiding"}
_OF_NONE |= {"representation"}
# What an action asks of role and grant, as alternatives; the others ask for what they are called.
ASKS = {
    "view_personal": [{"personal"}],
    "record_person": [{"personal", "record"}],
    "see_hidings": [{"personal"}, {"view_log"}],
}
# After the right, these look up what the walk does not send: told as not found.
LOOKED_UP = {
    "access:user_act",
    "operations:retry",
    "people:hiding",
    "people:representation_end",
    "web:decide",
    "web:withdraw",
}
MISSING = {"khong-co", "P0-T99"}
WALKED = [
    case
    for case in CASES
    if ROUTES[case.route].kind in {*HIDDEN, *_OF_NONE}
    and not (case.far or case.query or MISSING & set(case.args))
]


def test_every_address_says_what_it_is_about() -> None:
    routes = {case.route for case in CASES}
    assert routes - set(ROUTES) == set(), "say in tests/guards/objects.py what it is about and what is done"
    assert set(ROUTES) - routes == set()
    assert {about.kind for about in ROUTES.values()} >= set(HIDDEN)


def pilot_of(case: Case) -> str:
    """The pilot for which something is done there; "" for none."""
    target = next((word for word in case.args if word[2:3] == "-"), "")
    return target[:2] or ("P0" if case.route.startswith("guidance:") else "")


def has(role: Role, relation: str, case: Case) -> set[str]:
    """What role and grant give for an object, or anywhere when the address has none."""
    kind = ROUTES[case.route].kind
    if relation in _OUTSIDE and kind in HIDDEN:
        return set()
    given = DOES[role] | {"personal"}
    if relation != "province":
        given -= _OF_PROVINCE
    if relation == "without personal data":
        given -= {"personal"}
    if relation in PILOTS:
        given &= _READS | {"audit"} | (_OF_PILOT if pilot_of(case) in PILOTS[relation] else set())
    return given


def expected(case: Case, action: str, role: Role, relation: str) -> int:
    """403, 404, or 0 for somebody admitted."""
    if relation == ENDED:
        return 403
    kind, given = ROUTES[case.route].kind, has(role, relation, case)
    if kind == "tree" and action == "view":
        return 0
    if kind in HIDDEN and not OPENS.get(kind, {"view"}) <= given:
        return HIDDEN[kind]
    return 0 if any(one <= given for one in ASKS.get(action, [{action}])) else 403


def _fits(case: Case, method: str, want: int, got: int) -> bool:
    if case.route in LOOKED_UP and got == 404:
        return True
    if want:  # who may not send at all may be told so before anything is looked up
        return got == want or (method == "post" and got == 403)
    return got not in (403, 404) and got < 500


def _address(case: Case, walk: World) -> str:
    query = f"?unit={walk.samples.near['unit']}" if ROUTES[case.route].kind == "figure" else ""
    return case.address(walk.samples) + query


@pytest.mark.parametrize("case", WALKED, ids=str)
def test_an_address_answers_by_role_and_relation(walk: World, case: Case) -> None:
    about, address = ROUTES[case.route], _address(case, walk)
    target = "commune" if about.kind in ("person", "request", "breach") else "desk"
    wrong = []
    for (near, role, relation), client in walk.clients.items():
        if near != target or (about.kind in _OF_NONE and relation in _OUTSIDE):
            continue
        for method, action in (("get", about.get), ("post", about.post)):
            if action == "-":
                continue
            want, got = expected(case, action, role, relation), status_of(client, method, address)
            if not _fits(case, method, want, got):
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
        assert {status_of(client, method, address) for method in methods} == {403}, role


def test_the_document_of_access_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run tools/access"
    known = {*Action, "", "-", "record_person", "keep_library", "see_hidings", "audit", "citizen"}
    assert {code for about in ROUTES.values() for code in (about.get, about.post)} <= known
