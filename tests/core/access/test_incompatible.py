"""Maker and checker: actions and database refuse the same pairs, also from two writers at one moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from dean06.core import clock
from dean06.core.access import incompatible
from dean06.core.access.models import Grant, Role, User
from dean06.core.access.scope import wide
from dean06.core.units.closure import rebuild
from dean06.core.units.models import Kind, Unit
from tests import server
from tests.core.audit.test_races import together
from tests.core.units.trees import unit

NAME = incompatible.TRIGGER


def grow() -> dict[str, Unit]:
    """A province with two districts; within a wide scope."""
    province = unit("tinh", "Tỉnh Thử", Kind.PROVINCE)
    made = {"province": province}
    for key in ("district", "other"):
        made[key] = unit(key, f"Huyện {key}", Kind.DISTRICT, under=province)
    rebuild()
    return made


@pytest.fixture
def tree(db: None) -> dict[str, Unit]:
    with wide("test"):
        return grow()


def test_what_goes_past_the_actions_is_refused_by_the_database(tree: dict[str, Unit]) -> None:
    today = clock.today()
    with wide("test"):
        user = User.objects.create_user(username="an", full_name="Cán bộ An", password=None)
        Grant.objects.create(user=user, role=Role.AUDITOR, unit=tree["province"], valid_to=today)
        later = Grant.objects.create(user=user, role=Role.UNIT_HEAD, unit=tree["district"], valid_from=today)
        with pytest.raises(IntegrityError, match=NAME), transaction.atomic():
            Grant.objects.create(user=user, role=Role.SYSTEM_ADMINISTRATOR, unit=tree["province"])
        with pytest.raises(IntegrityError, match=NAME), transaction.atomic():
            Grant.objects.filter(pk=later.pk).update(valid_from=today - timedelta(days=1))
        with transaction.atomic(), connection.cursor() as cursor:  # put off, not taken away
            cursor.execute(f"set constraints {NAME} deferred")
            Grant.objects.filter(pk=later.pk).update(valid_from=None)
            with pytest.raises(IntegrityError, match=NAME):
                cursor.execute(f"set constraints {NAME} immediate")
            transaction.set_rollback(True)
        assert Grant.objects.filter(user=user).count() == 2


def _spans(today: date) -> list[tuple[Any, Any]]:
    day = timedelta(days=1)
    return [
        ((None, None), (None, None)),
        ((None, today), (today, None)),
        ((None, today), (today - day, None)),
    ]


def test_actions_and_database_refuse_the_same(tree: dict[str, Unit]) -> None:
    """Every two roles, at one unit, below and beside, in days that meet and that do not."""
    seen = {True: 0, False: 0}
    places = [
        ("district", "district"),
        ("province", "district"),
        ("district", "province"),
        ("district", "other"),
    ]
    with wide("test"):
        user = User.objects.create_user(username="an", full_name="Cán bộ An", password=None)
        for roles, at, days in product(combinations(Role, 2), places, _spans(clock.today())):
            with transaction.atomic():
                one, other = (
                    Grant(user=user, role=role, unit=tree[where], valid_from=since, valid_to=until)
                    for role, where, (since, until) in zip(roles, at, days, strict=True)
                )
                one.save()
                said = bool(incompatible.against(other, [one]))
                assert _refused(other.save) is said, (roles, at, days)
                seen[said] += 1
                transaction.set_rollback(True)
    assert min(seen.values()) > 50, seen


def _refused(write: Callable[[], None]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        return NAME in str(error)
    return False


def _race(tree: dict[str, Unit]) -> tuple[list[BaseException], set[str]]:
    """Two administrators who give one person two roles at the same moment, past the actions' own lock."""
    with transaction.atomic(), wide("test"):
        user = User.objects.create_user(username="an", full_name="Cán bộ An", password=None)

    def giving(role: Role) -> Callable[[], None]:
        def give() -> None:
            with transaction.atomic(), wide("test"), connection.cursor() as cursor:
                Grant.objects.create(user=user, role=role, unit=tree["district"])
                cursor.execute("select pg_sleep(0.4)")

        return give

    raised = together(giving(Role.AUDITOR), giving(Role.UNIT_OFFICER))
    with transaction.atomic(), wide("test"):
        return raised, set(Grant.objects.filter(user=user).values_list("role", flat=True))


@pytest.mark.race
def test_two_writers_at_one_moment_give_one_role(race_db: str) -> None:
    with transaction.atomic(), wide("test"):
        tree = grow()
    raised, held = _race(tree)
    assert len(raised) == 1
    assert NAME in str(raised[0])
    assert len(held) == 1


@pytest.mark.race
def test_control_without_the_lock_both_are_given(race_db: str) -> None:
    with psycopg.connect(server.url(True, race_db)) as owner:
        assert incompatible.LOCK in incompatible.CHECK
        owner.execute(incompatible.CHECK.replace(incompatible.LOCK, "").encode())
    with transaction.atomic(), wide("test"):
        tree = grow()
    raised, held = _race(tree)
    assert raised == []
    assert held == {Role.AUDITOR, Role.UNIT_OFFICER}


def test_each_pair_says_why_and_by_what(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = incompatible.every_pair()
    assert len({pair.roles for pair in found}) == len(found) > 0
    assert all(len(pair.roles) == 2 and pair.reason and pair.source for pair in found)
    assert not any(pair.verified for pair in found), "say in the file which text was compared"
    wrong = tmp_path / "pairs.toml"
    wrong.write_text(incompatible.FILE.read_text(encoding="utf-8").replace('"auditor"', '"king"', 1))
    monkeypatch.setattr(incompatible, "FILE", wrong)
    with pytest.raises(ValueError, match="king"):
        incompatible.every_pair.__wrapped__()


def test_a_pair_counts_from_its_first_day_to_the_day_before_its_end() -> None:
    first, end = date(2024, 1, 1), date(2025, 1, 1)
    pair = incompatible.Pair(frozenset({"a", "b"}), "vì", "nguồn", False, first, end)
    days = [first - timedelta(days=1), first, end - timedelta(days=1), end]
    assert [pair.holds(day) for day in days] == [False, True, True, False]
