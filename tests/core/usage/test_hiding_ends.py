"""A hiding that is refused or ended, and what its subject reads once the look shows again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dean06.core import clock
from dean06.core.access.models import Role
from dean06.core.audit.models import AuditEntry
from dean06.core.errors import Conflict, Denied
from dean06.core.usage import hiding, queries, register, words
from dean06.core.usage.models import Hiding, UsageRecord
from dean06.core.usage.register import State
from tests.core.usage.looks import key, looks
from tests.pilots.guidance import world as worlds
from tests.pilots.guidance.world import TODAY, World


@pytest.fixture
def chiefs(world: World) -> World:
    """Three more heads who may agree, and one look."""
    for name in ("chief_a", "chief_b", "chief_c"):
        world.users[name] = worlds.account(name, Role.UNIT_HEAD, world.province, personal=True)
    looks(world, 1)
    return world


def _ask(world: World, last_day: date = TODAY + timedelta(days=30)) -> Hiding:
    return hiding.request(
        actor=world.actor("officer"),
        unit_id=world.commune.pk,
        reason="investigation",
        document="Quyết định 15/QĐ-CAT",
        last_day=last_day,
        usage_ids=list(UsageRecord.objects.values_list("pk", flat=True)),
    )


def _agree(world: World, asked: Hiding, *who: str) -> None:
    for one in who:
        hiding.approve(actor=world.actor(one), hiding_id=asked.pk)


def _state(world: World, asked: Hiding, who: str = "chief_c") -> State:
    row = register.hidings(world.actor(who)).get(pk=asked.pk)
    found = register.state(row, clock.now())
    assert register.hidings(world.actor(who)).filter(register.condition(found, clock.now())).count() == 1
    return found


def test_a_refused_request_hides_nothing_and_is_over(chiefs: World) -> None:
    asked = _ask(chiefs)
    assert _state(chiefs, asked) is State.WAITING
    _agree(chiefs, asked, "chief_a")
    for who in ("officer", "unnamed", "auditor", "leader"):
        with pytest.raises(Denied):
            hiding.refuse(actor=chiefs.actor(who), hiding_id=asked.pk)
    hiding.refuse(actor=chiefs.actor("chief_b"), hiding_id=asked.pk)
    for step in (hiding.approve, hiding.refuse, hiding.end):
        with pytest.raises(Conflict, match="bị từ chối"):
            step(actor=chiefs.actor("chief_c"), hiding_id=asked.pk)
    assert _state(chiefs, asked) is State.REFUSED
    (one,) = queries.find(key()).looks
    assert one.concealed is None
    assert AuditEntry.objects.filter(action="usage.hiding.refuse").count() == 1


def test_what_two_agreed_to_is_ended_and_not_refused(chiefs: World) -> None:
    asked = _ask(chiefs)
    _agree(chiefs, asked, "chief_a", "chief_b")
    with pytest.raises(Conflict, match="chỉ còn có thể kết thúc sớm"):
        hiding.refuse(actor=chiefs.actor("chief_c"), hiding_id=asked.pk)
    assert _state(chiefs, asked) is State.HIDING


def test_an_early_end_shows_the_look_at_once_and_says_that_it_was_hidden(chiefs: World) -> None:
    asked = _ask(chiefs)
    _agree(chiefs, asked, "chief_a", "chief_b")
    assert (queries.find(key()).total, _state(chiefs, asked)) == (0, State.HIDING)
    with pytest.raises(Denied):
        hiding.end(actor=chiefs.actor("unnamed"), hiding_id=asked.pk)
    hiding.end(actor=chiefs.actor("officer"), hiding_id=asked.pk)
    assert _state(chiefs, asked) is State.ENDED
    (one,) = queries.find(key()).looks
    said = words.sentence(one)
    assert "Lần xem này đã được ẩn từ" in said
    assert "Đang xác minh, điều tra vụ việc" in said
    assert "15/QĐ-CAT" not in said, "the decision itself is not told"
    with pytest.raises(Conflict, match="kết thúc sớm"):
        hiding.end(actor=chiefs.actor("officer"), hiding_id=asked.pk)
    assert AuditEntry.objects.filter(action="usage.hiding.end").count() == 1


def test_after_its_day_the_look_says_until_when_it_was_hidden(chiefs: World) -> None:
    asked = _ask(chiefs, TODAY)
    _agree(chiefs, asked, "chief_a", "chief_b")
    tomorrow = TODAY + timedelta(days=1)
    clock.set_business_date(tomorrow)
    (one,) = queries.find(key()).looks
    assert f"đến 00:00 {tomorrow:%d/%m/%Y}" in words.concealed(one)
    assert _state(chiefs, asked) is State.EXPIRED
    with pytest.raises(Conflict, match="hết hạn"):
        hiding.end(actor=chiefs.actor("officer"), hiding_id=asked.pk)


def test_a_request_that_two_did_not_agree_to_in_time_lapses(chiefs: World) -> None:
    asked = _ask(chiefs, TODAY)
    _agree(chiefs, asked, "chief_a")
    clock.set_business_date(TODAY + timedelta(days=1))
    assert _state(chiefs, asked) is State.LAPSED
    (one,) = queries.find(key()).looks
    assert one.concealed is None, "it was never hidden"


def test_the_steps_offered_are_those_that_the_actions_take(chiefs: World) -> None:
    asked = _ask(chiefs)

    def steps(who: str) -> tuple[bool, bool]:
        actor = chiefs.actor(who)
        found = register.steps(actor, register.hidings(actor).get(pk=asked.pk), clock.now())
        return found.decide, found.end

    assert steps("officer") == (False, True)
    assert steps("chief_a") == (True, False)
    assert steps("auditor") == (False, False)
    _agree(chiefs, asked, "chief_a")
    assert steps("chief_a") == (False, False)
    assert steps("chief_b") == (True, False)
    _agree(chiefs, asked, "chief_b")
    assert steps("chief_c") == (False, True)
    hiding.end(actor=chiefs.actor("officer"), hiding_id=asked.pk)
    assert steps("chief_c") == (False, False)


def test_the_register_is_read_by_who_sees_people_or_inspects(chiefs: World) -> None:
    for who in ("unnamed", "leader"):
        with pytest.raises(Denied):
            register.hidings(chiefs.actor(who))
    assert list(register.hidings(chiefs.actor("auditor"))) == []


def test_nothing_is_hidden_while_the_log_is_not_anchored(chiefs: World, settings: Any) -> None:
    asked = _ask(chiefs)
    settings.TSA_URL = "http://127.0.0.1:1/"
    with pytest.raises(Denied, match="Tạm dừng ghi"):
        _ask(chiefs)
    with pytest.raises(Denied, match="Tạm dừng ghi"):
        _agree(chiefs, asked, "chief_a")
    hiding.end(actor=chiefs.actor("officer"), hiding_id=asked.pk)
