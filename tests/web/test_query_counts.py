"""Pages ask the database a fixed number of questions, however much it holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dean06.core.access.models import Role
from dean06.core.clock.models import ClockShift
from dean06.core.units.queries import resolve
from dean06.core.usage.models import UsagePurpose, UsageRecord
from tests.web.plan import province

_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
#: Address → most statements, sign-in, scope and everything else included.
PAGES = {
    "/": 12,
    "/?tab=nhiem-vu": 13,
    "/?unit=huyen-tay": 12,
    "/?q=ch%E1%BB%9D&sort=gap": 12,
    "/?export=csv": 12,
    "/muc-tieu/P0-T1": 31,
    "/muc-tieu/P0-T1?level=commune": 31,
    "/muc-tieu/P0-T1?level=commune&r-sort=-result&r-page=2": 31,
    "/muc-tieu/P0-T1?level=commune&r-export=csv": 24,
    "/muc-tieu/P0-T1?g-sort=-place&g-under=huyen-tay": 31,
    "/muc-tieu/P0-T1?g-export=csv": 24,
    "/muc-tieu/P0-T1?view=tree": 32,
    "/muc-tieu/R-1": 20,
    "/nhiem-vu": 14,
    "/nhiem-vu?export=csv": 14,
    "/nhiem-vu?unit=xa-90003": 19,
    "/nhiem-vu?q=xa&status=missing&sort=-result": 14,
    "/tim-kiem?q=x%C3%A3": 14,
    "/tim-kiem?q=x%C3%A3&group=units&sort=-title&export=csv": 14,
    "/don-vi/": 16,
    "/don-vi/?loai=commune&sort=-parent": 16,
    "/don-vi/?tim=ph%C6%B0%E1%BB%9Dng": 16,
    "/don-vi/?xem=cay": 16,
    "/don-vi/xuat?dang=csv&loai=commune": 16,
}


@pytest.fixture(autouse=True)
def _province(db: None) -> Iterator[None]:
    with province.province():
        yield


def statements(client: Client, address: str) -> list[str]:
    """What one request asks, without transaction control and the clock, which is read every few seconds.

    Left out too is the one note that names were read, with its purpose: only where there are names.
    """
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    asked = [one["sql"] for one in captured if not one["sql"].startswith(_CONTROL)]
    notes = [sql for sql in asked if UsageRecord._meta.db_table in sql]
    assert len(notes) <= 1
    notes += [sql for sql in asked if UsagePurpose._meta.db_table in sql][: len(notes)]
    return [sql for sql in asked if ClockShift._meta.db_table not in sql and sql not in notes]


def guard(address: str, most: int) -> None:
    """The page asks as much after the province has grown as before, and at most `most`."""
    leader = province.client(Role.PROVINCE_LEADER)
    client_first = statements(leader, address)  # also warms what a process keeps
    before = statements(leader, address)
    province.grow()
    after = statements(leader, address)
    assert len(after) <= len(before), "\n".join(sorted(set(after) - set(client_first)))
    assert len(after) <= most, "\n".join(after)


@pytest.mark.parametrize("address", PAGES)
def test_more_data_asks_no_more_questions(address: str) -> None:
    guard(address, PAGES[address])


def test_the_page_of_a_unit_asks_no_more_when_more_stands_below_it() -> None:
    guard(f"/don-vi/{resolve('huyen-dong').id}", 30)
