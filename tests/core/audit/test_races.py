"""Eight writers at once: no deadlock, no gap, no fork; and without the lock there is a fork."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, transaction

from dean06.core.access.scope import wide
from dean06.core.audit.triggers import ADVANCE, APPEND
from dean06.core.units.models import Kind
from tests import server
from tests.core.audit.rows import entry, faults, links, read
from tests.core.units.trees import unit

pytestmark = pytest.mark.race
THREADS, ROUNDS = 8, 12


def together(*tasks: Callable[[], object]) -> list[BaseException]:
    """Run the tasks in threads that start at one moment; what they raised."""
    gate, raised = threading.Barrier(len(tasks)), list[BaseException]()

    def run(task: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            task()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever came
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "a writer hangs"
    return raised


@pytest.fixture
def units(race_db: str) -> list[int]:
    """Twenty units: several share a stream."""
    with transaction.atomic(), wide("test"):
        return [unit(f"u{n}", f"Đơn vị {n}", Kind.PROVINCE).pk for n in range(20)]


def _writer(units: list[int], seed: int) -> Callable[[], None]:
    dice = random.Random(seed)

    def write() -> None:
        for _ in range(ROUNDS):
            with transaction.atomic(), wide("test"):
                for _ in range(dice.randint(1, 6)):
                    dice.choice((entry, read))(dice.choice(units))

    return write


def test_eight_writers_make_whole_chains(race_db: str, units: list[int]) -> None:
    raised = together(*(_writer(units, seed) for seed in range(THREADS)))
    assert raised == []
    url = server.url(True, race_db)
    assert faults(url) == []
    kept = Counter(stream for stream, *_ in links(url))
    assert len(kept) > 10
    with psycopg.connect(url) as owner:
        counted = owner.execute(
            "select (select count(*) from audit_entry) + (select count(*) from usage_record)"
        ).fetchone()
        heads: dict[str, int] = dict(
            owner.execute("select stream, seq from audit_head where seq > 0").fetchall()
        )
    assert counted == (kept.total(),)
    assert heads == dict(kept)


def test_writers_that_link_early_wait_for_each_other(race_db: str) -> None:
    """`set constraints all immediate` holds the head's lock until the end; still no gap."""

    def write() -> None:
        with transaction.atomic(), wide("test"), connection.cursor() as cursor:
            entry()
            cursor.execute("set constraints all immediate")
            entry()

    assert together(*[write] * THREADS) == []
    url = server.url(True, race_db)
    assert faults(url) == []
    assert len(links(url)) == 2 * THREADS


# The same function, but it reads the head without a lock, and slowly.
_UNLOCKED = """
  select h.seq + 1 as seq, h.hash as prev, sha256(convert_to(format('dean06-link-1 %s %s %s %s', h.stream,
    h.seq + 1, encode(h.hash, 'hex'), encode(body, 'hex')), 'UTF8')) as hash
  into strict head from audit_head h where h.stream = p_stream;
  perform pg_sleep(0.05);
  update audit_head h set seq = head.seq, prev = head.prev, hash = head.hash where h.stream = p_stream;
"""


def _without_lock(url: str, *, keep_key: bool) -> None:
    with psycopg.connect(url) as owner:
        owner.execute(APPEND.replace(ADVANCE, _UNLOCKED).encode())
        if not keep_key:
            owner.execute("alter table audit_link drop constraint audit_link_pkey")
        source = owner.execute("select pg_get_functiondef('audit_link_row'::regproc)").fetchone()
        assert source is not None
        owner.execute(source[0].replace(" for update", "").encode())


def _write_one() -> None:
    with transaction.atomic(), wide("test"):
        entry()


def test_without_the_lock_the_chain_forks(race_db: str) -> None:
    url = server.url(True, race_db)
    _without_lock(url, keep_key=False)
    assert together(*[_write_one] * THREADS) == []
    seqs = Counter(seq for _stream, seq, *_ in links(url))
    assert max(seqs.values()) > 1, "two links at one place"
    assert faults(url) != []


def test_without_the_lock_the_key_still_refuses_a_fork(race_db: str) -> None:
    url = server.url(True, race_db)
    _without_lock(url, keep_key=True)
    raised = together(*[_write_one] * THREADS)
    assert raised != []
    assert all("audit_link_pkey" in str(error) for error in raised)
    assert faults(url) == []
