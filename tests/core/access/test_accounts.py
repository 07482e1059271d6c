"""Accounts: what is refused and in which words, that a change is audited, that a password signs in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import authenticate

from dean06.core.access import actions, queries
from dean06.core.access.actor import Actor, GrantFact, actor_for, system_actor
from dean06.core.access.models import Role, User
from dean06.core.access.scope import scoped, wide
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from tests.core.units.trees import unit

OPERATOR = system_actor("test")
SECRET = "bình minh trên sông Thương"


@pytest.fixture
def province(db: None) -> Unit:
    with wide("test"):
        made = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
        rebuild()
    return made


def create(unit_id: int, **more: Any) -> User:
    given: dict[str, Any] = {
        "actor": OPERATOR,
        "username": "an.thu",
        "full_name": " Nguyễn  Thị An ",
        "password": SECRET,
        "role": "pilot_lead",
        "unit_id": unit_id,
    }
    return actions.create_account(**given | more)


def test_a_new_account_signs_in_and_has_its_grant(province: Unit) -> None:
    made = create(province.pk, pilots=["P0", "P0"], personal_data=True)
    assert authenticate(username="an.thu", password=SECRET) == made
    assert made.full_name == "Nguyễn Thị An"
    (grant,) = actor_for(made).grants
    assert (grant.role, grant.unit_id, grant.pilots) == (Role.PILOT_LEAD, province.pk, frozenset({"P0"}))
    assert grant.personal_data
    with wide("test"):
        entry = AuditEntry.objects.get(action="access.create")
        (fact,) = queries.accounts()
    assert (entry.object_id, entry.unit_id) == (str(made.pk), province.pk)
    assert "Nguyễn" not in str(entry.detail)
    assert (fact.username, fact.role, fact.unit_name, fact.pilots) == (
        "an.thu",
        "pilot_lead",
        "Tỉnh Thử",
        ("P0",),
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"username": "An Thử"}, "username"),
        ({"username": "an"}, "username"),
        ({"full_name": "  "}, "full_name"),
        ({"full_name": "a" * 121}, "full_name"),
        ({"role": "king"}, "role"),
        ({"password": "ngắn"}, "password"),
        ({"password": "telechargement"}, "password"),
        ({"password": ""}, "password"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    province: Unit, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        create(province.pk, **more)
    assert {reason.field for reason in refused.value.reasons} == {field}
    assert not User.objects.exists()


def test_a_name_is_given_once_however_it_is_cased(province: Unit) -> None:
    create(province.pk)
    with pytest.raises(Conflict, match=r"an\.thu"):
        create(province.pk)
    with wide("test"):
        User.objects.create_user(username="Binh.Thu", full_name="Bình", password=None)
    with pytest.raises(Conflict):
        create(province.pk, username="binh.thu")


def test_an_unknown_unit_leaves_no_account(province: Unit) -> None:
    with pytest.raises(NotFound):
        create(province.pk + 1)
    assert not User.objects.exists()


def test_only_the_administrator_keeps_accounts(province: Unit) -> None:
    def acting(role: Role) -> Actor:
        grant = GrantFact(role, province.pk, province.name, Kind.PROVINCE, frozenset(), False)
        return Actor(user_id=None, username="ai", full_name="Ai", grants=(grant,))

    leader = acting(Role.PROVINCE_LEADER)
    with scoped(leader), pytest.raises(Denied):
        create(province.pk, actor=leader)
    administrator = acting(Role.SYSTEM_ADMINISTRATOR)
    with scoped(administrator):
        create(province.pk, actor=administrator)
    with scoped(leader), pytest.raises(Denied):
        actions.set_password(actor=leader, username="an.thu", password=SECRET + "!")
    assert User.objects.count() == 1


def test_a_new_password_replaces_the_old_one_and_ends_sessions(province: Unit) -> None:
    before = create(province.pk).get_session_auth_hash()
    with pytest.raises(Invalid):
        actions.set_password(actor=OPERATOR, username="an.thu", password="ngắn")
    after = actions.set_password(actor=OPERATOR, username="an.thu", password=SECRET + "!")
    assert authenticate(username="an.thu", password=SECRET) is None
    assert authenticate(username="an.thu", password=SECRET + "!") is not None
    assert after.get_session_auth_hash() != before
    with wide("test"):
        assert AuditEntry.objects.filter(action="access.password").count() == 1
    with pytest.raises(NotFound, match="khong-co"):
        actions.set_password(actor=OPERATOR, username="khong-co", password=SECRET)
