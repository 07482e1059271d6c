"""Token buckets in PostgreSQL: they empty, refill, and do not let a race through."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from dean06.core import clock
from dean06.core.limits import ADDRESS, PERSON, Kind, Limit, take, take_from
from dean06.core.limits.jobs import forget_full_buckets
from dean06.core.limits.models import Bucket

SLOW = Limit(3, 0.001)


def back(seconds: float) -> None:
    """As if the last requests lay further back."""
    with connection.cursor() as cursor:
        cursor.execute("update limits_bucket set at = at - make_interval(secs => %s)", [seconds])


@pytest.mark.django_db
def test_a_bucket_gives_its_burst_and_then_says_how_long_to_wait() -> None:
    assert [take_from(Kind.PAGE, [("a", SLOW)]) for _ in range(3)] == [0, 0, 0]
    assert 990 < take_from(Kind.PAGE, [("a", SLOW)]) <= 1000
    assert take_from(Kind.PAGE, [("b", SLOW)]) == 0
    assert take_from(Kind.SEARCH, [("a", SLOW)]) == 0


@pytest.mark.django_db
def test_it_fills_with_time_and_never_above_its_burst() -> None:
    for _ in range(3):
        take_from(Kind.PAGE, [("a", SLOW)])
    back(1000)
    assert take_from(Kind.PAGE, [("a", SLOW)]) == 0
    assert take_from(Kind.PAGE, [("a", SLOW)]) > 0
    back(1_000_000)
    assert [take_from(Kind.PAGE, [("a", SLOW)]) > 0 for _ in range(4)] == [False, False, False, True]


@pytest.mark.django_db
def test_a_clock_set_back_gives_nothing_away() -> None:
    for _ in range(3):
        take_from(Kind.PAGE, [("a", SLOW)])
    back(-3600)
    assert take_from(Kind.PAGE, [("a", SLOW)]) > 0


@pytest.mark.django_db
def test_who_keeps_trying_is_let_in_when_the_time_has_passed() -> None:
    for _ in range(50):
        take_from(Kind.SIGN_IN, [("a", SLOW)])
    back(1000)
    assert take_from(Kind.SIGN_IN, [("a", SLOW)]) == 0


@pytest.mark.django_db
def test_a_person_is_limited_over_all_addresses_and_an_address_over_all_persons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(PERSON, Kind.EXPORT, Limit(3, 0.001))
    monkeypatch.setitem(ADDRESS, Kind.EXPORT, Limit(5, 0.001))
    asked = [take(Kind.EXPORT, user_id=1, address=f"10.0.0.{n}") > 0 for n in range(4)]
    assert asked == [False, False, False, True]
    asked = [take(Kind.EXPORT, user_id=n, address="10.1.0.1") > 0 for n in range(2, 8)]
    assert asked == [False] * 5 + [True]


@pytest.mark.django_db
def test_supervisors_are_never_limited_and_leave_no_row() -> None:
    assert take(Kind.FREE, user_id=None, address="10.0.0.1") == 0
    assert not Bucket.objects.exists()


@pytest.mark.django_db
def test_the_table_names_neither_person_nor_address_and_waits_for_no_disk() -> None:
    take(Kind.PAGE, user_id=4711, address="203.0.113.9")
    assert not [
        key for key in Bucket.objects.values_list("key", flat=True) if "4711" in key or "203" in key[:3]
    ]
    with connection.cursor() as cursor:
        cursor.execute("select relpersistence from pg_class where relname = 'limits_bucket'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db
def test_full_buckets_are_forgotten_and_others_kept() -> None:
    now = clock.machine_now()
    for key, age in (("new", 60), ("old", 60 * 60 * 24)):
        Bucket.objects.create(key=key, tokens=0, at=now - timedelta(seconds=age))
    assert forget_full_buckets(0) == 1
    assert list(Bucket.objects.values_list("key", flat=True)) == ["new"]


def at_once(task: Callable[[], int], times: int) -> list[int]:
    def run(_: int) -> int:
        try:
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.race
def test_many_at_once_get_no_more_than_the_burst(race_db: str) -> None:
    both = [("person", Limit(20, 0.0001)), ("address", Limit(500, 0.0001))]
    waits = at_once(lambda: take_from(Kind.SIGN_IN, both), 100)
    assert waits.count(0) == 20


@pytest.mark.race
def test_control_reading_before_writing_would_let_more_in(race_db: str) -> None:
    """The careless way, so that the test above is seen to be able to fail."""
    take_from(Kind.SIGN_IN, [("person", Limit(20, 0.0001))])

    def careless() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select tokens from limits_bucket")
            ((tokens,),) = cursor.fetchall()
            if tokens < 1:
                return 1
            cursor.execute("select pg_sleep(0.01)")
            cursor.execute("update limits_bucket set tokens = %s", [tokens - 1])
            return 0

    assert at_once(careless, 100).count(0) > 19
