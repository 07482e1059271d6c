"""Grants: given and taken back with effect at the next request, never to oneself, never the excluded pair."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dean06.core import clock
from dean06.core.access import accounts, grants
from dean06.core.access.actor import Actor, actor_for, system_actor
from dean06.core.access.middleware import ScopeMiddleware
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from dean06.core.access.sessions import SessionStore
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied, Invalid, NotFound
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from tests.core.units.trees import unit

SYSTEM = system_actor("test")


@pytest.fixture
def tree(db: None) -> dict[str, Unit]:
    with wide("test"):
        province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
        district = unit("huyen", "Huyện Thử", Kind.DISTRICT, under=province)
        made = {
            "province": province,
            "district": district,
            "commune": unit("xa", "Xã Thử", under=district),
            "other": unit("xa-2", "Xã Khác", under=province),
        }
        rebuild()
        for name in ("an", "binh", "chi"):
            User.objects.create_user(username=name, full_name=f"Cán bộ {name}", password=None)
    give("an", Role.SYSTEM_ADMINISTRATOR, province)
    return made


def give(name: str, role: str, at: Unit, **more: Any) -> Grant:
    given: dict[str, Any] = {"actor": SYSTEM} | more
    return grants.give(username=name, role=role, unit_id=at.pk, **given)


def acting(name: str) -> Actor:
    with transaction.atomic():
        return actor_for(User.objects.get(username=name))


def noted(action: str) -> list[AuditEntry]:
    with wide("test"):
        return list(AuditEntry.objects.filter(action=action))


def test_a_grant_is_in_force_at_the_next_look_and_gone_when_revoked(tree: dict[str, Unit]) -> None:
    made = give("binh", Role.UNIT_OFFICER, tree["commune"], pilots=["P0", "P0"], personal_data=True)
    (fact,) = acting("binh").grants
    assert (fact.role, fact.unit_id, fact.pilots) == (
        Role.UNIT_OFFICER,
        tree["commune"].pk,
        frozenset({"P0"}),
    )
    assert fact.grant_id == made.pk
    assert noted("access.grant_given")[-1].unit_id == tree["commune"].pk
    grants.revoke(actor=SYSTEM, grant_id=made.pk, reason="chuyển công tác")
    assert acting("binh").grants == ()
    assert noted("access.grant_revoked")[-1].detail["reason"] == "chuyển công tác"
    with pytest.raises(NotFound):
        grants.revoke(actor=SYSTEM, grant_id=made.pk)


@pytest.mark.parametrize(
    ("held", "role", "at"),
    [
        (Role.AUDITOR, Role.UNIT_OFFICER, "commune"),
        (Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR, "province"),
        (Role.SYSTEM_ADMINISTRATOR, Role.DESK_OFFICER, "commune"),
        (Role.SYSTEM_ADMINISTRATOR, Role.PROVINCE_SUPERVISOR, "province"),
    ],
)
def test_maker_and_checker_are_two_people(tree: dict[str, Unit], held: Role, role: Role, at: str) -> None:
    give("binh", held, tree["province"])
    with pytest.raises(Invalid) as refused:
        give("binh", role, tree[at])
    said = str(refused.value)
    assert str(held.label) in said
    assert str(role.label) in said
    assert "Tỉnh Thử" in said
    assert len(acting("binh").grants) == 1


def test_the_pair_is_refused_for_overlapping_time_and_branch_only(tree: dict[str, Unit]) -> None:
    today = clock.today()
    give("binh", Role.AUDITOR, tree["district"], valid_to=today)
    give("binh", Role.UNIT_OFFICER, tree["commune"], valid_from=today)
    give("chi", Role.UNIT_OFFICER, tree["commune"])
    give("chi", Role.AUDITOR, tree["other"])
    with pytest.raises(Invalid):  # below what he records
        give("chi", Role.AUDITOR, tree["district"])
    (old,) = [one for one in stored("binh") if one.role == Role.AUDITOR]
    with pytest.raises(Invalid):  # the days may not be drawn over the other grant either
        grants.change(actor=SYSTEM, grant_id=old.pk, valid_from=None, valid_to=None)


def stored(name: str) -> list[Grant]:
    with wide("test"):
        return list(Grant.objects.filter(user__username=name))


def test_nobody_gives_changes_or_confirms_his_own(tree: dict[str, Unit]) -> None:
    an = acting("an")
    (own,) = stored("an")
    with pytest.raises(Denied):
        give("an", Role.PROVINCE_LEADER, tree["province"], actor=an)
    with pytest.raises(Denied):
        grants.change(actor=an, grant_id=own.pk, valid_from=None, valid_to=None, personal_data=True)
    with pytest.raises(Denied):
        grants.confirm(actor=an, grant_id=own.pk)
    give("binh", Role.PROVINCE_LEADER, tree["province"], actor=an)
    with pytest.raises(Denied):
        give("chi", Role.AUDITOR, tree["province"], actor=acting("binh"))
    assert not acting("chi").grants


def test_somebody_always_administers(tree: dict[str, Unit]) -> None:
    (own,) = stored("an")
    soon = clock.today() + timedelta(days=30)
    with pytest.raises(Conflict, match="cuối cùng"):
        grants.revoke(actor=acting("an"), grant_id=own.pk)
    with pytest.raises(Conflict, match="cuối cùng"):
        grants.change(actor=SYSTEM, grant_id=own.pk, valid_from=None, valid_to=soon)
    other = give("binh", Role.SYSTEM_ADMINISTRATOR, tree["province"], valid_to=soon)
    with pytest.raises(Conflict):  # nobody would be left on that day
        grants.change(actor=SYSTEM, grant_id=own.pk, valid_from=None, valid_to=soon)
    with wide("test"):
        binh = User.objects.get(username="binh")
    accounts.disable(actor=acting("an"), user=binh, reason="nghỉ")
    with pytest.raises(Conflict):
        grants.revoke(actor=SYSTEM, grant_id=own.pk)
    accounts.enable(actor=SYSTEM, user=binh)
    grants.revoke(actor=SYSTEM, grant_id=own.pk)
    with pytest.raises(Conflict):
        grants.revoke(actor=SYSTEM, grant_id=other.pk)


def test_wrong_words_are_named(tree: dict[str, Unit]) -> None:
    with pytest.raises(Invalid, match="king"):
        give("binh", "king", tree["commune"])
    with pytest.raises(NotFound, match="khong-co"):
        give("khong-co", Role.AUDITOR, tree["commune"])
    day = clock.today()
    with pytest.raises(Invalid):
        give("binh", Role.AUDITOR, tree["commune"], valid_from=day, valid_to=day)
    give("binh", Role.AUDITOR, tree["commune"])
    with pytest.raises(Conflict, match="Xã Thử"):
        give("binh", Role.AUDITOR, tree["commune"])


def test_a_request_that_began_ends_and_the_next_is_refused(
    tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grant's last day passes while a request runs."""
    today = clock.today()
    give("binh", Role.UNIT_OFFICER, tree["commune"], valid_to=today + timedelta(days=1))

    def view(request: HttpRequest) -> HttpResponse:
        monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=1))
        return HttpResponse(str(len(request.actor.grants)))  # type: ignore[attr-defined]

    def ask() -> HttpResponse:
        request = RequestFactory().get("/")
        user = User.objects.get(username="binh")
        Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
        request.user, request.session = user, SessionStore()
        answer = ScopeMiddleware(lambda _request: HttpResponse()).process_view(request, view, (), {})
        assert answer is not None
        return answer

    assert (ask().status_code, acting("binh").grants) == (200, ())
    monkeypatch.setattr("dean06.core.access.middleware.render", lambda *_a, **kw: HttpResponse(**kw))
    assert ask().status_code == 403
